"""Whose payment page it is, and what its end means for the order."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from orders import closing, fulfillment, payments, reconcile
from orders.gateways import gateway
from orders.models import Cart, DiscountCode, DiscountUse, Order, Payment, PaymentAttempt
from products.models import Reservation
from shop.lib import fault_points
from tests.factories import make_order, make_variant
from tests.orders.stripe_steps import (
    deliver,
    event_types,
    expire_at_stripe,
    open_page,
    pay_page,
    session_event,
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


def test_paid_in_the_pages_last_second_although_our_hold_is_over_by_our_clock(sandbox):
    """Our clock is ahead of Stripe's: the checks come first, then the money, then old news."""
    variant = make_variant(on_hand=1)
    order = make_order(packs={variant: 1})
    url = open_page(order)
    late = order.expires_at + timedelta(minutes=5)
    reconcile.everything(now=late)

    back = sandbox.pay(url).location
    assert back.startswith("http://shop.test")
    for event in ("checkout.session.expired", "checkout.session.completed"):
        assert deliver(session_event(session_of(order), event)).status_code == 200
    reconcile.everything(now=late + timedelta(minutes=5))

    order.refresh_from_db()
    variant.refresh_from_db()
    assert (order.status, order.payments.get().amount_cents) == ("paid", order.total_cents)
    assert (variant.stock_reserved, Reservation.objects.get().state) == (1, "allocated")
    assert not order.refunds.exists()
    assert event_types(order) == ["payment_started", "payment_received", "paid"]


# --- what happens elsewhere while Stripe is asked ------------------------------------------------


@pytest.fixture
def meanwhile(monkeypatch):
    """Lets something happen at a named point, once."""

    def arrange(point, act):
        def reached(name):
            if name == point:
                monkeypatch.setattr(fault_points, "reached", lambda name: None)
                act()

        monkeypatch.setattr(fault_points, "reached", reached)

    return arrange


@contextmanager
def once_attempts_are_read(act, *, times=1):
    """Let `act` happen when the order's tries to pay have been looked at, before its lock is taken."""
    todo = [act, *[lambda: None] * (times - 1)]

    def look(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if todo and sql.startswith("SELECT") and "orders_paymentattempt" in sql:
            todo.pop()()
        return result

    with connection.execute_wrapper(look):
        yield
    assert not todo


def cancel(order):
    fulfillment.cancel(order_id=order.pk, reason="x", actor=None, now=timezone.now())


@pytest.mark.parametrize(
    "ends",
    [
        cancel,
        lambda order: closing.expire(order, now=timezone.now()),
        lambda order: Order.objects.filter(pk=order.pk).update(token="its-new-address"),
    ],
    ids=["canceled", "expired", "moved"],
)
def test_no_page_is_made_for_an_order_that_has_just_ended_or_moved(no_stripe, ends):
    order = make_order()
    with once_attempts_are_read(lambda: ends(order)):
        assert open_page(order) == order.get_absolute_url()
    assert not PaymentAttempt.objects.exists()
    assert "payment_unavailable" not in event_types(order)


def test_an_order_whose_page_is_just_being_opened_is_not_canceled_without_it(sandbox):
    order, urls = make_order(), []
    with (
        pytest.raises(payments.PaymentUnavailable),
        once_attempts_are_read(lambda: urls.append(open_page(order)), times=2),
    ):
        cancel(order)
    order.refresh_from_db()
    assert order.is_pending
    cancel(order)
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert gateway().fetch_checkout(session_of(order)).status == "expired"


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_page_that_was_made_while_its_order_was_paid_is_closed(sandbox, meanwhile, is_answered):
    order = make_order()
    earlier = pay_page(sandbox, order)
    order.attempts.update(status="expired")

    def is_paid():
        payments.record_payment(session_id=earlier, now=timezone.now())
        if not is_answered:
            way = {"method": "POST", "path": "/v1/checkout/sessions/"}
            sandbox.control("faults", kind="error", status=500, count=2, **way)

    meanwhile("checkout.page_made", is_paid)

    assert open_page(order) == order.get_absolute_url()
    if not is_answered:
        assert gateway().fetch_checkout(session_of(order)).status == "open"
        reconcile.close_outlived(now=timezone.now())
    assert gateway().fetch_checkout(session_of(order)).status == "expired"
    assert [attempt.status for attempt in order.attempts.order_by("number")] == [
        "complete",
        "expired",
    ]
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_page_whose_try_was_refused_elsewhere_is_closed_and_the_order_waits(sandbox, meanwhile):
    order = make_order()
    meanwhile("checkout.page_made", lambda: order.attempts.update(status="refused"))

    assert open_page(order) == order.get_absolute_url()

    attempt = order.attempts.get()
    assert attempt.status == PaymentAttempt.Status.EXPIRED
    assert gateway().fetch_checkout(attempt.session_id).status == "expired"
    assert open_page(order).startswith(sandbox.url)


def test_a_refusal_leaves_alone_the_page_that_another_tab_got(sandbox, meanwhile):
    order, opened = make_order(), []

    def another_tab():
        opened.append(open_page(order))
        sandbox.control("faults", kind="error", status=401, method="POST", path="/v1/checkout")

    meanwhile("checkout.attempt_written", another_tab)

    assert open_page(order) == opened[0]
    attempt = order.attempts.get()
    assert (attempt.status, attempt.session_id) == ("open", session_of(order))
    assert event_types(order) == ["payment_started"]
