"""Sales tax from Stripe Tax: the total that is shown holds it, and that very total is charged."""

import pytest
from django.utils import timezone

from orders.addresses import Address
from orders.cart import CartContents, CartItem
from orders.gateways import gateway
from orders.models import ShippingMethod, ShippingRate, TaxRate
from orders.quotes import CheckoutRefused, make_quote
from tests.factories import make_variant
from tests.sandbox.server import start

pytestmark = pytest.mark.django_db

OREGON = Address(
    line1="1 Main Street", city="Portland", region="OR", postal_code="97201", country="US"
)


@pytest.fixture
def taxing_stripe(tmp_path, settings):
    server = start(tmp_path=tmp_path, SANDBOX_TAX_PERCENT="8.25")
    settings.SALES_TAX = "stripe"
    settings.STRIPE_API_BASE = server.url
    gateway.cache_clear()
    yield server
    gateway.cache_clear()
    server.stop()


def contents_worth_2499() -> CartContents:
    method = ShippingMethod.objects.create(
        code="standard", name="Standard", promise="", min_days=3, max_days=5
    )
    ShippingRate.objects.create(method=method, country="US", price_cents=599)
    return CartContents(items=(CartItem(make_variant(price_cents=2499), 1, 2499),))


def test_stripe_tax_stands_in_the_quote(taxing_stripe):
    quote = make_quote(contents_worth_2499(), country="US", destination=OREGON, now=timezone.now())

    line = quote.totals.lines[0]
    assert line.tax_cents == 206  # 8.25 % of 24.99 is 2.0617
    assert quote.totals.tax_cents == line.tax_cents + quote.totals.shipping_tax_cents
    assert quote.totals.total_cents == 2499 + 599 + quote.totals.tax_cents


def test_our_own_table_is_not_asked_then(taxing_stripe):
    TaxRate.objects.create(
        country="US", region="OR", rate_percent=20, effective_from="2020-01-01", source="test"
    )

    quote = make_quote(contents_worth_2499(), country="US", destination=OREGON, now=timezone.now())

    assert quote.totals.lines[0].tax_cents == 206


def test_without_an_answer_nothing_is_quoted(no_stripe, settings):
    settings.SALES_TAX = "stripe"

    with pytest.raises(CheckoutRefused, match="sales tax"):
        make_quote(contents_worth_2499(), country="US", destination=OREGON, now=timezone.now())


def test_before_the_address_is_known_stripe_is_not_asked(no_stripe, settings):
    settings.SALES_TAX = "stripe"

    quote = make_quote(contents_worth_2499(), country="US", now=timezone.now())

    assert quote.totals.tax_cents == 0
    assert not quote.is_final
