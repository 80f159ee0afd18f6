"""How a picture of the library is put on a page."""

from django.core.files.storage import default_storage
from django.utils.safestring import SafeString

from blog.models import Picture
from shop.lib import picture_sources


def picture_html(
    picture: Picture, *, sizes: str = "100vw", first: bool = False, alt: str | None = None
) -> SafeString:
    """Return the picture as HTML: every format and width, with its size, so that nothing jumps.

    A picture that only decorates has an empty alternative text. For `sizes` and `first` see
    shop.lib.picture_sources.picture_html.
    """
    words = "" if picture.is_decorative else (alt or picture.alt)
    return picture_sources.picture_html(picture, sizes=sizes, first=first, alt=words)


def url_of(picture: Picture) -> str:
    """Return the address of the largest file that every browser can show."""
    return picture_sources.largest_url(picture)


def crop_url(picture: Picture, ratio: str) -> str:
    """Return the address of the cut for `ratio` ("social", "16x9", "4x3", "1x1"), else of the whole."""
    crop = picture.crops.get(ratio)
    return default_storage.url(crop["name"]) if crop else url_of(picture)
