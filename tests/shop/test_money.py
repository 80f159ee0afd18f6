"""Money: the only rounding and the only formatting in the shop."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.lib.money import (
    decimal_string,
    format_cents,
    percent_of,
    percent_string,
    share_of,
    spread,
    unit_price,
)

weights = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=12)


@given(st.integers(0, 10_000_000), weights)
def test_spread_adds_up_and_is_fair_to_the_cent(total, parts):
    shares = spread(total, parts)

    assert sum(shares) == total
    if sum(parts):
        for share, weight in zip(shares, parts, strict=True):
            assert abs(share * sum(parts) - total * weight) < sum(parts)
            assert share == 0 or weight > 0


@given(weights)
def test_spread_gives_no_part_more_than_its_weight(parts):
    for total in {0, sum(parts) // 2, sum(parts)}:
        assert all(
            share <= weight for share, weight in zip(spread(total, parts), parts, strict=True)
        )


@pytest.mark.parametrize(
    ("total", "parts", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1, [5, 5], [1, 0]),
        (10, [0, 0], [10, 0]),
        (599, [2_400, 6_000], [171, 428]),
        (0, [3, 4], [0, 0]),
    ],
)
def test_spread_of(total, parts, shares):
    assert spread(total, parts) == shares


@pytest.mark.parametrize("parts", [[], [1, -1]])
def test_spread_refuses_nothing_and_less_than_nothing(parts):
    with pytest.raises(ValueError, match="at least one weight"):
        spread(10, parts)


@given(st.integers(-1_000_000, 1_000_000), st.integers(0, 20_000))
def test_share_is_nearest_and_the_same_for_both_signs(cents, basis_points):
    share = share_of(cents, basis_points)

    assert abs(10_000 * share - cents * basis_points) <= 5_000
    assert share_of(-cents, basis_points) == -share


@pytest.mark.parametrize(
    ("cents", "basis_points", "share"),
    [(2_400, 625, 150), (10, 500, 1), (10, 499, 0), (-10, 500, -1), (6_000, 10_000, 6_000)],
)
def test_share_of(cents, basis_points, share):
    assert share_of(cents, basis_points) == share


@given(st.integers(-10_000_000_000, 10_000_000_000), st.decimals(0, 100, places=4))
def test_a_percentage_is_nearest_and_the_same_for_both_signs(cents, percent):
    share = percent_of(cents, percent)

    assert abs(1_000_000 * share - cents * int(percent * 10_000)) <= 500_000
    assert percent_of(-cents, percent) == -share


@pytest.mark.parametrize(
    ("cents", "percent", "share"),
    [
        (2_400, "8.875", 213),
        (2_400, "6.25", 150),
        (400, "8.8749", 35),
        (400, "8.875", 36),
        (-400, "8.875", -36),
        (6_000, "100", 6_000),
    ],
)
def test_percent_of(cents, percent, share):
    assert percent_of(cents, Decimal(percent)) == share


@pytest.mark.parametrize(
    ("percent", "text"), [("8.8750", "8.875"), ("6.25", "6.25"), ("10.0000", "10"), ("0", "0")]
)
def test_percentages_without_zeros_that_say_nothing(percent, text):
    assert percent_string(Decimal(percent)) == text


@pytest.mark.parametrize(
    ("cents", "units", "price"), [(2_400, 4, 600), (10_800, 24, 450), (5, 2, 3), (1_000, 3, 333)]
)
def test_unit_price(cents, units, price):
    assert unit_price(cents, units) == price


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (2_400, None, "$24.00"),
        (0, None, "$0.00"),
        (123_456_789, None, "$1,234,567.89"),
        (-599, None, "-$5.99"),
        (500, "JPY", "¥500"),
        (2_400, "EUR", "€24.00"),
    ],
)
def test_amounts_as_people_write_them(cents, currency, text):
    assert format_cents(cents, currency) == text


@pytest.mark.parametrize(
    ("cents", "currency", "text"), [(2_400, None, "24.00"), (5, None, "0.05"), (500, "JPY", "500")]
)
def test_amounts_for_machines(cents, currency, text):
    assert decimal_string(cents, currency) == text


def test_an_unknown_currency_is_refused():
    with pytest.raises(KeyError):
        format_cents(100, "XXX")
