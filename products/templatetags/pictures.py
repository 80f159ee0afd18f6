"""Stored pictures in templates: {% load pictures %}{% picture image sizes="50vw" %}."""

from typing import Any

from django import template

from products import image_sources
from products.models import ProductImage

register = template.Library()


@register.inclusion_tag("products/_picture.html")
def picture(image: ProductImage, sizes: str = "100vw", *, first: bool = False) -> dict[str, Any]:
    """Show `image` in the size and format that the browser likes best.

    `sizes` says how wide it stands on the page (the HTML attribute of that name). `first` is for the
    main picture of the first screen: it is fetched at once and before the others.
    """
    return {
        "image": image,
        "sources": image_sources.sources(image),
        "fallback_url": image_sources.largest_url(image),
        "sizes": sizes,
        "is_first": first,
    }
