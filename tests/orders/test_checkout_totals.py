"""An order is placed only for the total that stood on the page."""

import re
from datetime import timedelta

import pytest

from orders import reconcile
from orders.models import CartLine, DiscountCode, Order, Payment, ShippingRate
from products.models import Reservation, Variant
from shop.lib import fault_points
from tests.factories import (
    NOON,
    make_discount_code,
    make_shipping,
    make_tax_rate,
    make_variant,
)
from tests.orders.shopping import (
    BUYER,
    assert_nothing_stored,
    check_out,
    open_shop,
    place_order,
    put_in_cart,
    shown_total,
    text_of,
)
from tests.orders.stripe_steps import event_types

pytestmark = pytest.mark.django_db


# Only for the total that was shown ---------------------------------------------------------------


@pytest.mark.parametrize(
    "shown", [None, "", "5999", "6001", "-6000", "0", "abc", "6000.0", "9" * 99]
)
def test_another_total_than_the_real_one_places_nothing(client, shown):
    put_in_cart(client, open_shop())

    response = check_out(client, shown)

    assert response.status_code == 200
    assert "Your total is $60.00" in text_of(response)
    assert shown_total(response) == 6_000
    assert_nothing_stored()


def test_tax_is_shown_before_anything_is_ordered(client, sandbox):
    make_tax_rate()
    put_in_cart(client, open_shop())

    before = text_of(client.get("/checkout/"))
    assert "$60.00 before sales tax." in before
    assert "See the total with tax" in before
    assert "Pay $" not in before
    assert "Stripe’s page" not in before

    first = check_out(client, None)

    assert "You pay on Stripe’s page. We never see your card." in text_of(first)
    assert "It includes $3.75 sales tax for Springfield, IL." in text_of(first)
    assert_nothing_stored()
    order = place_order(client, shown_total(first))
    assert (order.tax_cents, order.total_cents) == (375, 6_375)


def test_a_price_that_changed_meanwhile_is_shown_not_charged(client, sandbox):
    put_in_cart(client, open_shop())
    Variant.objects.update(price_cents=6_500)

    response = check_out(client, 6_000)

    page = text_of(response)
    assert "A price has changed since you chose it." in page
    assert "New price: it was $60.00 when you chose it" in page
    assert_nothing_stored()
    assert place_order(client, shown_total(response)).total_cents == 6_500


def test_a_shipping_price_that_changed_meanwhile_is_shown_not_charged(client):
    put_in_cart(client, open_shop(price_cents=2_400))
    ShippingRate.objects.filter(min_items_cents=0).update(price_cents=799)

    response = check_out(client, 2_999)

    assert "Your total is $31.99" in text_of(response)
    assert_nothing_stored()


def test_another_way_of_shipping_costs_what_it_costs(client, sandbox):
    put_in_cart(client, open_shop())
    make_shipping("express", price_cents=999, free_from_cents=None)

    refused = check_out(client, 6_000, shipping="express")

    assert shown_total(refused) == 6_999
    order = place_order(client, 6_999, shipping="express")
    assert (order.shipping_code, order.shipping_name) == ("express", "Express")


def test_a_code_that_ends_meanwhile_is_said_before_paying(client):
    make_discount_code()
    put_in_cart(client, open_shop())
    client.post("/cart/discount/", {"code": "TENOFF"})
    DiscountCode.objects.update(ends_at=NOON)

    response = check_out(client, 5_400)

    assert response.status_code == 200
    assert shown_total(response) == 6_000
    assert "The code TENOFF has ended." in text_of(response)
    assert_nothing_stored()


# Choosing a country without script ---------------------------------------------------------------


def test_another_country_is_chosen_without_losing_what_was_typed(client):
    variant = open_shop(price_cents=2_400)
    make_shipping("airmail", country="CA", price_cents=1_499, free_from_cents=None)
    put_in_cart(client, variant)
    typed = {**BUYER, "action": "country", "country": "CA", "name": "Jo Doe", "postal_code": "9"}

    response = client.post("/checkout/", typed)

    page = text_of(response)
    assert response.status_code == 200
    assert "Ontario" in page
    assert "Postal code" in page
    assert 'value="Jo Doe"' in page
    assert "error-summary" not in page
    assert re.search(r'value="airmail"[^>]* checked', page)
    assert "Airmail, $14.99" in page
    assert "$38.99 before sales tax." in page
    assert_nothing_stored()


def test_the_enter_key_orders_and_does_not_change_the_country(client):
    make_shipping("airmail", country="CA")
    put_in_cart(client, open_shop())

    buttons = re.findall(
        r'<button[^>]* name="action" value="(\w+)"', client.get("/checkout/").content.decode()
    )

    assert buttons == ["order", "country", "totals", "order"]


