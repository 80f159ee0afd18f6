"""What settles each difference between Stripe and our orders (orders/comparison.py).

Each asks Stripe again about the one thing, goes through the same doors as everything else, and is
harmless when it is pressed twice.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from orders import (
    dispute_words,
    disputes,
    fraud_warnings,
    payments,
    refund_answers,
    refunds,
    review,
)
from orders.comparison import (
    NOT_AT_STRIPE,
    Kind,
    already_asked,
    amount_subject,
    checkout_differences,
    refund_subject,
)
from orders.gateways import gateway
from orders.models import Order, Payment, Refund
from shop.lib.money import format_cents

NOT_RECORDED_YET = "Its payment is not recorded here. Settle that first."


def settle(kind: str, reference: str, *, now: datetime) -> str:
    """Settle one difference and return what came of it, in words for staff.

    Raises KeyError for a kind that has no button, GatewayUnavailable, GatewayRefused.
    """
    try:
        return SETTLED_BY[Kind(kind)](reference, now)
    except refund_answers.UnknownPayment:
        return NOT_RECORDED_YET


def _record(session_id: str, now: datetime) -> str:
    try:
        order = payments.record_payment(session_id=session_id, now=now)
    except payments.UnknownSession:
        return "No order here belongs to that payment page."
    return f"Order {order.number} is as Stripe has it: {order.get_status_display()}."


def _close_page(session_id: str, now: datetime) -> str:
    # The name comes from a form: only a page that is ours, and whose order is over, may be closed.
    found = checkout_differences([gateway().fetch_checkout(session_id)])
    if all(one.kind != Kind.PAGE_OUTLIVED for one in found):
        return "No order of ours that is over has an open page of that name. Nothing was closed."
    order = payments.settle(gateway().expire_checkout(session_id), now=now)
    return f"The payment page of order {order.number} is closed."


def _take_over(reference: str, now: datetime) -> str:
    row = refund_answers.refresh(reference=reference, now=now)
    if row is None:
        return "That refund is of a payment that is not ours."
    return f"The refund is as Stripe has it: {row.get_status_display()}."


def _follow_dispute(reference: str, now: datetime) -> str:
    row = disputes.refresh(reference=reference, now=now)
    if row is None:
        return "That dispute is about a payment that is not ours."
    words = dispute_words.status(row)
    return f"The dispute of order {row.order.number} is as Stripe has it: {words}."


def _take_warning(reference: str, now: datetime) -> str:
    row = fraud_warnings.refresh(reference=reference, now=now)
    if row is None:
        return "That warning is about a payment that is not ours."
    return f"The warning about order {row.order.number} is written down."


def _ask_again(refund_id: str, now: datetime) -> str:
    row = Refund.objects.filter(pk=int(refund_id) if refund_id.isdecimal() else 0).first()
    if row is None:
        return "There is no such refund."
    return f"Stripe was asked. The refund is: {refunds.send(refund_id=row.pk, now=now).status}."


def _review_payment(reference: str, now: datetime) -> str:
    payment = Payment.objects.filter(reference=reference).first()
    if payment is None:
        return "There is no such payment."
    amount = format_cents(payment.amount_cents, payment.currency)
    reason = f"The payment {reference} of {amount} is not at Stripe."
    return _put_on_review(payment.order_id, reference, reason)


def _review_amount(reference: str, now: datetime) -> str:
    payment = Payment.objects.filter(reference=reference).select_related("attempt").first()
    row = payment or Refund.objects.filter(reference=reference).select_related("payment").first()
    if row is None:
        return "There is no such payment or refund."
    here, there = _amounts(row)
    if here == there:
        return f"Stripe has {there} as well. Nothing is to be settled."
    reason = f"{reference} is {there} at Stripe and recorded here with {here}."
    return _put_on_review(row.order_id, amount_subject(reference), reason)


def _amounts(row: Payment | Refund) -> tuple[str, str]:
    """Return what is recorded here, and what Stripe says now."""
    if isinstance(row, Refund):
        currency = row.payment.currency
        there = gateway().fetch_refund(row.reference or "").amount_cents
        return format_cents(row.amount_cents, currency), format_cents(there, currency)
    here = format_cents(row.amount_cents, row.currency)
    if row.attempt is None:
        return here, "another amount"
    paid = gateway().fetch_checkout(row.attempt.session_id or "")
    return here, format_cents(paid.amount_cents, paid.currency)


def _review_refund(refund_id: str, now: datetime) -> str:
    row = Refund.objects.filter(pk=int(refund_id) if refund_id.isdecimal() else 0).first()
    if row is None:
        return "There is no such refund."
    amount = format_cents(row.amount_cents, row.order.currency)
    reason = f"A refund of {amount} is not at Stripe."
    return _put_on_review(row.order_id, refund_subject(row), reason)


def _put_on_review(order_id: int, subject: str, reason: str) -> str:
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if subject not in already_asked({order.pk}):
            review.ask(order, reason, **{NOT_AT_STRIPE: subject})
    return f"Order {order.number} is on the list for review."


SETTLED_BY: dict[Kind, Callable[[str, datetime], str]] = {
    Kind.NOT_RECORDED: _record,
    Kind.PAGE_OUTLIVED: _close_page,
    Kind.PAYMENT_NOT_THERE: _review_payment,
    Kind.AMOUNT_DIFFERS: _review_amount,
    Kind.REFUND_DIFFERS: _take_over,
    Kind.REFUND_WAITS: _ask_again,
    Kind.REFUND_NOT_THERE: _review_refund,
    Kind.DISPUTE_DIFFERS: _follow_dispute,
    Kind.WARNING_UNKNOWN: _take_warning,
}
