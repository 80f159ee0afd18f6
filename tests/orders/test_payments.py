"""Sending the customer to the payment page, and recording the money that comes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import closing, payments
from orders.gateways import gateway
from orders.gateways.base import CheckoutState
from orders.models import Cart, CartLine, DiscountCode, DiscountUse, Order, Payment, PaymentAttempt
from products.models import Reservation
from tests.factories import make_order, make_variant
from tests.orders.stripe_steps import (
    event_types,
    make_settled_order,
    open_page,
    pay_page,
    session_of,
    stripe_client,
)

pytestmark = pytest.mark.django_db


def state_of(order, **changes):
    """What Stripe would say about the order's page, paid in full."""
    facts = {
        "session_id": session_of(order),
        "status": "complete",
        "is_paid": True,
        "amount_cents": order.total_cents,
        "currency": "USD",
        "payment_reference": f"pi_{order.number}",
    }
    return CheckoutState(**(facts | changes))


def expire_at_stripe(order):
    gateway().expire_checkout(session_of(order))


def mails_to_staff():
    return [mail.subject for mail in Email.objects.all() if "staff@" in mail.to[0]]


# --- the one door to a paid order ----------------------------------------------------------------


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


def test_an_order_that_costs_nothing_is_paid_without_stripe(no_stripe):
    variant = make_variant()
    order = make_order(packs={variant: 1}, discount_cents=variant.price_cents, shipping_cents=0)

    assert open_page(order) == order.get_absolute_url()
    assert open_page(order) == order.get_absolute_url()

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert not Payment.objects.exists()
    assert event_types(order) == ["paid"]


# --- one page per order --------------------------------------------------------------------------


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
    made = [row for row in sandbox.state()["objects"] if row["object"] == "checkout.session"]
    assert [row["id"] for row in made].count(attempt.session_id) == 1


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


# --- what Stripe is asked for --------------------------------------------------------------------


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


# --- money that does not fit ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount_cents": 6500}, "$65.00 were paid, $65.99 were due."),
        ({"amount_cents": 9999}, "$99.99 were paid, $65.99 were due."),
        ({"currency": "EUR"}, "The payment is in EUR, the order in USD."),
    ],
)
def test_money_that_does_not_fit_is_recorded_and_staff_are_told(sandbox, change, words):
    order = make_order()
    open_page(order)

    for _ in range(2):
        payments.settle(state_of(order, **change), now=timezone.now())

    order.refresh_from_db()
    assert (order.status, order.needs_review) == (Order.Status.PENDING, True)
    assert Payment.objects.get().amount_cents == change.get("amount_cents", 6599)
    assert order.events.get(type="needs_review").data["reason"] == words
    assert len(mails_to_staff()) == 1
    assert "paid" not in event_types(order)


def test_an_order_with_money_that_does_not_fit_does_not_expire(sandbox):
    """Its page would say that nothing has been charged."""
    order = make_order()
    open_page(order)
    payments.settle(state_of(order, amount_cents=1), now=timezone.now())
    assert closing.expire(order, now=timezone.now()) is False
    order.refresh_from_db()
    assert order.is_pending
    assert Reservation.objects.filter(reference=order.number).exists()


def test_a_second_payment_is_kept_and_shown_to_staff(sandbox):
    order = make_settled_order(sandbox)

    payments.settle(state_of(order, payment_reference="pi_second"), now=timezone.now())

    order.refresh_from_db()
    assert (order.status, order.needs_review) == (Order.Status.PAID, True)
    assert order.payments.count() == 2
    reason = order.events.get(type="needs_review").data["reason"]
    assert reason == "The order has been paid a second time."
    assert event_types(order).count("paid") == 1


def test_a_payment_for_a_cancelled_order_is_kept_and_shown_to_staff(sandbox):
    order = make_order()
    open_page(order)
    order.mark_cancelled()
    closing.let_go(order)

    payments.settle(state_of(order), now=timezone.now())

    order.refresh_from_db()
    assert (order.status, order.needs_review) == (Order.Status.CANCELLED, True)
    assert order.payments.count() == 1
    assert not Reservation.objects.exists()


def test_a_late_payment_with_stock_left_is_a_paid_order(sandbox):
    variant = make_variant(on_hand=3)
    order = make_order(packs={variant: 2})
    session_id = pay_page(sandbox, order)
    PaymentAttempt.objects.update(status="expired")
    assert closing.expire(order, now=timezone.now())

    order = payments.record_payment(session_id=session_id, now=timezone.now())

    assert (order.status, order.needs_review) == (Order.Status.PAID, False)
    variant.refresh_from_db()
    assert variant.stock_reserved == 2
    assert Reservation.objects.get().state == Reservation.State.ALLOCATED


def test_a_late_payment_without_stock_is_never_silent(sandbox):
    variant = make_variant(on_hand=2)
    order = make_order(packs={variant: 2})
    session_id = pay_page(sandbox, order)
    PaymentAttempt.objects.update(status="expired")
    closing.expire(order, now=timezone.now())
    make_order(packs={variant: 1})

    order = payments.record_payment(session_id=session_id, now=timezone.now())

    assert (order.status, order.needs_review) == (Order.Status.EXPIRED, True)
    assert order.payments.get().amount_cents == order.total_cents
    assert len(mails_to_staff()) == 1
    variant.refresh_from_db()
    assert variant.stock_reserved == 1


