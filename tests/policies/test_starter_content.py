import pytest

from policies import starter_content
from policies.models import Policy, PolicyVersion
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_three_policies_are_loaded_once_with_their_first_version():
    assert starter_content.load(NOON) == "policies: 3 added, the others kept"
    assert starter_content.load(NOON) == "policies: 0 added, the others kept"
    assert set(Policy.objects.values_list("slug", flat=True)) == set(Policy.Slug.values)
    assert list(PolicyVersion.objects.values_list("version", flat=True)) == [1, 1, 1]


def test_title_that_staff_changed_stays():
    starter_content.load(NOON)
    Policy.objects.filter(slug="terms").update(title="Terms of sale")
    starter_content.load(NOON)
    assert Policy.objects.get(slug="terms").title == "Terms of sale"
