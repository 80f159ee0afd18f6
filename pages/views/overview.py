"""Every page at one glance: for people, for search engines, and what robots should leave alone."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pages import gathering
from pages.models import InfoPage
from pages.reading import read_page
from pages.site_map import own_sections
from pages.sitemaps import FrontPageSitemap, InfoPageSitemap
from policies.sitemaps import PolicySitemap
from products.sitemaps import ProductSitemap
from shop.lib.caching import public_page

# Pages of one visitor, and pages that only repeat others in another order.
CLOSED_TO_ROBOTS = (
    "/admin/",
    "/cart/",
    "/checkout/",
    "/order-status/",
    "/webhooks/",
    "/healthz/",
    "/search/?q=",
    "/*?q=",
)


@require_safe
@public_page
def site_map(request: HttpRequest) -> HttpResponse:
    """Show every page of the shop as a list of links."""
    text = read_page(InfoPage.Slug.SITE_MAP)
    context = {
        "text": text,
        "sections": [*own_sections(), *gathering.site_map_sections()],
        "meta": text.meta(reverse("site_map"), trail="Site Map"),
    }
    return render(request, "pages/site_map.html", context)


@require_safe
@public_page
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """Answer sitemaps.org's sitemap of all public pages, on the shop's own host."""
    parts: dict[str, type[Sitemap[Any]]] = {
        "pages": InfoPageSitemap,
        "policies": PolicySitemap,
        "products": ProductSitemap,
        "fronts": FrontPageSitemap,
        **gathering.sitemaps(),
    }
    site = urlsplit(settings.SITE_URL)
    host: Any = SimpleNamespace(domain=site.netloc)
    urls = [
        url for part in parts.values() for url in part().get_urls(site=host, protocol=site.scheme)
    ]
    return render(request, "sitemap.xml", {"urlset": urls}, content_type="application/xml")


@require_safe
@public_page
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Answer robots.txt (RFC 9309): what to leave alone, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS), ""]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap_xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
