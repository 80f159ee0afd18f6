"""The page of reviews for sitemap.xml."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from reviews import reading


class ReviewsSitemap(Sitemap[str]):
    """The first page of the list; the others hang on it."""

    def items(self) -> Sequence[str]:
        """Its path."""
        return [reverse("reviews")]

    def location(self, item: str) -> str:
        """The path itself."""
        return item

    def lastmod(self, item: str) -> datetime | None:
        """When the newest review on it was written, None while there is none."""
        return reading.newest_at()
