"""Money that is late, double, too little, or on its way: always recorded, never silent."""

from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import closing, payments, reconcile, refunds
from orders.gateways import gateway
from orders.models import DiscountCode, DiscountUse, Order, Payment, PaymentAttempt, Refund
from products.models import Reservation
from tests.books.entries import balance_of
from tests.factories import make_order, make_variant
from tests.orders.stripe_steps import (
    event_types,
    mails_to_staff,
    make_settled_order,
    open_page,
    pay_page,
    session_of,
    state_of,
)

pytestmark = pytest.mark.django_db


def second_payment(sandbox, order):
    """Another page for the same order, paid as well; its session's id."""
    Order.objects.filter(pk=order.pk).update(status="pending")
    held = list(order.payments.values_list("pk", flat=True))
    Payment.objects.filter(pk__in=held).update(order=make_order())
    session_id = pay_page(sandbox, order)
    Payment.objects.filter(pk__in=held).update(order=order)
    Order.objects.filter(pk=order.pk).update(status="paid")
    return session_id


def mail_about(refund):
    """The text of the mail that says where the money is."""
    sent = Email.objects.filter(subject__contains="back to you", to=[refund.order.email])
    return " ".join(sent.get().message.split())


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


def test_staff_can_take_money_that_does_not_fit_as_payment(sandbox):
    order = make_order()
    open_page(order)
    payments.settle(state_of(order, amount_cents=6500), now=timezone.now())

    payments.accept(order_id=order.pk, reason="9.99 is fine", actor=None, now=timezone.now())

    order.refresh_from_db()
    assert (order.status, order.needs_review) == (Order.Status.PAID, False)
    assert event_types(order)[-3:] == ["reviewed", "payment_accepted", "paid"]
    assert Reservation.objects.get().state == Reservation.State.ALLOCATED
    with pytest.raises(payments.AcceptRefused):
        payments.accept(order_id=order.pk, reason="again", actor=None, now=timezone.now())


@pytest.mark.parametrize("is_away", [False, True])
def test_an_order_taken_as_paid_leaves_no_page_open(sandbox, is_away):
    order = make_order()
    open_page(order)
    Payment.objects.create(
        order=order, reference="pi_less", amount_cents=6500, received_at=timezone.now()
    )
    if is_away:
        sandbox.control("faults", kind="drop", count=9, method="POST", path="/v1/checkout/sessions")

    payments.accept(order_id=order.pk, reason="fine", actor=None, now=timezone.now())

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    page = gateway().fetch_checkout(session_of(order))
    assert page.status == ("open" if is_away else "expired")
    if is_away:
        sandbox.control("faults/clear")
        reconcile.close_outlived(now=timezone.now())
        assert gateway().fetch_checkout(page.session_id).status == "expired"


def test_an_order_with_money_that_does_not_fit_does_not_expire(sandbox):
    """Its page would say that nothing has been charged."""
    order = make_order()
    open_page(order)
    payments.settle(state_of(order, amount_cents=1), now=timezone.now())
    assert closing.expire(order, now=timezone.now()) is False
    order.refresh_from_db()
    assert order.is_pending
    assert Reservation.objects.filter(reference=order.number).exists()


def test_a_second_payment_goes_back_by_itself(sandbox):
    order = make_settled_order(sandbox)
    second = second_payment(sandbox, order)

    for _ in range(2):
        payments.record_payment(session_id=second, now=timezone.now())

    order.refresh_from_db()
    assert (order.status, order.needs_review) == (Order.Status.PAID, False)
    row = order.refunds.get()
    assert (row.status, row.cause, row.amount_cents) == ("settled", "duplicate", 6599)
    assert refunds.refundable_cents(order) == order.total_cents == balance_of(order.number)
    assert event_types(order).count("paid") == 1
    assert "your order goes on as it was" in mail_about(row)


def test_a_second_payment_for_a_cancelled_order_is_not_said_to_leave_it_going_on(sandbox):
    order = make_settled_order(sandbox)
    second = second_payment(sandbox, order)
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED)

    payments.record_payment(session_id=second, now=timezone.now())

    row = order.refunds.get()
    assert (row.status, row.cause, row.amount_cents) == ("settled", "duplicate", 6599)
    said = mail_about(row)
    assert "the order itself has been canceled" in said
    assert "keep" not in said
    assert "goes on" not in said


def test_a_payment_for_a_cancelled_order_goes_back_by_itself(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    order.attempts.update(status="expired")
    order.mark_cancelled()
    closing.let_go(order)

    order = payments.record_payment(session_id=session_id, now=timezone.now())

    assert (order.status, order.needs_review) == (Order.Status.CANCELLED, False)
    row = order.refunds.get()
    assert (row.status, row.cause, row.amount_cents) == ("settled", "closed", 6599)
    assert balance_of(order.number) == 0
    assert not Reservation.objects.exists()
    assert "after the order had been canceled" in mail_about(row)


def test_a_refund_that_stripe_does_not_answer_is_sent_by_the_sweep(sandbox):
    order = make_settled_order(sandbox)
    second = second_payment(sandbox, order)
    sandbox.control("faults", kind="drop_after", method="POST", path="/v1/refunds", count=2)

    payments.record_payment(session_id=second, now=timezone.now())
    assert order.refunds.get().status == Refund.Status.IN_DOUBT
    reconcile.sweep_refunds(now=timezone.now() + timedelta(minutes=2))

    row = order.refunds.get()
    assert row.status == Refund.Status.SETTLED
    assert len(gateway().list_refunds(row.payment.reference)) == 1


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


def test_a_late_payment_without_stock_goes_back_in_full_with_a_mail(sandbox):
    variant = make_variant(on_hand=2)
    order = make_order(packs={variant: 2})
    session_id = pay_page(sandbox, order)
    PaymentAttempt.objects.update(status="expired")
    closing.expire(order, now=timezone.now())
    make_order(packs={variant: 1})

    for _ in range(2):
        order = payments.record_payment(session_id=session_id, now=timezone.now())

    assert (order.status, order.needs_review) == (Order.Status.EXPIRED, False)
    row = order.refunds.get()
    assert (row.status, row.cause, row.amount_cents) == ("settled", "late", order.total_cents)
    assert balance_of(order.number) == 0
    assert "they have been sold" in mail_about(row)
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
    payments.settle(state_of(order, status="failed", is_paid=False), now=timezone.now())
    assert order.status == Order.Status.EXPIRED
    assert not Payment.objects.exists()
    assert event_types(order).count("payment_failed") == 1
    assert Email.objects.filter(subject__contains="did not send the money").count() == 1
