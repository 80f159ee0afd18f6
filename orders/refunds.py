"""Refunds: money on its way back, with a life of its own.

requested (row and key committed) → the call → sent, settled, failed or in doubt. The customer is told
on settled; packs go back on the shelf then, too.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from orders import events, review
from orders.gateways import gateway
from orders.gateways.base import GatewayRefused, GatewayUnavailable, RefundState
from orders.models import Order, OrderEvent, OrderLine, Payment, Refund, RefundLine
from products import stock
from products.models import StockMovement
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


# Stripe keeps idempotency keys for at least 24 hours (docs.stripe.com/api/idempotent_requests).
KEY_IS_SAFE_FOR = timedelta(hours=23)


class RefundRefused(Exception):
    """This refund cannot be made; the message says why, to staff."""


@dataclass(frozen=True)
class RefundItem:
    """So many packs of an order line are paid back; `restock` puts shipped ones back on the shelf.

    `unshipped` of them have not left and will not; None takes as many as are still to ship.
    """

    line_id: int
    quantity: int
    restock: bool = False
    unshipped: int | None = None


def refundable_cents(order: Order) -> int:
    """Return what can still be paid back: payments minus every refund that has not failed."""
    paid = order.payments.aggregate(total=Sum("amount_cents"))["total"] or 0
    back = order.refunds.exclude(status=Status.FAILED).aggregate(total=Sum("amount_cents"))["total"]
    return paid - (back or 0)


def refund(
    *,
    order_id: int,
    amount_cents: int,
    items: Sequence[RefundItem] = (),
    reason: str,
    actor: events.Actor,
    now: datetime,
) -> Refund:
    """Pay back `amount_cents` of an order and return the refund as it stands after asking Stripe.

    The answer may be "in doubt"; the periodic sweep asks again with the same key. Packs named in
    `items` that have not been shipped will not be.

    Raises RefundRefused when more than is left would be paid back, or more packs than were bought.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        payment = _payment_for(order, amount_cents)
        made = _request(payment, amount_cents, reason=reason, actor=actor, now=now)
        _add_items(made, order, items)
    return send(refund_id=made.pk, now=now)


def request_everything(
    order: Order, *, reason: str, actor: events.Actor, now: datetime
) -> list[Refund]:
    """Write down that all that is left of every payment goes back, in the caller's transaction.

    The caller holds the order's lock, and calls send() for each once that is committed.
    """
    return [
        _request(payment, left, reason=reason, actor=actor, now=now)
        for payment in order.payments.order_by("pk")
        if (left := _left_of(payment)) > 0
    ]


def packs_on_their_way_back(order: Order) -> dict[int, int]:
    """Return {order line id: packs} of refunds that are asked for and not settled: not to be shipped."""
    under_way = RefundLine.objects.filter(
        refund__order=order, refund__status__in=[Status.REQUESTED, Status.SENT, Status.IN_DOUBT]
    )
    sums = under_way.values_list("line_id").annotate(
        packs=Sum(Coalesce("quantity_unshipped", "quantity"))
    )
    return dict(sums)


def _request(
    payment: Payment, amount_cents: int, *, reason: str, actor: events.Actor, now: datetime
) -> Refund:
    order = payment.order
    made = Refund.objects.create(
        order=order,
        payment=payment,
        amount_cents=amount_cents,
        reason=reason,
        idempotency_key=f"refund:{order.token[:16]}:{secrets.token_hex(8)}",
        actor_id=actor.pk if actor else None,
        requested_at=now,
    )
    events.record(
        order,
        OrderEvent.Type.REFUND_REQUESTED,
        actor=actor,
        refund=made.pk,
        amount_cents=amount_cents,
        reason=reason,
    )
    return made


