"""The checkout page: what it takes, what it refuses, and what it says."""

import pytest
from django.test import Client

from orders.models import Order, OrderEvent, ShippingRate
from policies import starter_content as policy_content
from policies.models import PolicyVersion
from policies.promises import HANDLING_BUSINESS_DAYS
from products.models import SaleBlock, Variant
from tests.factories import (
    NOON,
    make_discount_code,
    make_order,
    make_variant,
)
from tests.orders.shopping import (
    assert_nothing_stored,
    check_out,
    open_shop,
    place_order,
    put_in_cart,
    reading_only,
    sell_out,
    text_of,
)
from tests.orders.stripe_steps import stripe_client

pytestmark = pytest.mark.django_db


# Placing an order --------------------------------------------------------------------------------


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


# What cannot be had ------------------------------------------------------------------------------


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
    spent = "The code TENOFF has been used up, or you have used it before."
    assert f"{spent} Please remove it in the cart." in text_of(response)
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


# The page itself ---------------------------------------------------------------------------------


def test_the_time_to_arrive_is_counted_as_on_every_other_page(client):
    put_in_cart(client, open_shop())

    page = text_of(client.get("/checkout/"))

    timing = f"leaves within {HANDLING_BUSINESS_DAYS} business days, then 3 to 5 business days"
    assert f"Standard, free: {timing}" in page
    assert f"Standard: {timing}" in page


def test_what_is_agreed_to_can_be_read_beside_the_box(client):
    put_in_cart(client, open_shop())

    page = client.get("/checkout/").content.decode()

    beside = page.partition('id="id_terms_helptext"')[2].partition("</div>")[0]
    assert 'aria-describedby="id_terms_helptext"' in page
    for address in ("/terms/", "/shipping-returns/", "/privacy/"):
        assert f'href="{address}" target="_blank"' in beside
    assert "opens in a new window" in beside


@pytest.mark.parametrize("lines", [1, 6])
def test_looking_at_the_checkout_reads_little_and_writes_nothing(client, lines):
    make_discount_code()
    for variant in [open_shop(), *(make_variant() for _ in range(lines - 1))]:
        put_in_cart(client, variant)
    client.post("/cart/discount/", {"code": "TENOFF"})

    with reading_only(most=12) as queries:
        assert client.get("/checkout/").status_code == 200
    # The cart with its code, its packs, the rates, and a row that decides what the button says and does:
    # a copy of that, kept for a while, would promise a payment page where a mail is sent.
    assert len(queries) <= 5


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
