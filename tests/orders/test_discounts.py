"""Discount codes: whether one may be used, what it takes off, and its limits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders import closing, discounts
from orders.discounts import DiscountRefused, amount_off, find, give_back, take
from orders.models import DiscountCode, DiscountUse
from tests.factories import NOON, make_discount_code, make_order, make_variant

SECOND = timedelta(seconds=1)
SPENT = (
    "The code TENOFF has been used up, or you have used it before. Please remove it in the cart."
)


def refusal(call, *args, **kwargs):
    with pytest.raises(DiscountRefused) as refused:
        call(*args, **kwargs)
    return str(refused.value)


@pytest.mark.parametrize(
    ("fields", "items_cents", "off"),
    [
        ({"percent_basis_points": 1_000}, 6_000, 600),
        ({"percent_basis_points": 1_250}, 2_404, 301),  # 300.5 is rounded up
        ({"percent_basis_points": 10_000}, 6_000, 6_000),
        ({"amount_cents": 500}, 6_000, 500),
        ({"amount_cents": 9_999}, 6_000, 6_000),
        ({"amount_cents": 500}, 0, 0),
    ],
)
def test_what_a_code_takes_off(fields, items_cents, off):
    assert amount_off(DiscountCode(code="X", **fields), items_cents=items_cents, now=NOON) == off


@given(st.integers(1, 10_000), st.integers(0, 1_000_000))
def test_a_percentage_never_takes_more_than_the_goods(basis_points, items_cents):
    code = DiscountCode(code="X", percent_basis_points=basis_points)

    assert 0 <= amount_off(code, items_cents=items_cents, now=NOON) <= items_cents


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"starts_at": NOON + SECOND}, discounts.UNKNOWN),
        ({"ends_at": NOON}, "The code X has ended."),
        ({"minimum_cents": 6_001}, "The code X is for orders from $60.01."),
        ({"max_uses": 3, "uses": 3}, "The code X has been used up."),
        ({"max_uses": 0}, "The code X has been used up."),
    ],
)
def test_why_a_code_is_refused(fields, message):
    code = DiscountCode(code="X", amount_cents=500, **fields)

    assert refusal(amount_off, code, items_cents=6_000, now=NOON) == message


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": NOON},
        {"ends_at": NOON + SECOND},
        {"minimum_cents": 6_000},
        {"max_uses": 3, "uses": 2},
    ],
)
def test_a_code_works_up_to_its_very_edges(fields):
    code = DiscountCode(code="X", amount_cents=500, **fields)

    assert amount_off(code, items_cents=6_000, now=NOON) == 500


def test_the_last_use_still_counts_for_the_order_that_holds_it():
    code = DiscountCode(code="X", amount_cents=500, max_uses=1, uses=1)

    assert amount_off(code, items_cents=6_000, now=NOON, is_held=True) == 500


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["TENOFF", "tenoff", "  TenOff "])
def test_a_code_is_found_however_it_is_typed(typed):
    code = make_discount_code(" tenoff")

    assert find(typed) == code
    assert code.code == "TENOFF"


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "TEN OFF", "TENOF", "RETIRED"])
def test_unknown_and_retired_codes_get_the_same_answer(typed):
    make_discount_code()
    make_discount_code("RETIRED", is_active=False)

    assert refusal(find, typed) == discounts.UNKNOWN


@pytest.mark.django_db
def test_a_code_is_not_used_past_its_total_limit():
    code = make_discount_code(max_uses=2)
    variant = make_variant()
    for _ in range(2):
        take(code, make_order(packs={variant: 1}))

    third = make_order(packs={variant: 1})

    assert refusal(take, code, third) == SPENT
    code.refresh_from_db()
    assert (code.uses, DiscountUse.objects.count()) == (2, 2)


@pytest.mark.django_db
def test_a_limit_per_customer_does_not_look_at_the_case_of_the_email():
    code = make_discount_code(max_uses_per_customer=1)
    variant = make_variant()
    take(code, make_order(packs={variant: 1}, email="Jo@Example.com"))

    again = make_order(packs={variant: 1}, email="jo@example.COM")
    other = make_order(packs={variant: 1}, email="sam@example.com")

    # In the same words as a total limit: who has used a code is nobody else's business.
    assert refusal(take, code, again) == SPENT
    take(code, other)
    assert set(DiscountUse.objects.values_list("email", flat=True)) == {
        "jo@example.com",
        "sam@example.com",
    }


@pytest.mark.django_db
def test_an_order_that_expires_gives_its_code_back_once():
    code = make_discount_code(max_uses=1, max_uses_per_customer=1)
    variant = make_variant()
    order = make_order(packs={variant: 1})
    take(code, order)

    assert closing.expire(order, now=NOON)
    give_back(order)

    code.refresh_from_db()
    assert code.uses == 0
    assert not DiscountUse.objects.exists()
    take(code, make_order(packs={variant: 1}))


@pytest.mark.django_db
def test_an_order_without_a_code_has_nothing_to_give_back():
    code = make_discount_code()

    give_back(make_order())

    code.refresh_from_db()
    assert code.uses == 0
