"""schema.org objects of the information pages, built from the same rows as the pages themselves."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static

from pages.models import InfoPage
from policies.promises import merchant_return_policy
from shop.lib.seo import absolute_url

ORGANIZATION_ID = "/#organization"


def organization(*, with_address: bool = False) -> dict[str, Any]:
    """Return the shop itself, with its return policy; the address only where the page shows it."""
    shop: dict[str, Any] = {
        "@type": "Organization",
        "@id": absolute_url(ORGANIZATION_ID),
        "name": settings.SITE_NAME,
        "url": absolute_url("/"),
        "logo": absolute_url(static("img/apple-touch-icon.png")),
    }
    if not with_address:
        shop["hasMerchantReturnPolicy"] = merchant_return_policy(absolute_url("/shipping-returns/"))
        return shop
    shop["legalName"] = settings.SHOP_LEGAL_NAME
    shop["address"] = settings.SHOP_POSTAL_ADDRESS
    if settings.SHOP_PHONE:
        shop["telephone"] = settings.SHOP_PHONE
    return shop


def education_page(page: InfoPage, path: str) -> dict[str, Any]:
    """Return a page of knowledge with the date of its last review. No medical type: it would tie the
    diseases named there to what the shop sells.
    """
    entry: dict[str, Any] = {
        "@type": "WebPage",
        "@id": absolute_url(path),
        "name": page.title,
        "publisher": {"@id": absolute_url(ORGANIZATION_ID)},
    }
    if page.reviewed_on:
        entry["lastReviewed"] = page.reviewed_on.isoformat()
    return entry