def test_a_late_payment_keeps_the_price_that_was_agreed(sandbox):
    code = DiscountCode.objects.create(code="ONE", amount_cents=700, max_uses=1, uses=1)
    order = make_order(discount_cents=700, discount_code="ONE")
    DiscountUse.objects.create(code=code, order=order, email=order.email)
    session_id = pay_page(sandbox, order)
    PaymentAttempt.objects.update(status="expired")
    closing.expire(order, now=timezone.now())
    DiscountCode.objects.update(uses=1)  # somebody else took the last use

    order = payments.record_payment(session_id=session_id, now=timezone.now())

    assert (order.status, order.needs_review) == (Order.Status.PAID, False)
    code.refresh_from_db()
    assert code.uses == 1


# --- whose session it is -------------------------------------------------------------------------


def test_a_crash_before_the_session_was_written_down_loses_nothing(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    PaymentAttempt.objects.update(status="created", session_id=None, url="")

    order = payments.record_payment(session_id=session_id, now=timezone.now())

    assert order.status == Order.Status.PAID
    attempt = PaymentAttempt.objects.get()
    assert (attempt.session_id, attempt.status) == (session_id, "complete")


def test_a_session_of_another_shop_on_the_same_account_is_not_ours(sandbox, settings):
    settings.DEPLOYMENT = "staging.example"
    order = make_order()
    session_id = pay_page(sandbox, order)
    PaymentAttempt.objects.update(status="created", session_id=None)
    settings.DEPLOYMENT = "localhost"

    with pytest.raises(payments.UnknownSession):
        payments.record_payment(session_id=session_id, now=timezone.now())
    assert not Payment.objects.exists()


def test_a_session_of_ours_without_its_order_is_unknown(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    Order.objects.all().delete()
    with pytest.raises(payments.UnknownSession):
        payments.record_payment(session_id=session_id, now=timezone.now())


# --- the end of a page ---------------------------------------------------------------------------


def test_an_expired_session_ends_the_order_and_gives_everything_back(sandbox):
    variant = make_variant(on_hand=5)
    code = DiscountCode.objects.create(code="ONE", amount_cents=700, max_uses=1, uses=1)
    order = make_order(packs={variant: 2}, discount_cents=700, discount_code="ONE")
    DiscountUse.objects.create(code=code, order=order, email=order.email)
    cart = Cart.objects.create(order=order)
    open_page(order)
    expire_at_stripe(order)

    for _ in range(2):
        order = payments.record_payment(session_id=session_of(order), now=timezone.now())

    assert order.status == Order.Status.EXPIRED
    assert not Reservation.objects.exists()
    for row in (variant, code, cart):
        row.refresh_from_db()
    assert (variant.stock_reserved, code.uses, cart.order) == (0, 0, None)
    assert event_types(order).count("expired") == 1
    assert order.attempts.get().status == PaymentAttempt.Status.EXPIRED


def test_an_expired_session_does_not_end_an_order_with_a_newer_page(sandbox):
    order = make_order()
    open_page(order)
    first = session_of(order)
    expire_at_stripe(order)
    order.attempts.update(status="expired")
    assert open_page(order)

    order = payments.record_payment(session_id=first, now=timezone.now())

    assert order.is_pending
    assert order.attempts.live().count() == 1


def test_closing_an_open_page_leaves_the_order_to_the_caller(sandbox):
    order = make_order()
    url = open_page(order)

    order = payments.close_session(order, now=timezone.now())

    assert order.is_pending
    assert not order.attempts.live().exists()
    assert not sandbox.pay(url).location.startswith("http://shop.test")


def test_closing_a_page_that_may_exist_finds_out_first(sandbox):
    order = make_order()
    sandbox.control("faults", kind="drop_after", method="POST", path="/v1/checkout", count=3)
    with pytest.raises(payments.PaymentUnavailable):
        open_page(order)

    payments.close_session(order, now=timezone.now())

    session_id = session_of(order)
    assert gateway().fetch_checkout(session_id).status == "expired"
    assert order.attempts.get().status == PaymentAttempt.Status.EXPIRED


def test_closing_a_page_that_was_paid_a_moment_before_brings_the_order_back_paid(sandbox):
    order = make_order()
    pay_page(sandbox, order)
    order = payments.close_session(order, now=timezone.now())
    assert order.status == Order.Status.PAID
    assert Payment.objects.count() == 1


def test_a_page_that_cannot_be_closed_says_so(sandbox, settings):
    order = make_order()
    open_page(order)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()
    with pytest.raises(payments.GatewayUnavailable):
        payments.close_session(order, now=timezone.now())
    assert order.attempts.live().count() == 1


# --- money that takes days (bank debits) ---------------------------------------------------------


def test_while_money_is_on_its_way_nobody_can_pay_again_and_nothing_expires(sandbox):
    order = make_order()
    url = open_page(order)

    payments.settle(state_of(order, status="processing", is_paid=False), now=timezone.now())

    assert open_page(order) == url
    assert closing.expire(order, now=timezone.now()) is False
    assert PaymentAttempt.objects.count() == 1
    order = payments.settle(state_of(order), now=timezone.now())
    assert order.status == Order.Status.PAID


def test_money_that_never_arrived_ends_the_order(sandbox):
    order = make_order()
    open_page(order)
    order = payments.settle(state_of(order, status="failed", is_paid=False), now=timezone.now())
    assert order.status == Order.Status.EXPIRED
    assert not Payment.objects.exists()
