"""Sales tax: the most specific row in force at the destination counts."""

from datetime import date

import pytest

from orders.sales_tax import tax_for
from orders.totals import NO_TAX, Tax
from tests.factories import make_tax_rate

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 20)


def tax(region="IL", postal_code="62701", country="US", on=DAY):
    return tax_for(country=country, region=region, postal_code=postal_code, on=on)


def test_without_a_row_there_is_no_tax():
    make_tax_rate(region="CA")

    assert tax() == NO_TAX


def test_a_zip_prefix_beats_the_state_which_beats_the_country():
    make_tax_rate(region="", basis_points=100)
    make_tax_rate(region="IL", basis_points=625)
    make_tax_rate(region="IL", postal_prefix="627", basis_points=950)
    make_tax_rate(region="IL", postal_prefix="62", basis_points=800)

    assert tax(postal_code="62701").basis_points == 950
    assert tax(postal_code="62999").basis_points == 800
    assert tax(postal_code="60601").basis_points == 625
    assert tax(region="OR", postal_code="97201").basis_points == 100


def test_a_longer_prefix_without_a_state_beats_the_state():
    make_tax_rate(region="IL", basis_points=625)
    make_tax_rate(region="", postal_prefix="62701", basis_points=700)

    assert tax().basis_points == 700


@pytest.mark.parametrize(
    ("day", "basis_points"),
    [
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 625),
        (date(2026, 6, 30), 625),
        (date(2026, 7, 1), 650),
        (date(2027, 1, 1), 650),
        (date(2027, 1, 2), 0),
    ],
)
def test_a_rate_holds_from_its_first_to_its_last_day(day, basis_points):
    make_tax_rate(effective_from=date(2026, 1, 1), effective_until=date(2026, 6, 30))
    make_tax_rate(
        basis_points=650, effective_from=date(2026, 7, 1), effective_until=date(2027, 1, 1)
    )

    assert tax(on=day).basis_points == basis_points


def test_of_two_rates_in_force_the_later_counts():
    make_tax_rate(basis_points=700, effective_from=date(2026, 7, 1))
    make_tax_rate(basis_points=625, effective_from=date(2026, 1, 1))

    assert tax().basis_points == 700


def test_another_country_has_its_own_tax():
    make_tax_rate(country="CA", region="ON", basis_points=1_300)

    assert tax() == NO_TAX
    assert tax(country="CA", region="ON", postal_code="M5V 2T6").basis_points == 1_300


def test_whether_shipping_is_taxed_stands_in_the_row():
    make_tax_rate(taxes_shipping=True)

    assert tax() == Tax(625, taxes_shipping=True)
