"""The information pages for sitemap.xml."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db import models
from django.urls import reverse

from pages.models import DailyAmount, Estimate, FaqItem, FoodSource, InfoPage, PageBlock, Study

# The url name of each page, and the rows that stand on it besides its own blocks.
PAGES: dict[str, tuple[str, tuple[type[models.Model], ...]]] = {
    InfoPage.Slug.HOME: ("home", ()),
    InfoPage.Slug.ABOUT: ("about", (FoodSource, DailyAmount)),
    InfoPage.Slug.RESEARCH: ("research", (Study, Estimate)),
    InfoPage.Slug.FAQ: ("faq", (FaqItem,)),
    InfoPage.Slug.CONTACT: ("contact", ()),
    InfoPage.Slug.ASK: ("ask", ()),
    InfoPage.Slug.SITE_MAP: ("site_map", ()),
}


class InfoPageSitemap(Sitemap[tuple[str, datetime]]):
    """Each information page with the time at which its newest words were written."""

    def items(self) -> Sequence[tuple[str, datetime]]:
        """Return (url name, time of the last change): three queries, however many rows there are."""
        own = dict(InfoPage.objects.values_list("slug", "updated_at"))
        blocks = dict(
            PageBlock.objects.order_by()
            .values_list("page__slug")
            .annotate(newest=models.Max("updated_at"))
        )
        newest = _newest_of(model for _, others in PAGES.values() for model in others)
        items = []
        for slug, (name, others) in PAGES.items():
            times = [own.get(slug), blocks.get(slug), *(newest.get(model) for model in others)]
            known = [time for time in times if time]
            if slug in own:
                items.append((name, max(known)))
        return items

    def location(self, item: tuple[str, datetime]) -> str:
        """The page's path."""
        return reverse(item[0])

    def lastmod(self, item: tuple[str, datetime]) -> datetime:
        """When its words last changed."""
        return item[1]


def _newest_of(
    kinds: Iterable[type[models.Model]],
) -> dict[type[models.Model], datetime | None]:
    """Return when a row of each model last changed: one query for all of them."""
    listed = list(kinds)
    first, *rest = (
        model._default_manager.order_by()
        .values_list(models.Value(place, models.IntegerField()))
        .annotate(newest=models.Max("updated_at"))
        for place, model in enumerate(listed)
    )
    return {listed[place]: newest for place, newest in first.union(*rest, all=True)}


class FrontPageSitemap(Sitemap[str]):
    """The front pages of apps above us, until each of them registers a sitemap of its own. They have no
    rows yet, so nothing true could be said about their last change.
    """

    def items(self) -> Sequence[str]:
        """Their paths."""
        return ["/affiliates/"]

    def location(self, item: str) -> str:
        """The path itself."""
        return item
