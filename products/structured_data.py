"""schema.org's Product and Offers, from the same objects as the page.

Google reads them as a merchant listing (developers.google.com/search/docs/appearance/structured-data/
merchant-listing). Return policy and shipping stand shop-wide under Organization. Ratings are left out
until there are reviews. Nothing here may say more than the visible page does: a test compares both.
"""

from typing import Any

from django.conf import settings
from django.templatetags.static import static

from products.catalogue import Details
from products.models import ProductImage, Variant
from shop.lib.money import decimal_string
from shop.lib.picture_sources import largest_url
from shop.lib.seo import JsonLd, absolute_url

IN_STOCK = "https://schema.org/InStock"
OUT_OF_STOCK = "https://schema.org/OutOfStock"
NEW = "https://schema.org/NewCondition"
FALLBACK_PICTURE = "img/social.png"


def product_json_ld(details: Details, path: str) -> JsonLd:
    """Return the Product that stands on the page at `path`, with one Offer for each pack."""
    url = absolute_url(path)
    return {
        "@type": "Product",
        "@id": f"{url}#product",
        "url": url,
        "name": details.product.name,
        "description": details.product.tagline,
        "image": picture_urls(details.images),
        "brand": {"@type": "Brand", "name": settings.SITE_NAME},
        "offers": [_offer(pack, url) for pack in details.packs],
    }


def picture_urls(images: list[ProductImage]) -> list[str]:
    """Return the absolute addresses of the pictures, largest size; the shop's own one if there is none."""
    urls = [largest_url(image) for image in images] or [static(FALLBACK_PICTURE)]
    return [absolute_url(url) if url.startswith("/") else url for url in urls]


def _offer(pack: Variant, url: str) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "sku": pack.sku,
        "name": pack.name,
        "price": decimal_string(pack.price_cents),
        "priceCurrency": settings.CURRENCY,
        "availability": IN_STOCK if pack.is_in_stock else OUT_OF_STOCK,
        "itemCondition": NEW,
        "url": url,
    }
    return {**offer, "gtin": pack.gtin} if pack.gtin else offer
