"""The checkout: an order is placed only for the total that stood on the page, and only once."""

import re

import pytest
from django.test import Client

from orders.models import Cart, DiscountCode, Order, OrderEvent, ShippingRate
from policies import starter_content as policy_content
from policies.models import PolicyVersion
from products import stock
from products.models import Reservation, SaleBlock, StockMovement, Variant
from tests.factories import (
    NOON,
    make_discount_code,
    make_order,
    make_shipping,
    make_tax_rate,
    make_variant,
)
from tests.orders.shopping import (
    BUYER,
    check_out,
    open_shop,
    place_order,
    put_in_cart,
    reading_only,
    text_of,
)
from tests.orders.stripe_steps import stripe_client

pytestmark = pytest.mark.django_db


def shown_total(response) -> int:
    """The total that the page would send along."""
    found = re.findall(r'name="shown_total" value="(\d*)"', response.content.decode())
    assert len(found) == 1
    return int(found[0])


def sell_out(variant):
    stock.move(
        variant_id=variant.pk,
        kind=StockMovement.Kind.LOST,
        quantity=-Variant.objects.get(pk=variant.pk).available,
        reason="Water damage",
    )


def assert_nothing_stored():
    assert not Order.objects.exists()
    assert not Reservation.objects.exists()


# Placing an order -------------------------------------------------------------------------------


def test_an_order_is_placed_and_the_buyer_sent_to_stripe(client, sandbox):
    variant = open_shop(price_cents=2_400, on_hand=10)
    cart = put_in_cart(client, variant, 1)

    response = check_out(client, 2_999, phone="+1 555 0100", line2="Apt 4")

    order = Order.objects.get()
    attempt = order.attempts.get()
    assert (response.status_code, response["Location"]) == (302, attempt.url)
    assert response["Location"].startswith(sandbox.url)
    assert (order.status, order.total_cents, order.shipping_cents) == ("pending", 2_999, 599)
    assert order.address_lines == [
        "Jo Doe",
        "12 Elm Street",
        "Apt 4",
        "Springfield, IL 62701",
        "United States",
    ]
    assert (order.email, order.phone, order.is_demo) == ("jo@example.com", "+1 555 0100", True)
    line = order.lines.get()
    assert (line.sku, line.quantity, line.unit_price_cents) == ("B12-12", 1, 2_400)
    variant.refresh_from_db()
    assert variant.stock_reserved == 1
    cart.refresh_from_db()
    assert (cart.order, cart.lines.count()) == (order, 1)
    session = stripe_client(sandbox).v1.checkout.sessions.retrieve(attempt.session_id)
    assert session.amount_total == 2_999


def test_the_terms_that_held_are_kept(client, sandbox):
    policy_content.load(NOON)
    put_in_cart(client, open_shop())

    order = place_order(client, 6_000)

    kept = {version.policy.slug for version in order.policy_versions.all()}
    assert kept == {"terms", "shipping-returns", "privacy"}
    assert PolicyVersion.objects.count() == 3


def test_the_address_is_kept_in_its_normal_form(client, sandbox):
    put_in_cart(client, open_shop())

    order = place_order(client, 6_000, postal_code=" 62701-1234 ", city="  Springfield ")

    assert (order.city, order.region, order.postal_code) == ("Springfield", "IL", "62701-1234")


# Only for the total that was shown --------------------------------------------------------------


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

    first = check_out(client, None)

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


# Once --------------------------------------------------------------------------------------------


def test_the_same_cart_twice_is_one_order_with_one_page(client, sandbox):
    put_in_cart(client, open_shop())

    first, second = check_out(client, 6_000), check_out(client, 6_000)

    assert first["Location"] == second["Location"]
    order = Order.objects.get()
    assert order.attempts.count() == 1
    assert Reservation.objects.get().quantity == 1


def test_the_last_pack_can_be_paid_after_the_back_button(client, sandbox):
    variant = open_shop(on_hand=1)
    make_discount_code(max_uses=1, max_uses_per_customer=1)
    put_in_cart(client, variant)
    client.post("/cart/discount/", {"code": "TENOFF"})
    first = check_out(client, 5_400)

    page = client.get("/checkout/")

    assert page.status_code == 200
    assert shown_total(page) == 5_400
    for typed in ('value="Jo Doe"', 'value="12 Elm Street"', 'value="62701"'):
        assert typed in page.content.decode()
    assert check_out(client, 5_400)["Location"] == first["Location"]
    assert Order.objects.count() == 1


