"""Which words hold now: what an order keeps when it is placed."""

from datetime import datetime

from django.utils import timezone

from policies.models import PolicyVersion


def current_versions(now: datetime) -> dict[str, PolicyVersion]:
    """Return the versions in force at `now` (aware) by policy slug, in one query.

    The day is that of the shop's time zone. A policy without a version in force is missing.
    """
    versions = PolicyVersion.objects.in_force(on=timezone.localdate(now)).select_related("policy")
    return {version.policy.slug: version for version in versions}