def send(*, refund_id: int, now: datetime) -> Refund:
    """Ask the gateway for a refund that is requested or in doubt. The same key: it happens once."""
    row = Refund.objects.select_related("payment").get(pk=refund_id)
    if row.status not in {Status.REQUESTED, Status.IN_DOUBT}:
        return row
    try:
        state = _made_before(row, now) or gateway().create_refund(
            payment_reference=row.payment.reference,
            amount_cents=row.amount_cents,
            key=row.idempotency_key,
            metadata={"refund": str(row.pk)},
        )
    except GatewayUnavailable:
        return _move(refund_id, Status.IN_DOUBT, now=now)
    except GatewayRefused as error:
        return _move(refund_id, Status.FAILED, now=now, failure=str(error)[:200])
    return _write_down(refund_id, state, now)


def _made_before(row: Refund, now: datetime) -> RefundState | None:
    # While Stripe remembers the key, asking with it is safe; later we look for the refund instead.
    if now - row.requested_at < KEY_IS_SAFE_FOR:
        return None
    known = gateway().list_refunds(row.payment.reference)
    return next((state for state in known if state.metadata.get("refund") == str(row.pk)), None)


def refresh(*, reference: str, now: datetime) -> Refund | None:
    """Ask the gateway about one refund and write down how far it is; None when it is not ours."""
    return settle(gateway().fetch_refund(reference), now=now)


def settle(state: RefundState, *, now: datetime) -> Refund | None:
    """Write down `state`, fresh from the gateway. A refund made in Stripe's dashboard gets its row here.

    Returns None when the payment is none of ours.
    """
    refund_id = _find(state) or _record_outside_refund(state, now)
    return None if refund_id is None else _write_down(refund_id, state, now)


def _write_down(refund_id: int, state: RefundState, now: datetime) -> Refund:
    Refund.objects.filter(pk=refund_id, reference__isnull=True).update(reference=state.reference)
    status = STATUS_OF.get(state.status, Status.SENT)
    return _move(refund_id, status, now=now, failure=state.failure)


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
            if not order.lines.filter(quantity__gt=F("quantity_shipped")).exists():
                return row.pk
            review.ask(order, "Money was paid back in Stripe; is the order still to be shipped?")
        return row.pk


def _payment_for(order: Order, amount_cents: int) -> Payment:
    if amount_cents <= 0:
        message = "Enter an amount above zero."
        raise RefundRefused(message)
    payments = list(order.payments.order_by("pk"))
    for payment in payments:
        if _left_of(payment) >= amount_cents:
            return payment
    left = sum(_left_of(payment) for payment in payments)
    message = f"Only {format_cents(left)} can still be paid back."
    if len(payments) > 1:
        message += " The order has several payments; pay each back on its own."
    raise RefundRefused(message)


def _left_of(payment: Payment) -> int:
    back = payment.refunds.exclude(status=Status.FAILED).aggregate(total=Sum("amount_cents"))
    return payment.amount_cents - (back["total"] or 0)


def _add_items(made: Refund, order: Order, items: Sequence[RefundItem]) -> None:
    lines = {line.pk: line for line in order.lines.all()}
    under_way = packs_on_their_way_back(order)
    for item in items:
        line = lines.get(item.line_id)
        if line is None or item.quantity < 1:
            message = "Choose packs of this order."
            raise RefundRefused(message)
        before = RefundLine.objects.filter(line=line).exclude(refund__status=Status.FAILED)
        refunded = before.aggregate(total=Sum("quantity"))["total"] or 0
        if refunded + item.quantity > line.quantity:
            message = f"Only {line.quantity - refunded} of {line.sku} are left to pay back."
            raise RefundRefused(message)
        _check_split(item, line, refunded=refunded, under_way=under_way.get(line.pk, 0))
        RefundLine.objects.create(
            refund=made,
            line=line,
            quantity=item.quantity,
            quantity_unshipped=item.unshipped,
            restock=item.restock,
        )


