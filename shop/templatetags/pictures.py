"""Stored pictures in templates: {% load pictures %}{% picture image sizes="50vw" %}."""

from django import template
from django.utils.safestring import SafeString

from shop.lib.picture_sources import Picture, picture_html

register = template.Library()


@register.simple_tag
def picture(
    image: Picture, sizes: str = "100vw", *, first: bool = False, alt: str | None = None
) -> SafeString:
    """Show `image`: see shop.lib.picture_sources.picture_html."""
    return picture_html(image, sizes=sizes, first=first, alt=alt)
