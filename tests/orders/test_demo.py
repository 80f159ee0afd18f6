"""The demo's rates and code: loaded once, never over what staff changed."""

import pytest

from orders import demo
from orders.models import DiscountCode, ShippingMethod, ShippingRate, TaxRate
from orders.shipping_rates import all_rates, options
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def counts():
    return [
        model.objects.count() for model in (ShippingMethod, ShippingRate, TaxRate, DiscountCode)
    ]


def test_loading_twice_changes_nothing():
    demo.load(NOON)
    TaxRate.objects.filter(region="IL").update(rate_percent=7)
    before = counts()

    line = demo.load(NOON)

    assert counts() == before == [2, 4, 7, 1]
    assert TaxRate.objects.get(region="IL").rate_percent == 7
    assert "\n" not in line


@pytest.mark.parametrize(("goods", "standard"), [(3_899, 599), (3_900, 0)])
def test_standard_shipping_is_free_from_39_dollars(goods, standard):
    demo.load(NOON)

    found = options(all_rates(), country="US", items_cents=goods, weight_grams=60)

    assert [(option.code, option.price_cents) for option in found] == [
        ("standard", standard),
        ("expedited", 999),
    ]


def test_every_invented_tax_rate_says_so():
    demo.load(NOON)

    assert not TaxRate.objects.exclude(source__startswith="Demo data").exists()
