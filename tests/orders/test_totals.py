"""Totals: the parts add up to the cent, whatever is bought and however it is discounted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.totals import NO_TAX, Tax, make_totals, with_taxes

items = st.lists(st.tuples(st.integers(1, 50_000), st.integers(1, 20)), min_size=1, max_size=8)
percents = st.decimals(0, 25, places=4)
taxes = st.builds(Tax, percent=percents, taxes_shipping=st.booleans())


@given(items, st.integers(0, 2_000_000), st.integers(0, 5_000), taxes)
def test_the_parts_add_up_to_the_total(bought, discount, shipping, tax):
    totals = make_totals(bought, discount_cents=discount, shipping_cents=shipping, tax=tax)

    assert totals.total_cents == (
        sum(line.net_cents + line.tax_cents for line in totals.lines)
        + totals.shipping_cents
        + totals.shipping_tax_cents
    )
    assert totals.tax_cents == totals.shipping_tax_cents + sum(
        line.tax_cents for line in totals.lines
    )


@given(items, st.integers(0, 2_000_000))
def test_a_discount_is_spread_to_the_cent_and_never_exceeds_a_line(bought, discount):
    totals = make_totals(bought, discount_cents=discount)

    assert totals.discount_cents == min(discount, totals.items_cents)
    assert sum(line.discount_cents for line in totals.lines) == totals.discount_cents
    assert all(line.net_cents >= 0 for line in totals.lines)


@given(items, st.integers(0, 100_000), percents)
def test_tax_is_rounded_half_up_once_per_line(bought, discount, percent):
    totals = make_totals(bought, discount_cents=discount, tax=Tax(percent))

    for line in totals.lines:
        # |tax - exact| <= half a cent, and exactly half a cent goes up.
        off_by = 100 * line.tax_cents - line.net_cents * percent
        assert -50 < off_by <= 50


@pytest.mark.parametrize(
    ("cents", "percent", "tax_cents"),
    [
        (2_400, "6.25", 150),
        (2_400, "8.875", 213),  # New York City
        (1_000, "7.25", 73),  # 72.5
        (998, "7.25", 72),  # 72.355
        (400, "8.8749", 35),  # 35.4996
        (400, "8.875", 36),  # 35.5
        (1, "49.99", 0),
        (1, "50", 1),
        (10_800, "0", 0),
    ],
)
def test_tax_of_one_line(cents, percent, tax_cents):
    totals = make_totals([(cents, 1)], tax=Tax(Decimal(percent)))

    assert totals.tax_cents == tax_cents


def test_tax_is_on_what_is_left_after_the_discount():
    totals = make_totals([(6_000, 1)], discount_cents=600, tax=Tax(Decimal(10)))

    assert (totals.lines[0].net_cents, totals.tax_cents, totals.total_cents) == (5_400, 540, 5_940)


@pytest.mark.parametrize(("taxes_shipping", "shipping_tax"), [(True, 60), (False, 0)])
def test_shipping_is_taxed_only_where_it_is(taxes_shipping, shipping_tax):
    totals = make_totals(
        [(2_400, 1)], shipping_cents=599, tax=Tax(Decimal(10), taxes_shipping=taxes_shipping)
    )

    assert totals.shipping_tax_cents == shipping_tax
    assert totals.total_cents == 2_400 + 599 + 240 + shipping_tax


def test_rounding_per_line_differs_from_rounding_the_sum():
    totals = make_totals(
        [(120, 1), (120, 1)], tax=Tax(Decimal("12.9"))
    )  # 15.48 each, 30.96 together

    assert [line.tax_cents for line in totals.lines] == [15, 15]
    assert totals.tax_cents == 30


def test_nothing_costs_nothing():
    totals = make_totals([], discount_cents=500)

    assert (totals.lines, totals.discount_cents, totals.total_cents) == ((), 0, 0)


def test_taxes_from_elsewhere_replace_those_of_the_table():
    totals = make_totals([(2_400, 2), (6_000, 1)], shipping_cents=599, tax=NO_TAX)

    taxed = with_taxes(totals, line_tax_cents=[300, 375], shipping_tax_cents=37)

    assert taxed.tax_cents == 712
    assert taxed.total_cents == totals.total_cents + 712
    assert [line.net_cents for line in taxed.lines] == [4_800, 6_000]
