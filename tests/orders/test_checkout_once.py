"""The same cart is ordered and paid once, whatever windows and back buttons do."""

import pytest

from orders.models import Cart, DiscountCode, Order
from products.models import Reservation
from tests.factories import (
    NOON,
    make_discount_code,
)
from tests.orders.shopping import (
    check_out,
    open_shop,
    place_order,
    put_in_cart,
    shown_total,
    text_of,
)
from tests.orders.stripe_steps import stripe_client

pytestmark = pytest.mark.django_db


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