def test_a_changed_order_closes_the_page_of_the_one_before(client, sandbox):
    variant = open_shop(on_hand=2)
    make_discount_code(max_uses=1, max_uses_per_customer=1)
    put_in_cart(client, variant, 2)
    client.post("/cart/discount/", {"code": "TENOFF"})
    earlier = place_order(client, 10_800)

    newer = place_order(client, 10_800, line1="13 Elm Street")

    earlier.refresh_from_db()
    assert (earlier.status, newer.status) == ("expired", "pending")
    session = stripe_client(sandbox).v1.checkout.sessions.retrieve(
        earlier.attempts.get().session_id
    )
    assert session.status == "expired"
    assert Reservation.objects.get().reference == newer.number
    assert DiscountCode.objects.get().uses == 1
    assert newer.discount_use.email == "jo@example.com"
    assert Cart.objects.get().order == newer


def test_a_fuller_cart_replaces_the_order_before(client, sandbox):
    variant = open_shop()
    put_in_cart(client, variant)
    earlier = place_order(client, 6_000)
    put_in_cart(client, variant)

    newer = place_order(client, 12_000)

    earlier.refresh_from_db()
    variant.refresh_from_db()
    assert earlier.status == "expired"
    assert (newer.total_cents, variant.stock_reserved) == (12_000, 2)


def test_an_order_paid_in_another_window_is_not_ordered_again(client, sandbox):
    put_in_cart(client, open_shop())
    order = place_order(client, 6_000)
    assert sandbox.pay(order.attempts.get().url).location

    changed = check_out(client, 6_000, line1="13 Elm Street")

    assert changed["Location"] == order.get_absolute_url()
    assert "Your payment has arrived." in text_of(client.get(changed["Location"]))
    assert Order.objects.get().status == "paid"
    again = check_out(client, 6_000)
    assert again["Location"] == "/cart/?emptied=1"
    assert "Nothing ordered twice" in text_of(client.get(again["Location"]))
    assert Order.objects.count() == 1


def test_a_cart_of_a_paid_order_is_empty_for_the_next_purchase(client, sandbox):
    variant = open_shop()
    put_in_cart(client, variant)
    order = place_order(client, 6_000)
    back = sandbox.pay(order.attempts.get().url).location
    client.get(back.removeprefix("http://testserver"))

    assert "Your cart is empty" in text_of(client.get("/cart/"))
    put_in_cart(client, variant)
    assert place_order(client, 6_000) != order


def test_money_that_staff_look_at_is_not_asked_for_again(client, sandbox):
    put_in_cart(client, open_shop())
    order = place_order(client, 6_000)
    order.attempts.update(status="complete")
    order.payments.create(reference="pi_odd", amount_cents=5_000, currency="USD", received_at=NOON)

    response = check_out(client, 6_000, line1="13 Elm Street")

    assert response.status_code == 409
    assert "please do not pay again" in text_of(response)
    assert Order.objects.get().status == "pending"


# What cannot be had -----------------------------------------------------------------------------


def test_sold_out_between_page_and_pay(client):
    variant = open_shop(on_hand=2)
    put_in_cart(client, variant, 2)
    sell_out(variant)

    response = check_out(client, 12_000, name="Jo <Doe>")

    assert response.status_code == 409
    page = text_of(response)
    assert "12 patches: This pack is sold out. Nothing has been ordered." in page
    assert 'value="Jo &lt;Doe&gt;"' in page
    assert_nothing_stored()


def test_a_pack_withdrawn_between_page_and_pay(client):
    put_in_cart(client, open_shop())
    Variant.objects.update(is_active=False)

    response = check_out(client, 6_000)

    assert response.status_code == 409
    assert "This pack is no longer sold." in text_of(response)
    assert_nothing_stored()


def test_an_emptied_cart_orders_nothing(client):
    variant = open_shop()
    put_in_cart(client, variant)
    client.post("/cart/update/", {"sku": variant.sku, "action": "remove"})

    assert check_out(client, 6_000)["Location"] == "/cart/?emptied=1"
    assert client.get("/checkout/")["Location"] == "/cart/"


def test_a_code_that_this_customer_has_used_is_refused_without_an_order(client):
    variant = open_shop()
    code = make_discount_code(max_uses_per_customer=1)
    code.used_by.create(order=make_order(packs={variant: 1}), email="jo@example.com")
    put_in_cart(client, variant)
    client.post("/cart/discount/", {"code": "TENOFF"})

    response = check_out(client, 5_400, email="JO@example.com")

    assert response.status_code == 409
    assert "You have used the code TENOFF before. Please remove it in the cart." in text_of(
        response
    )
    assert Order.objects.count() == 1
    code.refresh_from_db()
    assert code.uses == 0


def test_a_country_in_which_we_may_not_sell_is_refused(client):
    variant = open_shop()
    SaleBlock.objects.create(product=variant.product, country="US", reason="Not allowed here.")
    put_in_cart(client, variant)

    response = check_out(client, 6_000)

    assert response.status_code == 409
    assert "We do not sell to this country. Not allowed here." in text_of(response)
    assert_nothing_stored()


