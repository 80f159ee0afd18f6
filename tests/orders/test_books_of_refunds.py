"""What refunds do to the books, held against Stripe's own balance."""

import pytest
from django.test import Client
from django.utils import timezone

from books import chain
from books.models import LedgerEntry
from orders import balance, closing, payments, refund_answers, refunds
from orders.gateways import gateway
from orders.models import PaymentAttempt
from tests.books.entries import balance_of
from tests.factories import make_order, make_variant
from tests.orders.shopping import text_of
from tests.orders.stripe_steps import make_settled_order, pay_page

pytestmark = pytest.mark.django_db


def pay_back(order, cents):
    """Refund part of an order; the row."""
    return refunds.refund(
        order_id=order.pk, amount_cents=cents, reason="x", actor=None, now=timezone.now()
    )


def entries(order):
    """(kind, cents) of an order's entries, in order, without fees."""
    rows = LedgerEntry.objects.filter(order_number=order.number).exclude(kind="fee")
    return list(rows.values_list("kind", "amount_cents"))


def faults():
    """How the books differ from Stripe's balance, and from themselves."""
    return [*balance.balance_faults(gateway().list_balance()), *chain.verify()]


@pytest.fixture(autouse=True)
def _fresh_account(sandbox):
    sandbox.control("reset")


def test_payment_fee_and_refunds_are_what_stripes_balance_says(sandbox):
    order = make_settled_order(sandbox)
    pay_back(order, 500)
    pay_back(order, 700)

    assert entries(order) == [("payment", 6599), ("refund", -500), ("refund", -700)]
    assert order.payments.get().fee_cents == -LedgerEntry.objects.get(kind="fee").amount_cents > 0
    assert faults() == []


def test_a_refund_that_fails_after_it_had_been_settled_comes_back_into_the_books(sandbox):
    order = make_settled_order(sandbox)
    made = pay_back(order, 500)
    sandbox.decide_refund(made.reference, "fail")

    for _ in range(2):
        refund_answers.refresh(reference=made.reference, now=timezone.now())

    assert entries(order) == [("payment", 6599), ("refund", -500), ("refund_failed", 500)]
    assert balance_of(order.number) == refunds.refundable_cents(order) == 6599
    assert faults() == []


def test_a_refund_from_the_dashboard_is_booked_once_by_every_door(sandbox):
    order = make_settled_order(sandbox)
    outside = sandbox.refund_from_dashboard(order.payments.get().reference, amount=500)["id"]

    for _ in range(3):
        refund_answers.refresh(reference=outside, now=timezone.now())

    assert entries(order) == [("payment", 6599), ("refund", -500)]
    assert order.refunds.get().cause == "outside"
    assert faults() == []


def test_a_fee_that_stripe_tells_later_is_booked_once(sandbox):
    order = make_settled_order(sandbox)
    payment = order.payments.get()
    assert payments.note_fee(payment_id=payment.pk, now=timezone.now())
    payments.record_payment(session_id=payment.attempt.session_id, now=timezone.now())
    assert LedgerEntry.objects.filter(kind="fee").count() == 1


def test_the_page_of_an_order_paid_too_late_says_where_the_money_is(sandbox):
    variant = make_variant(on_hand=1)
    order = make_order(packs={variant: 1})
    session_id = pay_page(sandbox, order)
    PaymentAttempt.objects.update(status="expired")
    closing.expire(order, now=timezone.now())
    make_order(packs={variant: 1})
    payments.record_payment(session_id=session_id, now=timezone.now())

    page = text_of(Client().get(order.get_absolute_url()))

    assert "Your payment came after this order had ended. We send it back in full" in page
    assert "nothing has been charged" not in page
