"""Whose payment page it is, and what its end means for the order."""

import pytest
from django.utils import timezone

from orders import payments
from orders.gateways import gateway
from orders.models import Cart, DiscountCode, DiscountUse, Order, Payment, PaymentAttempt
from products.models import Reservation
from tests.factories import make_order, make_variant
from tests.orders.stripe_steps import (
    event_types,
    expire_at_stripe,
    open_page,
    pay_page,
    session_of,
)

pytestmark = pytest.mark.django_db


# --- whose session it is -----------------------------------------------------------------------


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


# --- the end of a page -------------------------------------------------------------------------


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
