from collections.abc import Sequence
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.utils import timezone

from policies.models import PolicyVersion


class PolicySitemap(Sitemap[PolicyVersion]):
    """The policies in force; what changed last is the version itself."""

    def items(self) -> Sequence[PolicyVersion]:
        """One version for each policy."""
        in_force = PolicyVersion.objects.in_force(on=timezone.localdate())
        return list(in_force.select_related("policy").order_by("policy__slug"))

    def location(self, item: PolicyVersion) -> str:
        """The policy's own address, not the version's."""
        return item.policy.get_absolute_url()

    def lastmod(self, item: PolicyVersion) -> datetime:
        """When the words now in force were written."""
        return item.created_at