def _check_split(item: RefundItem, line: OrderLine, *, refunded: int, under_way: int) -> None:
    if item.unshipped is None:
        return
    unshipped, shipped = refundable_packs(line, refunded=refunded, under_way=under_way)
    if not 0 <= item.unshipped <= min(unshipped, item.quantity):
        message = f"Only {unshipped} of {line.sku} are still to ship."
        raise RefundRefused(message)
    if item.quantity - item.unshipped > shipped:
        message = f"Only {shipped} of {line.sku} have been sent and not paid back."
        raise RefundRefused(message)


def refundable_packs(line: OrderLine, *, refunded: int, under_way: int) -> tuple[int, int]:
    """Return how many packs of `line` can be paid back: (not shipped yet, shipped).

    `refunded` packs are in refunds that have not failed; `under_way` of them are not shipped and not
    withdrawn yet.
    """
    left = line.quantity - refunded
    unshipped = max(0, min(left, line.quantity_open - under_way))
    return unshipped, max(0, min(left - unshipped, line.quantity_shipped))


def _move(refund_id: int, status: Status, *, now: datetime, failure: str = "") -> Refund:
    """Take a refund one step on, with everything that follows, once per step."""
    with transaction.atomic():
        order_id = Refund.objects.values_list("order_id", flat=True).get(pk=refund_id)
        order = Order.objects.select_for_update().get(pk=order_id)
        row = Refund.objects.get(pk=refund_id)
        if status not in Refund.TRANSITIONS[Status(row.status)]:
            return row
        was_settled = row.status == Status.SETTLED
        row.status, row.failure = status, failure
        row.settled_at = now if status == Status.SETTLED else None
        row.save(update_fields=["status", "failure", "settled_at"])
        if status == Status.SETTLED:
            _return_packs(order, row)
            _finish_if_nothing_is_left(order)
            events.record(order, OrderEvent.Type.REFUND_SETTLED, **_facts(row))
        elif status == Status.IN_DOUBT:
            events.record(order, OrderEvent.Type.REFUND_IN_DOUBT, **_facts(row))
        elif status == Status.FAILED:
            events.record(order, OrderEvent.Type.REFUND_FAILED, **_facts(row))
            came_back = " after it had been settled" if was_settled else ""
            review.ask(order, f"A refund of {format_cents(row.amount_cents)} failed{came_back}.")
    return row


def _return_packs(order: Order, row: Refund) -> None:
    for item in row.lines.select_related("line"):
        line = item.line
        asked = item.quantity if item.quantity_unshipped is None else item.quantity_unshipped
        unshipped = min(asked, line.quantity_open)
        if unshipped and order.status == Order.Status.PAID:
            _unreserve(order, line, unshipped)
            OrderLine.objects.filter(pk=line.pk).update(
                quantity_withdrawn=F("quantity_withdrawn") + unshipped
            )
        came_back = item.quantity - unshipped
        if item.restock and came_back:
            stock.move(
                variant_id=line.variant_id,
                kind=StockMovement.Kind.RETURNED,
                quantity=came_back,
                reason="Returned by the customer",
                reference=order.number,
                actor=row.actor,
            )


def _unreserve(order: Order, line: OrderLine, packs: int) -> None:
    try:
        stock.release_some(reference=order.number, quantities={line.variant_id: packs})
    except stock.StockRefused:
        # The money is back all the same; that is written down whatever the shelves say.
        review.ask(
            order, f"Fewer packs of {line.sku} are reserved than were paid back. Count them."
        )


def _finish_if_nothing_is_left(order: Order) -> None:
    lines = list(order.lines.all())
    if order.status != Order.Status.PAID or any(line.quantity_open for line in lines):
        return
    if any(line.quantity_shipped for line in lines):
        order.mark_shipped()
    else:
        order.mark_cancelled()
        events.record(order, OrderEvent.Type.CANCELLED, reason="All of it was paid back.")


def _facts(row: Refund) -> dict[str, Any]:
    return {"refund": row.pk, "amount_cents": row.amount_cents, "failure": row.failure}
