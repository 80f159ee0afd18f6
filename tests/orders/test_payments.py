"""Sending the customer to the payment page, and recording the money that comes."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import payments
from orders.gateways import gateway
from orders.models import Cart, CartLine, Order, Payment, PaymentAttempt
from products.models import Reservation
from tests.factories import make_order, make_variant
from tests.orders.stripe_steps import (
    event_types,
    expire_at_stripe,
    make_settled_order,
    open_page,
    pay_page,
    session_of,
    state_of,
    stripe_client,
)

pytestmark = pytest.mark.django_db


# --- the one door to a paid order --------------------------------------------------------------


def test_a_paid_session_makes_a_paid_order(sandbox):
    order = make_order()
    url = open_page(order)
    back = sandbox.pay(url).location
    session_id = back.split("session_id=")[1]

    payments.record_payment(session_id=session_id, now=timezone.now())

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    payment = Payment.objects.get()
    assert (payment.order, payment.amount_cents) == (order, order.total_cents)
    assert payment.reference.startswith("pi_")
    assert Reservation.objects.get().state == Reservation.State.ALLOCATED
    assert event_types(order) == ["payment_started", "payment_received", "paid"]
    assert Email.objects.count() == 2


def test_the_same_payment_counts_once(sandbox):
    order = make_settled_order(sandbox)
    for _ in range(3):
        payments.record_payment(session_id=session_of(order), now=timezone.now())

    assert Payment.objects.count() == 1
    assert event_types(order).count("paid") == 1
    assert Email.objects.count() == 2


def test_a_declined_card_leaves_order_and_page_as_they_are(sandbox):
    order = make_order()
    page = sandbox.pay(open_page(order), "4000000000000002")
    assert "declined" in page.alert

    payments.record_payment(session_id=session_of(order), now=timezone.now())
    assert sandbox.pay(open_page(order)).location
    order = payments.record_payment(session_id=session_of(order), now=timezone.now())

    assert order.status == Order.Status.PAID
    assert PaymentAttempt.objects.count() == Payment.objects.count() == 1


def test_three_d_secure_failed_and_then_passed_is_one_payment(sandbox):
    order = make_order()
    url = open_page(order)
    challenge = sandbox.pay(url, "4000000000003220").location
    sandbox.authenticate(challenge, complete=False)
    order = payments.record_payment(session_id=session_of(order), now=timezone.now())
    assert order.is_pending

    sandbox.authenticate(sandbox.pay(url, "4000000000003220").location)
    order = payments.record_payment(session_id=session_of(order), now=timezone.now())
    assert order.status == Order.Status.PAID
    assert Payment.objects.count() == 1


def test_what_is_paid_leaves_the_cart_and_what_came_later_stays(sandbox):
    bought, more, later = make_variant(), make_variant(), make_variant()
    order = make_order(packs={bought: 2, more: 1})
    cart = Cart.objects.create(order=order, discount_code="SPRING")
    for variant, count in ((bought, 2), (more, 4), (later, 1)):
        CartLine.objects.create(cart=cart, variant=variant, quantity=count, seen_price_cents=6000)

    payments.record_payment(session_id=pay_page(sandbox, order), now=timezone.now())

    cart.refresh_from_db()
    assert (cart.order, cart.discount_code) == (None, "")
    assert dict(cart.lines.values_list("variant", "quantity")) == {more.pk: 3, later.pk: 1}


# --- one page per order ------------------------------------------------------------------------


def test_asking_again_gives_the_same_page(sandbox):
    order = make_order()
    assert len({open_page(order) for _ in range(4)}) == 1
    assert PaymentAttempt.objects.count() == 1


def test_the_key_is_stored_before_stripe_is_asked(no_stripe):
    order = make_order()
    with pytest.raises(payments.PaymentUnavailable):
        open_page(order)

    attempt = PaymentAttempt.objects.get()
    assert attempt.status == PaymentAttempt.Status.CREATED
    assert order.token[:16] in attempt.idempotency_key
    assert attempt.request["order_number"] == order.number
    assert event_types(order) == ["payment_unavailable"]


def test_when_stripe_did_it_and_the_answer_was_lost_the_same_key_finds_the_same_page(sandbox):
    order = make_order()
    sandbox.control("faults", kind="drop_after", method="POST", path="/v1/checkout", count=3)
    with pytest.raises(payments.PaymentUnavailable):
        open_page(order)
    key = PaymentAttempt.objects.get().idempotency_key

    url = open_page(order)

    attempt = PaymentAttempt.objects.get()
    assert (attempt.idempotency_key, attempt.url) == (key, url)
    listed = gateway().list_checkouts(since=order.placed_at - timedelta(minutes=1))
    made = [page.session_id for page in listed if page.metadata.get("order") == order.number]
    assert made == [attempt.session_id]


def test_a_slow_answer_is_an_unknown_one(sandbox, monkeypatch):
    monkeypatch.setattr("orders.gateways.stripe.READ_SECONDS", 0.5)
    monkeypatch.setattr("orders.gateways.stripe.RETRIES", 0)
    gateway.cache_clear()
    order = make_order()
    sandbox.control("faults", kind="delay", seconds=1.5, path="/v1/checkout/sessions")
    with pytest.raises(payments.PaymentUnavailable):
        open_page(order)
    gateway.cache_clear()
    monkeypatch.undo()
    time.sleep(1.5)  # until then Stripe still answers the first question, and says so

    assert open_page(order)
    assert PaymentAttempt.objects.get().status == PaymentAttempt.Status.OPEN


def test_a_refused_page_makes_room_for_a_new_try(sandbox):
    order = make_order(email="not an address")
    with pytest.raises(payments.PaymentUnavailable):
        open_page(order)
    assert PaymentAttempt.objects.get().status == PaymentAttempt.Status.REFUSED
    Order.objects.update(email="jo@example.com")

    assert open_page(order)
    assert list(PaymentAttempt.objects.order_by("number").values_list("number", "status")) == [
        (1, "refused"),
        (2, "open"),
    ]


def test_after_a_long_outage_the_first_try_succeeds(sandbox, no_stripe, settings):
    """A question that Stripe never heard has gone stale: its end is less than 30 minutes ahead."""
    order = make_order()
    with pytest.raises(payments.PaymentUnavailable):
        open_page(order, now=timezone.now() - timedelta(minutes=10))
    attempt = PaymentAttempt.objects.get()
    soon = timezone.now() + timedelta(minutes=20)
    attempt.request["expires_at"] = int(soon.timestamp())
    attempt.save()
    Order.objects.update(expires_at=soon)
    settings.STRIPE_API_BASE = sandbox.url
    gateway.cache_clear()

    assert open_page(order).startswith(sandbox.url)

    order.refresh_from_db()
    newest = order.attempts.get(number=2)
    assert newest.status == PaymentAttempt.Status.OPEN
    assert newest.expires_at == order.expires_at.replace(microsecond=0)
    assert order.expires_at - timezone.now() > timedelta(minutes=31)


def test_a_page_past_its_time_is_looked_at_before_anybody_is_sent_there(sandbox):
    order = make_order()
    open_page(order)
    expire_at_stripe(order)
    later = timezone.now() + timedelta(minutes=40)

    assert open_page(order, now=later) == order.get_absolute_url()
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED


def test_a_page_past_its_time_that_is_open_by_stripes_clock_can_be_paid(sandbox):
    order = make_order()
    url = open_page(order)
    assert open_page(order, now=timezone.now() + timedelta(minutes=40)) == url


def test_an_order_with_money_on_it_is_not_sent_to_pay_again(sandbox):
    order = make_order()
    open_page(order)
    payments.settle(state_of(order, amount_cents=1), now=timezone.now())
    assert open_page(order) == order.get_absolute_url()


# --- what Stripe is asked for ------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"tax_cents": 431},
        {"discount_cents": 700},
        {"discount_cents": 701, "tax_cents": 433, "shipping_cents": 0},
        {"discount_cents": 18000, "shipping_cents": 599},
    ],
)
def test_stripe_asks_for_the_total_that_the_customer_saw(sandbox, fields):
    packs = {make_variant(price_cents=6000): 3, make_variant(price_cents=2401): 2}
    order = make_order(packs=packs, **fields)
    open_page(order)

    state = gateway().fetch_checkout(session_of(order))

    assert (state.amount_cents, state.currency) == (order.total_cents, "USD")
    assert (state.status, state.is_paid) == ("open", False)


def test_the_session_is_told_everything_that_counts(sandbox):
    order = make_order(line2="Apt 4")
    open_page(order)
    attempt = order.attempts.get()
    intended = order.expires_at.replace(microsecond=0)
    sandbox.pay(attempt.url)

    client = stripe_client(sandbox)
    session = client.v1.checkout.sessions.retrieve(
        attempt.session_id, {"expand": ["payment_intent"]}
    )
    tags = {"deployment": "localhost", "order": order.number, "attempt": "1"}
    assert session.metadata.to_dict() == tags
    assert session.payment_intent.metadata.to_dict() == tags
    assert session.client_reference_id == order.number
    assert session.automatic_tax.enabled is False
    assert session.adaptive_pricing.enabled is False
    assert not session.allow_promotion_codes
    assert len(session.shipping_options) == 1
    assert attempt.expires_at == intended
    assert session.expires_at == int(intended.timestamp())
    assert session.customer_email == "jo@example.com"
    assert session.payment_intent.shipping.address.line2 == "Apt 4"


def test_the_way_back_names_the_session_in_stripes_own_braces(sandbox):
    order = make_order()
    url = open_page(order)
    request = order.attempts.get().request
    page = f"http://shop.test/order/{order.token}/return/"
    assert request["success_url"] == f"{page}?session_id={{CHECKOUT_SESSION_ID}}"
    assert request["cancel_url"] == page
    assert sandbox.pay(url).location == f"{page}?session_id={session_of(order)}"
