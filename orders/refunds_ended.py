"""Refunds that stay in doubt, because Stripe does not know their payment: staff end them by hand.

It happens where the key of another account was in use, or a backup of another shop was restored. Of a
payment that Stripe knows, every refund is settled by the sweep (reconcile.sweep_refunds).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from orders import events, notes, refund_answers
from orders.gateways import gateway
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Order, Refund
from orders.refunds import KEY_IS_SAFE_FOR, RefundRefused

Status = Refund.Status

# Stripe's word for a name that it does not know (docs.stripe.com/error-codes).
UNKNOWN = "resource_missing"
NOT_YET = "No refund of this order has been in doubt for a day."
NOT_ASKED = "Stripe could not be asked now, so nothing was ended. Try again later."
KNOWN = (
    "Stripe knows this payment, so the shop settles the refund by itself within the hour."
    " Nothing was ended."
)
MOVED = "Stripe has answered about this refund meanwhile. Nothing was ended."
ENDED = "ended by hand; the account does not know the payment"


def endable(rows: Iterable[Refund], *, now: datetime) -> list[Refund]:
    """Return those of `rows` that are in doubt, and for longer than an answer can be on its way."""
    return [
        row
        for row in rows
        if row.status == Status.IN_DOUBT and now - row.requested_at >= KEY_IS_SAFE_FOR
    ]


def end(*, order_id: int, reason: str, actor: events.Actor, now: datetime) -> None:
    """Call every such refund of an order failed, once Stripe has said that it does not know the payment.

    The order is put on review; the money can be paid back anew. Stripe's word still counts: should one
    of them turn up, it comes back to life. Raises RefundRefused, which ends nothing.
    """
    rows = endable(Refund.objects.filter(order=order_id).select_related("payment"), now=now)
    if not rows:
        raise RefundRefused(NOT_YET)
    for reference in {row.payment.reference for row in rows}:
        _check_unknown(reference)
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        for row in rows:
            ended = refund_answers.note(row.pk, Status.FAILED, now=now, failure=ENDED)
            if ended.status != Status.FAILED:
                raise RefundRefused(MOVED)
        notes.add(order=order, text=f"Refund in doubt ended: {reason}", actor=actor)


def _check_unknown(payment_reference: str) -> None:
    try:
        gateway().fetch_fee(payment_reference)
    except GatewayUnavailable as error:
        raise RefundRefused(NOT_ASKED) from error
    except GatewayRefused as error:
        if error.code != UNKNOWN:
            raise RefundRefused(NOT_ASKED) from error
    else:
        raise RefundRefused(KNOWN)
