import pytest

from orders.demo import FREE_FROM_CENTS, METHODS
from policies import starter_content
from policies.models import Policy, PolicyVersion
from policies.promises import HANDLING_BUSINESS_DAYS, RETURN_WINDOW_DAYS
from shop.lib.money import format_cents
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


def test_shipping_policy_says_what_the_checkout_charges_and_promises():
    starter_content.load(NOON)
    body = PolicyVersion.objects.get(policy__slug="shipping-returns").body
    for _, name, promise, _, price_cents, _ in METHODS:
        assert f"| {name} | {format_cents(price_cents)}" in body
        assert promise in body
    assert f"{format_cents(FREE_FROM_CENTS).removesuffix('.00')} or more" in body
    assert f"within {RETURN_WINDOW_DAYS} days of delivery" in body
    assert f"to the carrier within {HANDLING_BUSINESS_DAYS} business days" in body
    fewest, most = (HANDLING_BUSINESS_DAYS + days for days in METHODS[0][3])
    assert f"usually arrives {fewest} to {most} business days after" in body
