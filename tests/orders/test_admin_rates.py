"""Codes and rates: typed in dollars and percent, refused with words where they make no sense."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import DiscountCode, DiscountUse, ShippingMethod, TaxRate, WebhookDelivery
from tests.factories import make_order

pytestmark = pytest.mark.django_db

CODES = "/admin/orders/discountcode/"
METHODS = "/admin/orders/shippingmethod/"
TAXES = "/admin/orders/taxrate/"
CODE = {"code": "spring10", "percent_basis_points": "10", "is_active": "on"}
TAX = {
    "country": "US",
    "region": "il",
    "postal_prefix": "",
    "rate_percent": "8.875",
    "effective_from": "2026-01-01",
    "effective_until": "",
    "source": "State site",
}


def make_rates_form(*rates: dict[str, str], **typed: str) -> dict[str, str]:
    form = {
        "name": "Standard",
        "code": "standard",
        "promise": "3 to 5 business days",
        "min_days": "3",
        "max_days": "5",
        "position": "0",
        "is_active": "on",
        "rates-TOTAL_FORMS": str(len(rates)),
        "rates-INITIAL_FORMS": "0",
        **typed,
    }
    for place, rate in enumerate(rates):
        form |= {f"rates-{place}-{name}": value for name, value in rate.items()}
    return form


def errors_of(response) -> str:
    assert response.status_code == 200
    return str(response.context["errors"])


# Codes


def test_a_code_is_typed_in_percent_and_kept_in_capitals(admin_client):
    admin_client.post(f"{CODES}add/", {**CODE, "minimum_cents": "39"})
    code = DiscountCode.objects.get()
    assert (code.code, code.percent_basis_points, code.amount_cents) == ("SPRING10", 1000, 0)
    assert code.minimum_cents == 3900


def test_an_amount_is_typed_in_dollars(admin_client):
    typed = {"percent_basis_points": "", "amount_cents": "5.50"}
    admin_client.post(f"{CODES}add/", {**CODE, **typed})
    assert DiscountCode.objects.get().amount_cents == 550


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"amount_cents": "5"}, "not both"),
        ({"percent_basis_points": ""}, "a percentage or an amount above zero"),
        ({"percent_basis_points": "0"}, "a percentage or an amount above zero"),
        ({"percent_basis_points": "101"}, "less than or equal to 100"),
        ({"percent_basis_points": "1.005"}, "2 decimal places"),
        ({"percent_basis_points": "", "amount_cents": "-1"}, "greater than or equal to 0"),
        ({"starts_at": "2026-12-01T00:00", "ends_at": "2026-11-01T00:00"}, "after the start"),
        ({"starts_at": "soon"}, "valid date"),
        ({"code": ""}, "required"),
        ({"code": "SPA CE<B>"}, "letters A to Z, digits and hyphens"),
        ({"code": "ÜMLAUT🎉"}, "letters A to Z, digits and hyphens"),
        ({"code": "AB"}, "3 to 40"),
        ({"code": "A" * 41}, "at most 40"),
        ({"code": "Taken"}, "exists already"),
        ({"max_uses": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_code_that_makes_no_sense_is_refused(admin_client, typed, message):
    DiscountCode.objects.create(code="TAKEN", amount_cents=100)
    page = admin_client.post(f"{CODES}add/", {**CODE, **typed})
    assert message in errors_of(page)
    assert DiscountCode.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "is_asked"),
    [
        ({"percent_basis_points": "100"}, True),
        ({"percent_basis_points": "50.01"}, True),
        ({"percent_basis_points": "50"}, False),
        ({"percent_basis_points": "100", "max_uses": "5"}, False),
        ({"percent_basis_points": "100", "max_uses_per_customer": "1"}, False),
        ({"percent_basis_points": "100", "ends_at": "2099-01-01T00:00"}, False),
        ({"percent_basis_points": "100", "is_active": ""}, False),
        ({"percent_basis_points": "", "amount_cents": "500"}, False),
    ],
)
def test_much_off_for_everybody_for_good_is_saved_and_asked_about(admin_client, typed, is_asked):
    page = admin_client.post(f"{CODES}add/", {**CODE, **typed}, follow=True)
    assert DiscountCode.objects.exists()
    assert ("Is that meant?" in page.content.decode()) == is_asked


def test_a_limit_below_what_was_used_is_refused(admin_client):
    code = DiscountCode.objects.create(code="SPRING10", percent_basis_points=1000, uses=5)
    page = admin_client.post(f"{CODES}{code.pk}/change/", {**CODE, "max_uses": "4"})
    assert "used 5 times already" in errors_of(page)


def test_a_stored_code_is_shown_as_it_was_typed(admin_client):
    code = DiscountCode.objects.create(code="X", percent_basis_points=1250, minimum_cents=3900)
    html = admin_client.get(f"{CODES}{code.pk}/change/").content.decode()
    assert 'value="12.5"' in html
    assert 'value="39.00"' in html


def test_a_code_that_an_order_names_is_not_deleted(admin_client):
    code = DiscountCode.objects.create(code="X", amount_cents=100)
    DiscountUse.objects.create(code=code, order=make_order(), email="jo@example.com")
    assert admin_client.post(f"{CODES}{code.pk}/delete/", {"post": "yes"}).status_code == 403
    assert DiscountCode.objects.exists()


# Shipping


def test_a_method_is_kept_with_its_rates(admin_client):
    cheap = {"country": "US", "min_items_cents": "0", "price_cents": "5.99"}
    free = {"country": "US", "min_items_cents": "39", "price_cents": "0"}
    admin_client.post(f"{METHODS}add/", make_rates_form(cheap, free))
    rates = ShippingMethod.objects.get().rates.order_by("min_items_cents")
    assert [(rate.min_items_cents, rate.price_cents) for rate in rates] == [(0, 599), (3900, 0)]


@pytest.mark.parametrize(
    ("rates", "typed", "message"),
    [
        ([{"country": "XX", "min_items_cents": "0", "price_cents": "5"}], {}, "valid choice"),
        ([{"country": "US", "min_items_cents": "0", "price_cents": "-5"}], {}, "or equal to 0"),
        ([{"country": "US", "min_items_cents": "0", "price_cents": "5"}] * 2, {}, "rate like this"),
        ([], {"max_days": "2"}, "fewer than 3"),
        ([], {"code": "not a slug"}, "valid"),
    ],
)
def test_a_method_that_makes_no_sense_is_refused(admin_client, rates, typed, message):
    page = admin_client.post(f"{METHODS}add/", make_rates_form(*rates, **typed))
    assert message in errors_of(page)
    assert not ShippingMethod.objects.exists()


def test_more_methods_cost_no_more_queries(admin_client):
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(METHODS)
        return len(queries)

    fields = {"promise": "soon", "min_days": 1, "max_days": 2}
    ShippingMethod.objects.create(code="a", name="A", **fields)
    few = ask()
    for name in "bcdef":
        ShippingMethod.objects.create(code=name, name=name, **fields)
    assert ask() == few


# Tax


def test_a_tax_rate_is_typed_in_percent_with_the_state_in_capitals(admin_client):
    admin_client.post(f"{TAXES}add/", TAX)
    row = TaxRate.objects.get()
    assert (row.country, row.region, row.rate_percent) == ("US", "IL", Decimal("8.875"))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"country": "ZZ"}, "valid choice"),
        ({"region": "Bavaria"}, "not a state code of US"),
        ({"rate_percent": "25.0001"}, "less than or equal to 25"),
        ({"rate_percent": "8.87505"}, "4 decimal places"),
        ({"rate_percent": "-1"}, "greater than or equal to 0"),
        ({"rate_percent": "NaN"}, "Enter a number"),
        ({"rate_percent": ""}, "required"),
        ({"effective_until": "2025-12-31"}, "must not be before"),
        ({"effective_from": "soon"}, "valid date"),
        ({"region": "NY"}, "already"),
        ({"source": ""}, "required"),
    ],
)
def test_a_tax_rate_that_makes_no_sense_is_refused(admin_client, typed, message):
    fields = {"region": "NY", "rate_percent": 4, "effective_from": "2026-01-01", "source": "x"}
    TaxRate.objects.create(country="US", **fields)
    page = admin_client.post(f"{TAXES}add/", {**TAX, **typed})
    assert message in errors_of(page)
    assert TaxRate.objects.count() == 1


def test_a_stored_tax_rate_is_shown_without_zeros_that_say_nothing(admin_client):
    fields = {"country": "US", "region": "NY", "effective_from": "2026-01-01", "source": "x"}
    row = TaxRate.objects.create(**fields, rate_percent=Decimal("8.875"))
    assert 'value="8.875"' in admin_client.get(f"{TAXES}{row.pk}/change/").content.decode()
    assert "8.875\N{NO-BREAK SPACE}%" in admin_client.get(TAXES).content.decode()


def test_the_tax_table_is_taken_along_as_csv_without_formulas(admin_client):
    fields = {"country": "US", "effective_from": "2026-01-01"}
    row = TaxRate.objects.create(
        **fields, region="IL", rate_percent=Decimal("8.875"), source="=HYPERLINK(1)"
    )
    data = {"action": "download_csv", "_selected_action": [row.pk]}
    response = admin_client.post(TAXES, data)
    (read,) = csv.DictReader(io.StringIO(response.content.decode()))
    assert read["region"] == "IL"
    assert read["percent"] == "8.875"
    assert read["source"] == "'=HYPERLINK(1)"


# Webhooks


def test_what_stripe_sent_is_only_looked_at(admin_client):
    row = WebhookDelivery.objects.create(
        event_type="charge.refunded", verdict="done", body_sha256="0" * 64
    )
    url = "/admin/orders/webhookdelivery/"
    assert "charge.refunded" in admin_client.get(url).content.decode()
    assert admin_client.get(f"{url}add/").status_code == 403
    assert admin_client.post(f"{url}{row.pk}/change/", {"detail": "x"}).status_code == 403
    assert admin_client.post(f"{url}{row.pk}/delete/", {"post": "yes"}).status_code == 403
