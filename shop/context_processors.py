"""What every template may use. Reads no cookie and no database, so cached pages stay the same for all."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

HEADER_LINKS = (
    {"label": "Product Information", "path": "/product-information/"},
    {"label": "About Vitamin B12", "path": "/about-vitamin-b12/"},
    {"label": "Research", "path": "/research/"},
    {"label": "FAQ", "path": "/faq/"},
    {"label": "Reviews", "path": "/reviews/"},
    {"label": "Blog", "path": "/blog/"},
    {"label": "Contact Us", "path": "/contact/"},
    {"label": "Order", "path": "/order/"},
)
FOOTER_LINKS = (
    {"label": "Home", "path": "/"},
    {"label": "Shipping & Return Policy", "path": "/shipping-returns/"},
    {"label": "Privacy Policy", "path": "/privacy/"},
    {"label": "Product Information", "path": "/product-information/"},
    {"label": "Research", "path": "/research/"},
    {"label": "Order Now", "path": "/order/"},
    {"label": "Customer Reviews", "path": "/reviews/"},
    {"label": "Site Map", "path": "/site-map/"},
    {"label": "Affiliate Program", "path": "/affiliates/"},
)


def shop_context(request: HttpRequest) -> dict[str, Any]:
    """Names and navigation, the same for every visitor."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "IS_DEMO": settings.DEMO,
        "HEADER_LINKS": HEADER_LINKS,
        "FOOTER_LINKS": FOOTER_LINKS,
        "SHOP_LEGAL_NAME": settings.SHOP_LEGAL_NAME,
        "SHOP_POSTAL_ADDRESS": settings.SHOP_POSTAL_ADDRESS,
        "SHOP_PHONE": settings.SHOP_PHONE,
        "MAIL_DELIVERY": settings.MAIL_DELIVERY,
    }
