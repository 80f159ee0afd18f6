"""What Stripe says about refunds, written down: each step once, with everything that follows from it.

Asked for by us (orders/refunds.py) or made in Stripe's dashboard: the same door for both.
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F

from books import ledger
from orders import closing, events, freezing, returned_packs, review
from orders.gateways import gateway
from orders.gateways.base import RefundState
from orders.marks import is_ours
from orders.models import Order, OrderEvent, Payment, Refund
from shop.lib import fault_points
from shop.lib.money import format_cents

Status = Refund.Status

# How Stripe's words translate (docs.stripe.com/api/refunds/object, "status").
STATUS_OF = {
    "pending": Status.SENT,
    "requires_action": Status.SENT,
    "succeeded": Status.SETTLED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}


class UnknownPayment(Exception):
    """The refund is of a payment of ours that has not been recorded (yet)."""


def refresh(*, reference: str, now: datetime) -> Refund | None:
    """Ask the gateway about one refund and write down how far it is; None when it is not ours.

    Raises UnknownPayment when it is of a payment of ours that is not recorded yet.
    """
    state = gateway().fetch_refund(reference)
    known = settle(state, now=now)
    if known is None and is_ours(state.payment_metadata):
        raise UnknownPayment(state.payment_reference)
    return known


def settle(state: RefundState, *, now: datetime) -> Refund | None:
    """Write down `state`, fresh from the gateway. A refund made in Stripe's dashboard gets its row here.

    Returns None when the payment is none of ours.
    """
    refund_id = _find(state) or _record_outside_refund(state, now)
    return None if refund_id is None else write_down(refund_id, state, now=now)


def write_down(refund_id: int, state: RefundState, *, now: datetime) -> Refund:
    """Take our refund to where `state`, fresh from the gateway, says it is.

    One that had been refused to our face, and is there all the same, comes back to life.
    """
    status = STATUS_OF.get(state.status, Status.SENT)
    return _move(refund_id, status, now=now, failure=state.failure, reference=state.reference)


def note(refund_id: int, status: Status, *, now: datetime, failure: str = "") -> Refund:
    """Write down what asking came to without a refund to show: in doubt, or failed and not made.

    Changes nothing where Stripe has told of the refund meanwhile: from then on only Stripe's word counts.
    """
    return _move(refund_id, status, now=now, failure=failure)


def _find(state: RefundState) -> int | None:
    by_reference = Refund.objects.filter(reference=state.reference).values_list("pk", flat=True)
    named = state.metadata.get("refund", "")
    by_name = Refund.objects.filter(
        pk=int(named) if named.isdecimal() else 0,
        payment__reference=state.payment_reference,
        reference__isnull=True,
    ).values_list("pk", flat=True)
    return by_reference.first() or by_name.first()


def _record_outside_refund(state: RefundState, now: datetime) -> int | None:
    with transaction.atomic():
        payment = Payment.objects.filter(reference=state.payment_reference).first()
        if payment is None:
            return None
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        row, is_new = Refund.objects.get_or_create(
            reference=state.reference,
            defaults={
                "order": order,
                "payment": payment,
                "amount_cents": state.amount_cents,
                "reason": "Made in Stripe's dashboard",
                "cause": Refund.Cause.OUTSIDE,
                "idempotency_key": f"outside:{state.reference}",
                "requested_at": now,
            },
        )
        if is_new:
            events.record(
                order,
                OrderEvent.Type.REFUND_REQUESTED,
                refund=row.pk,
                amount_cents=row.amount_cents,
                reason=row.reason,
            )
            if order.lines.filter(quantity__gt=F("quantity_shipped")).exists():
                reason = "Money was paid back in Stripe; is the order still to be shipped?"
                review.ask(order, reason)
        return row.pk


def _move(
    refund_id: int, status: Status, *, now: datetime, failure: str, reference: str = ""
) -> Refund:
    """Take a refund one step on, with everything that follows, once per step."""
    with transaction.atomic():
        order_id = Refund.objects.values_list("order_id", flat=True).get(pk=refund_id)
        order = Order.objects.select_for_update().get(pk=order_id)
        row = Refund.objects.select_related("payment").get(pk=refund_id)
        if row.reference and not reference:
            return row
        may_move, was = row.can_become(status), row.status
        is_first_word = bool(reference) and not row.reference
        if is_first_word:
            row.reference = reference
            row.save(update_fields=["reference"])
        if not may_move:
            if is_first_word:
                _book(order, row, now)
            return row
        row.status, row.failure = status, failure
        row.settled_at = now if status == Status.SETTLED else None
        row.save(update_fields=["status", "failure", "settled_at"])
        _follow_up(order, row, was, now)
        if order.is_frozen:
            freezing.settle(order, now=now)
        _book(order, row, now)
        fault_points.reached("refund.before_commit")
    fault_points.reached("refund.committed")
    return row


def _follow_up(order: Order, row: Refund, was: str, now: datetime) -> None:
    amount = format_cents(row.amount_cents, row.payment.currency)
    if row.status == Status.SETTLED:
        returned_packs.take_back(order, row)
        returned_packs.finish_if_nothing_is_left(order)
        closing.expire(order, now=now)
        events.record(order, OrderEvent.Type.REFUND_SETTLED, **_facts(row))
    elif row.status == Status.IN_DOUBT:
        events.record(order, OrderEvent.Type.REFUND_IN_DOUBT, **_facts(row))
    elif row.status == Status.FAILED:
        events.record(order, OrderEvent.Type.REFUND_FAILED, **_facts(row))
        came_back = " after it had been settled" if was == Status.SETTLED else ""
        review.ask(order, f"A refund of {amount} failed{came_back}.")
    if was == Status.FAILED:
        review.ask(order, f"A refund of {amount} that had failed was made all the same.")


def _book(order: Order, row: Refund, now: datetime) -> None:
    """Post what the refund did to our balance: taken when the gateway has it, back when it failed."""
    if not row.reference or row.status in {Status.REQUESTED, Status.IN_DOUBT}:
        return
    post = partial(
        ledger.post,
        order_number=order.number,
        payment_reference=row.payment.reference,
        reference=row.reference,
        currency=row.payment.currency,
        happened_at=now,
    )
    post(
        ledger.Kind.REFUND,
        amount_cents=-row.amount_cents,
        key=f"refund:{row.reference}",
    )
    if row.status == Status.FAILED:
        post(
            ledger.Kind.REFUND_FAILED,
            amount_cents=row.amount_cents,
            key=f"refund_failed:{row.reference}",
        )


def _facts(row: Refund) -> dict[str, Any]:
    return {"refund": row.pk, "amount_cents": row.amount_cents, "failure": row.failure}
