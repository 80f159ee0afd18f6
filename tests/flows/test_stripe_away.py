"""Stripe is away when a buyer wants to pay: told plainly, nothing lost; later the same order is paid."""

import socket
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from orders.gateways import gateway
from orders.gateways.stripe import CONNECT_SECONDS, READ_SECONDS, RETRIES
from orders.models import Order, Payment, PaymentAttempt
from products.models import Reservation
from shop import schedule
from tests.orders.shopping import check_out, open_shop, path_of, put_in_cart, text_of
from tests.orders.stripe_steps import stripe_client

pytestmark = pytest.mark.django_db

NOBODY_LISTENS = "http://127.0.0.1:9"
PLAIN_WORDS = (
    "The payment page could not be reached.",
    "Your order is saved, your packs are kept for you, and nothing has been charged.",
    "What you chose stays in your cart after that, too.",
)


@pytest.fixture
def buyer(client):
    """Somebody with a pack for $60.00 in the cart."""
    put_in_cart(client, open_shop())
    return client


@pytest.fixture
def stripe_is(sandbox, settings):
    """`stripe_is("away")`, `stripe_is("back")`; away at first."""

    def switch(state: str) -> None:
        settings.STRIPE_API_BASE = {"away": NOBODY_LISTENS, "back": sandbox.url}[state]
        gateway.cache_clear()

    switch("away")
    return switch


@pytest.fixture
def silent_stripe(asked_under_a_lock, settings, monkeypatch):
    """A Stripe that takes every call and never answers; the shop's patience is made short."""
    monkeypatch.setattr("orders.gateways.stripe.READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{server.getsockname()[1]}"
        gateway.cache_clear()
        yield
        gateway.cache_clear()


def press_pay(buyer) -> str:
    """Press "Pay" on the order's page; where that leads."""
    return buyer.post(f"{Order.objects.get().get_absolute_url()}pay/")["Location"]


def assert_kept(buyer) -> None:
    """The order waits, its pack is held, the cart is as it was, and no money was asked for."""
    order = Order.objects.get()
    assert (order.status, order.cart.lines.count()) == ("pending", 1)
    assert Reservation.objects.get().quantity == 1
    assert not Payment.objects.exists()
    cart = text_of(buyer.get("/cart/"))
    assert "$60.00 a pack" in cart
    assert f'href="{order.get_absolute_url()}"' in cart
    assert buyer.get("/checkout/").status_code == 200


def test_the_buyer_is_told_plainly_and_pays_the_same_order_when_stripe_is_back(
    buyer, sandbox, stripe_is
):
    to_order = check_out(buyer, 6_000)["Location"]
    for _ in range(2):
        page = text_of(buyer.get(to_order))
        assert all(words in page for words in PLAIN_WORDS)
        assert_kept(buyer)
        assert press_pay(buyer) == to_order
    schedule.settle_payments.call_local()  # the worker cannot ask either, and ends nothing
    assert_kept(buyer)

    stripe_is("back")
    payment_page = press_pay(buyer)
    assert press_pay(buyer) == payment_page
    assert buyer.get(path_of(sandbox.pay(payment_page).location))["Location"] == to_order

    order = Order.objects.get()
    assert (order.status, order.payments.count()) == ("paid", 1)
    assert [attempt.status for attempt in order.attempts.all()] == ["complete"]
    sessions = stripe_client(sandbox).v1.checkout.sessions.list({"limit": 100})
    assert sum(one.client_reference_id == order.number for one in sessions) == 1
    assert "Your payment has arrived." in text_of(buyer.get(to_order))
    assert "Your cart is empty" in text_of(buyer.get("/cart/"))


def test_pressing_order_again_is_the_same_order_and_says_the_same(buyer, stripe_is):
    first = check_out(buyer, 6_000)["Location"]
    assert check_out(buyer, 6_000)["Location"] == first
    assert PaymentAttempt.objects.count() == 1
    assert_kept(buyer)


def test_away_for_longer_than_packs_are_held_the_cart_is_still_kept(buyer, stripe_is):
    check_out(buyer, 6_000)
    cart = Order.objects.get().cart
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        schedule.settle_payments.call_local()
        assert cart.lines.count() == 1
        assert buyer.get("/checkout/").status_code == 200
        assert not Payment.objects.exists()


def test_a_stripe_that_hangs_keeps_a_buyer_as_long_as_the_timeouts_say_and_no_longer(
    buyer, silent_stripe
):
    started = time.monotonic()
    response = check_out(buyer, 6_000)
    waited = time.monotonic() - started
    assert 2 * 0.2 < waited < READ_SECONDS
    page = text_of(buyer.get(response["Location"]))
    assert all(words in page for words in PLAIN_WORDS)
    assert_kept(buyer)


def test_the_timeouts_are_short():
    assert (CONNECT_SECONDS + READ_SECONDS) * (RETRIES + 1) <= 22
