"""What the redirects know of the apps above them: pages to suggest, and who asks too much."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest

from pages import gathering
from pages.sitemaps import FrontPageSitemap, InfoPageSitemap
from policies.sitemaps import PolicySitemap
from products.sitemaps import ProductSitemap
from redirects import known_paths, not_found
from throttle import limits

# A reader finds a handful of dead links; a crawler of the old blog a few hundred, over days.
MOST_PER_HOUR = 60
PARTS: tuple[type[Sitemap[Any]], ...] = (
    InfoPageSitemap,
    PolicySitemap,
    ProductSitemap,
    FrontPageSitemap,
)


def connect() -> None:
    """Offer every page of sitemap.xml as a suggestion; let no network fill the list of lost addresses."""
    known_paths.register(pages_of_sitemap)
    not_found.limit_visitors_by(may_add)


def pages_of_sitemap() -> Iterator[str]:
    """Name each page that sitemap.xml names."""
    for sitemap in (*PARTS, *gathering.sitemaps().values()):
        part = sitemap()
        for item in part.items():
            yield part.location(item)


def may_add(request: HttpRequest, now: datetime) -> bool:
    """Say whether the network of this visitor may add one more address to the list."""
    return limits.hit(
        kind="not_found",
        key=limits.address_block(request),
        limit=MOST_PER_HOUR,
        period=timedelta(hours=1),
        now=now,
    )
