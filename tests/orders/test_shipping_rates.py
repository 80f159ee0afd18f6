"""Shipping: which ways can be chosen, and what each costs for this cart."""

import pytest

from orders.demo import FREE_FROM_CENTS
from orders.models import ShippingMethod, ShippingRate
from orders.shipping_rates import (
    ShippingOption,
    all_rates,
    countries,
    free_shipping_from,
    is_expedited,
    options,
)
from tests.factories import make_shipping

STANDARD = ShippingMethod(
    pk=1, code="standard", name="Standard", promise="soon", min_days=3, max_days=5
)
EXPRESS = ShippingMethod(
    pk=2, code="express", name="Express", promise="now", min_days=1, max_days=2
)


def rate(method=STANDARD, country="US", start=0, up_to=None, price=599):
    return ShippingRate(
        method=method,
        country=country,
        min_items_cents=start,
        max_weight_grams=up_to,
        price_cents=price,
    )


RATES = [
    rate(),
    rate(start=FREE_FROM_CENTS, up_to=1_000, price=0),
    rate(EXPRESS, price=999),
    rate(country="CA", price=1_499),
]


def prices(rates, country="US", items=2_400, weight=100):
    chosen = options(rates, country=country, items_cents=items, weight_grams=weight)
    return {option.code: option.price_cents for option in chosen}


@pytest.mark.parametrize(
    ("country", "items", "weight", "expected"),
    [
        ("US", 2_400, 100, {"standard": 599, "express": 999}),
        ("US", 3_899, 100, {"standard": 599, "express": 999}),
        ("US", 3_900, 100, {"standard": 0, "express": 999}),
        ("US", 3_900, 1_000, {"standard": 0, "express": 999}),
        ("US", 3_900, 1_001, {"standard": 599, "express": 999}),  # too heavy to be free
        ("CA", 9_000, 100, {"standard": 1_499}),
        ("DE", 2_400, 100, {}),
    ],
)
def test_what_shipping_costs(country, items, weight, expected):
    assert prices(RATES, country, items, weight) == expected


@pytest.mark.parametrize("in_order", [1, -1])
def test_a_light_parcel_pays_the_rate_for_light_parcels_in_whichever_order_they_are_stored(
    in_order,
):
    rates = [rate(up_to=500, price=599), rate(up_to=2_000, price=1_299), rate(price=2_499)]

    assert prices(rates[::in_order], weight=500) == {"standard": 599}
    assert prices(rates[::in_order], weight=501) == {"standard": 1_299}
    assert prices(rates[::in_order], weight=2_001) == {"standard": 2_499}


def test_a_parcel_that_is_too_heavy_for_every_rate_cannot_be_shipped():
    assert prices([rate(up_to=500)], weight=501) == {}


@pytest.mark.parametrize(
    ("country", "weight", "threshold"),
    [("US", 100, 3_900), ("US", 1_001, None), ("CA", 100, None), ("DE", 0, None)],
)
def test_from_how_much_shipping_is_free(country, weight, threshold):
    assert free_shipping_from(RATES, country=country, weight_grams=weight) == threshold


def test_the_united_states_come_first():
    assert countries([rate(country=code) for code in ("DE", "CA", "US", "CA")]) == [
        "US",
        "CA",
        "DE",
    ]


@pytest.mark.django_db
def test_methods_that_are_switched_off_are_not_offered(django_assert_num_queries):
    make_shipping("standard")
    make_shipping("pigeon", is_active=False)

    with django_assert_num_queries(1):
        found = {(rate.method.code, rate.price_cents) for rate in all_rates()}

    assert found == {("standard", 599), ("standard", 0)}


@pytest.mark.django_db
def test_methods_are_offered_in_the_order_staff_gave_them():
    make_shipping("second", position=2)
    make_shipping("first", position=1)

    assert list(prices(all_rates())) == ["first", "second"]


@pytest.mark.parametrize(
    ("days", "offered", "wanted"),
    [(2, (5, 2), True), (5, (5, 2), False), (5, (5,), False), (3, (3, 3), False)],
)
def test_expedited_is_what_is_faster_than_the_slowest_offered(days, offered, wanted):
    def option(max_days):
        return ShippingOption("x", "X", "soon", 599, max_days)

    assert is_expedited(option(days), [option(most) for most in offered]) is wanted
