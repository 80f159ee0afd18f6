"""The page of statements for sitemap.xml."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from references.models import Statement


class StatementSitemap(Sitemap[datetime]):
    """The page with the time of its last change; nothing while no statement stands."""

    def items(self) -> Sequence[datetime]:
        """When anything in the register last changed: what was withdrawn left the page too."""
        if not Statement.objects.standing(timezone.now()).exists():
            return []
        return [Statement.objects.aggregate(newest=Max("updated_at"))["newest"]]

    def location(self, item: datetime) -> str:
        """The page's path."""
        return reverse("statements")

    def lastmod(self, item: datetime) -> datetime:
        """That time."""
        return item
