"""What visitors read of the policies, for the claims check: what is in force, and what will be."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from claims.row_texts import RowTexts, of_fields
from policies.models import Policy, PolicyVersion

SHOP = "patch"


def _versions() -> QuerySet[PolicyVersion]:
    today = timezone.localdate()
    versions = PolicyVersion.objects.select_related("policy")
    in_force = PolicyVersion.objects.in_force(on=today).values("pk")
    return versions.filter(Q(pk__in=in_force) | Q(effective_from__gt=today))


POLICY = RowTexts(
    model=Policy, pieces=of_fields("title", "meta_description"), context=lambda policy: SHOP
)
# The words of a policy are one subject over all its versions. A version comes into force by itself, so it
# counts as public from the start.
POLICY_VERSION = RowTexts(
    model=PolicyVersion,
    pieces=of_fields("change_note", markdown=("body",)),
    context=lambda version: SHOP,
    listed=_versions,
    key_field="policy_id",
    related=("policy",),
)
ROWS = (POLICY, POLICY_VERSION)
