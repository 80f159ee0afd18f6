"""Sales tax: the most specific row in force at the destination counts."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

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
    make_tax_rate(region="", rate_percent="1")
    make_tax_rate(region="IL", rate_percent="6.25")
    make_tax_rate(region="IL", postal_prefix="627", rate_percent="9.5")
    make_tax_rate(region="IL", postal_prefix="62", rate_percent="8")

    assert tax(postal_code="62701").percent == Decimal("9.5")
    assert tax(postal_code="62999").percent == Decimal(8)
    assert tax(postal_code="60601").percent == Decimal("6.25")
    assert tax(region="OR", postal_code="97201").percent == Decimal(1)


def test_a_longer_prefix_without_a_state_beats_the_state():
    make_tax_rate(region="IL", rate_percent="6.25")
    make_tax_rate(region="", postal_prefix="62701", rate_percent="7")

    assert tax().percent == Decimal(7)


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), "6.25"),
        (date(2026, 6, 30), "6.25"),
        (date(2026, 7, 1), "6.5"),
        (date(2027, 1, 1), "6.5"),
        (date(2027, 1, 2), 0),
    ],
)
def test_a_rate_holds_from_its_first_to_its_last_day(day, percent):
    make_tax_rate(effective_from=date(2026, 1, 1), effective_until=date(2026, 6, 30))
    make_tax_rate(
        rate_percent="6.5", effective_from=date(2026, 7, 1), effective_until=date(2027, 1, 1)
    )

    assert tax(on=day).percent == Decimal(percent)


def test_of_two_rates_in_force_the_later_counts():
    make_tax_rate(rate_percent="7", effective_from=date(2026, 7, 1))
    make_tax_rate(rate_percent="6.25", effective_from=date(2026, 1, 1))

    assert tax().percent == Decimal(7)


def test_another_country_has_its_own_tax():
    make_tax_rate(country="CA", region="ON", rate_percent="13")

    assert tax() == NO_TAX
    assert tax(country="CA", region="ON", postal_code="M5V 2T6").percent == Decimal(13)


def test_whether_shipping_is_taxed_stands_in_the_row():
    make_tax_rate(taxes_shipping=True)

    assert tax() == Tax(Decimal("6.25"), taxes_shipping=True)


def test_a_rate_of_three_decimals_is_kept_to_the_last_one():
    make_tax_rate(region="NY", postal_prefix="100", rate_percent="8.875")

    assert tax(region="NY", postal_code="10001").percent == Decimal("8.875")


@pytest.mark.parametrize("percent", ["-0.0001", "25.0001"])
def test_the_database_holds_no_rate_that_cannot_be(percent):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_tax_rate(rate_percent=percent)


def test_a_rate_is_named_as_people_write_it():
    assert str(make_tax_rate(rate_percent=Decimal("8.8750"))) == "US IL: 8.875 %"