def test_a_country_to_which_we_do_not_ship_is_refused_at_its_field(client):
    put_in_cart(client, open_shop())

    response = check_out(client, 6_000, country="DE")

    assert response.status_code == 422
    assert "We do not ship to this country." in text_of(response)
    assert_nothing_stored()


def test_packs_too_heavy_to_be_shipped_are_said_so(client):
    put_in_cart(client, open_shop(weight_grams=500), 3)
    ShippingRate.objects.update(max_weight_grams=1_000)

    page, response = client.get("/checkout/"), check_out(client, 18_000)

    assert page.status_code == 200
    assert "We have no way of shipping these packs to this country." in text_of(page)
    assert response.status_code == 422
    assert_nothing_stored()


def test_a_shop_without_rates_says_that_it_cannot_ship(client):
    put_in_cart(client, make_variant())

    page = client.get("/checkout/")

    assert page.status_code == 200
    assert "We have no way of shipping" in text_of(page)
    assert check_out(client, 6_000).status_code == 422


def test_without_accepted_terms_nothing_is_sold(client):
    put_in_cart(client, open_shop())

    response = check_out(client, 6_000, terms="")

    assert response.status_code == 422
    assert "Please accept the terms; we cannot sell without them." in text_of(response)
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


# Stripe cannot be reached ------------------------------------------------------------------------


def test_without_stripe_the_order_is_kept_and_can_be_paid_later(client, no_stripe, settings):
    variant = open_shop()
    put_in_cart(client, variant)

    response = check_out(client, 6_000)

    order = Order.objects.get()
    assert response["Location"] == order.get_absolute_url()
    page = text_of(client.get(response["Location"]))
    assert "The payment page could not be reached." in page
    assert "Your order is saved, your packs are kept for you, and nothing has been charged." in page
    assert f'action="/order/{order.token}/pay/"' in page
    variant.refresh_from_db()
    assert variant.stock_reserved == 1
    assert order.cart.lines.count() == 1
    last = order.events.order_by("-pk")[0]
    assert last.type == OrderEvent.Type.PAYMENT_UNAVAILABLE


def test_a_changed_order_waits_until_stripe_can_close_the_page_before(client, no_stripe):
    put_in_cart(client, open_shop())
    check_out(client, 6_000)

    response = check_out(client, 6_000, line1="13 Elm Street")

    assert response.status_code == 409
    assert "We cannot reach our payment service." in text_of(response)
    assert Order.objects.get().line1 == "12 Elm Street"


# Nothing or next to nothing to pay ---------------------------------------------------------------


def test_an_order_that_costs_nothing_needs_no_payment_page(client, no_stripe):
    make_shipping(price_cents=0)
    variant = make_variant()
    make_discount_code("GIFT", percent_basis_points=10_000)
    put_in_cart(client, variant)
    client.post("/cart/discount/", {"code": "GIFT"})
    page = text_of(check_out(client, None))
    assert "Place the order" in page
    assert "There is nothing to pay." in page

    response = check_out(client, 0)

    order = Order.objects.get()
    assert response["Location"] == order.get_absolute_url()
    assert (order.status, order.total_cents) == ("paid", 0)
    assert client.cookies["cart_count"].value == ""
    assert "There is nothing to pay." in text_of(client.get(response["Location"]))


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


# The page itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [1, 6])
def test_looking_at_the_checkout_reads_little_and_writes_nothing(client, lines):
    make_discount_code()
    for variant in [open_shop(), *(make_variant() for _ in range(lines - 1))]:
        put_in_cart(client, variant)
    client.post("/cart/discount/", {"code": "TENOFF"})

    with reading_only(most=12) as queries:
        assert client.get("/checkout/").status_code == 200
    assert len(queries) <= 4


def test_the_checkout_is_nobody_elses(client):
    put_in_cart(client, open_shop())

    response = client.get("/checkout/")

    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response["X-Robots-Tag"]


def test_a_shop_that_is_sold_out_leads_back_to_the_cart(client):
    variant = open_shop()
    put_in_cart(client, variant)
    sell_out(variant)

    assert client.get("/checkout/")["Location"] == "/cart/"


def test_another_visitor_has_no_part_in_this_checkout(client):
    put_in_cart(client, open_shop())

    stranger = Client(headers={"Sec-Fetch-Site": "same-origin"})

    assert check_out(stranger, 6_000)["Location"] == "/cart/?emptied=1"


@pytest.mark.parametrize("country", ["", "ZZ", "x" * 500, "US\x00", "🇺🇸"])
def test_looking_from_a_country_we_do_not_know_stays_calm(client, country):
    put_in_cart(client, open_shop())

    response = look(client, country=country)

    assert response.status_code == 200
    assert "before sales tax" in text_of(response) or "Your total is" in text_of(response)
    assert_nothing_stored()
