"""Money that is late, double, too little, or on its way: always recorded, never silent."""

import pytest
from django.utils import timezone

from orders import closing, payments
from orders.models import DiscountCode, DiscountUse, Order, Payment, PaymentAttempt
from products.models import Reservation
from tests.factories import make_order, make_variant
from tests.orders.stripe_steps import (
    event_types,
    mails_to_staff,
    make_settled_order,
    open_page,
    pay_page,
    state_of,
)

pytestmark = pytest.mark.django_db


# --- money that does not fit -------------------------------------------------------------------


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


# --- money that takes days (bank debits) -------------------------------------------------------


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
