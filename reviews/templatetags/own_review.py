"""What an author's own page shows of one version."""

from django import template
from django.utils.safestring import SafeString

from reviews import author_page, photo_files
from reviews.models import ReviewVersion
from shop.lib.picture_sources import picture_html

register = template.Library()

SIZES = "(min-width: 48rem) 20rem, 90vw"


@register.filter
def review_facts(version: ReviewVersion) -> list[tuple[str, str]]:
    """Return label and value of each answer in `version`."""
    return author_page.facts(version)


@register.simple_tag
def own_photo(version: ReviewVersion) -> SafeString:
    """Return the photo of `version` as HTML, empty where there is none."""
    photo = photo_files.photo_of(version)
    if photo is None:
        return SafeString("")
    return picture_html(photo, sizes=SIZES, alt=photo.alt or "Your photo")