# Looking at the total while typing ---------------------------------------------------------------


def look(client, **typed):
    return client.post("/checkout/", {**BUYER, "action": "totals", **typed})


def test_state_and_zip_are_enough_for_the_total_with_tax(client):
    make_tax_rate()
    put_in_cart(client, open_shop())

    response = look(client, email="", name="", line1="", city="", terms="")

    assert "error-summary" not in text_of(response)
    assert shown_total(response) == 6_375
    assert "Pay $63.75 on Stripe" in text_of(response)
    assert_nothing_stored()


def test_another_way_of_shipping_stands_in_the_total_at_once(client):
    make_shipping("express", price_cents=999, free_from_cents=None)
    put_in_cart(client, open_shop())

    assert shown_total(look(client, shipping="express")) == 6_999


@pytest.mark.parametrize("typed", [{"postal_code": ""}, {"region": ""}, {"postal_code": "90210"}])
def test_without_a_fitting_state_and_zip_no_amount_is_offered(client, typed):
    make_tax_rate()
    put_in_cart(client, open_shop())

    page = text_of(look(client, **typed))

    assert "See the total with tax" in page
    assert 'name="shown_total"' not in page


def test_looking_works_while_stripe_tax_cannot_be_asked(client, no_stripe, settings):
    settings.SALES_TAX = "stripe"
    put_in_cart(client, open_shop())

    response = look(client)

    assert response.status_code == 200
    assert "See the total with tax" in text_of(response)


@pytest.mark.parametrize("country", ["", "ZZ", "x" * 500, "US\x00", "🇺🇸"])
def test_looking_from_a_country_we_do_not_know_stays_calm(client, country):
    put_in_cart(client, open_shop())

    response = look(client, country=country)

    assert response.status_code == 200
    assert "before sales tax" in text_of(response) or "Your total is" in text_of(response)
    assert_nothing_stored()


# Nothing or next to nothing to pay ---------------------------------------------------------------


@pytest.fixture
def gift(client):
    """One pack of five in the cart, for nothing."""
    make_shipping(price_cents=0)
    variant = make_variant(on_hand=5)
    make_discount_code("GIFT", percent_basis_points=10_000)
    put_in_cart(client, variant)
    client.post("/cart/discount/", {"code": "GIFT"})
    return variant


def test_an_order_that_costs_nothing_needs_no_payment_page(client, no_stripe, gift):
    page = text_of(check_out(client, None))
    assert "Place the order" in page
    assert "There is nothing to pay." in page

    response = check_out(client, 0)

    order = Order.objects.get()
    assert response["Location"] == order.get_absolute_url()
    assert (order.status, order.total_cents) == ("paid", 0)
    assert client.cookies["cart_count"].value == ""
    assert "There is nothing to pay." in text_of(client.get(response["Location"]))
    assert not Payment.objects.exists()
    assert event_types(order) == ["placed", "paid"]


def test_an_order_that_costs_nothing_is_not_lost_by_a_crash(client, no_stripe, gift, monkeypatch):
    """It has no page that anybody would ask about: what is placed must be paid in the same breath."""

    def dies(name):
        if name == "checkout.order_placed":
            raise KeyboardInterrupt

    monkeypatch.setattr(fault_points, "reached", dies)
    with pytest.raises(KeyboardInterrupt):
        check_out(client, 0)
    monkeypatch.undo()

    order = Order.objects.get()
    reconcile.everything(now=order.expires_at + timedelta(hours=3))
    order.refresh_from_db()
    gift.refresh_from_db()
    assert (order.status, Reservation.objects.get().state) == ("paid", "allocated")
    assert (gift.stock_on_hand, gift.stock_reserved) == (5, 1)
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("left", [1, 49])
def test_less_than_a_card_can_be_charged_is_refused(client, left):
    make_shipping(price_cents=0)
    make_discount_code(amount_cents=6_000 - left)
    put_in_cart(client, make_variant(price_cents=6_000))
    client.post("/cart/discount/", {"code": "TENOFF"})

    response = check_out(client, left)

    assert response.status_code == 409
    assert "A card cannot be charged less than $0.50. Please add a pack, or remove" in text_of(
        response
    )
    assert_nothing_stored()


def test_fifty_cents_can_be_charged(client, sandbox):
    make_shipping(price_cents=0)
    make_discount_code(amount_cents=5_950)
    put_in_cart(client, make_variant(price_cents=6_000))
    client.post("/cart/discount/", {"code": "TENOFF"})

    assert place_order(client, 50).attempts.get().status == "open"
