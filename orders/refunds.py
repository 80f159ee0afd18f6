"""Refunds: money on its way back, with a life of its own.

requested (row and key committed) → the call → sent, settled, failed or in doubt. The customer is told
on settled; packs go back on the shelf then, too.
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from orders import events, refund_answers, review
from orders.gateways import gateway
from orders.gateways.base import GatewayDenied, GatewayRefused, GatewayUnavailable, RefundState
from orders.models import Order, OrderEvent, OrderLine, Payment, Refund, RefundLine
from shop.lib import fault_points
from shop.lib.money import format_cents

logger = logging.getLogger(__name__)

Status = Refund.Status


# Stripe keeps idempotency keys for at least 24 hours (docs.stripe.com/api/idempotent_requests).
KEY_IS_SAFE_FOR = timedelta(hours=23)
DISPUTED = (
    "The payment is disputed, and the bank holds its money: a refund would pay it twice."
    " Answer the dispute at Stripe, or accept it there."
)


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
    """Return what can still be paid back: what is left of payments that are not being disputed."""
    return sum(
        max(0, payment.left_cents())
        for payment in order.payments.all()
        if not payment.is_disputed()
    )


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
    `items` that have not been shipped will not be. With all the money back and packs still to ship, the
    order is put on review.

    Raises RefundRefused when more than is left would be paid back, or more packs than were bought.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        payment = _payment_for(order, amount_cents)
        made = _request(payment, amount_cents, reason=reason, actor=actor, now=now)
        _add_items(made, order, items)
        _ask_whether_to_ship(order)
    return send(refund_id=made.pk, now=now)


def request_everything(
    order: Order,
    *,
    reason: str,
    actor: events.Actor,
    now: datetime,
    cause: Refund.Cause = Refund.Cause.CANCELLED,
) -> list[Refund]:
    """Write down that all that is left of every payment goes back, in the caller's transaction.

    The caller holds the order's lock, and calls send() for each once that is committed.
    """
    asked = [
        request_rest_of(payment, cause=cause, reason=reason, actor=actor, now=now)
        for payment in order.payments.order_by("pk")
    ]
    return [made for made in asked if made is not None]


def request_rest_of(
    payment: Payment, *, cause: Refund.Cause, reason: str, actor: events.Actor, now: datetime
) -> Refund | None:
    """Write down that all that is left of one payment goes back. As request_everything()."""
    left = payment.left_cents()
    if left <= 0 or payment.is_disputed():
        return None
    return _request(payment, left, cause=cause, reason=reason, actor=actor, now=now)


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
    payment: Payment,
    amount_cents: int,
    *,
    reason: str,
    actor: events.Actor,
    now: datetime,
    cause: Refund.Cause = Refund.Cause.STAFF,
) -> Refund:
    order = payment.order
    made = Refund.objects.create(
        order=order,
        payment=payment,
        amount_cents=amount_cents,
        reason=reason,
        cause=cause,
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
    fault_points.reached("refund.requested")
    try:
        state = _made_before(row, now) or gateway().create_refund(
            payment_reference=row.payment.reference,
            amount_cents=row.amount_cents,
            key=row.idempotency_key,
            metadata={"refund": str(row.pk)},
        )
    except GatewayUnavailable:
        return refund_answers.note(refund_id, Status.IN_DOUBT, now=now)
    except GatewayRefused as refusal:
        return _refused(row, refusal, now)
    fault_points.reached("refund.made")
    return refund_answers.write_down(refund_id, state, now=now)


def _refused(row: Refund, refusal: GatewayRefused, now: datetime) -> Refund:
    # A no is not "not done": an earlier try may have been, its answer lost, its writer killed. What
    # has failed can be refunded again, so only what Stripe looked at, refused and does not have fails.
    is_certain = not isinstance(refusal, GatewayDenied)
    state = None
    try:
        state = _look_up(row)
    except (GatewayUnavailable, GatewayRefused):
        is_certain = False
    if state is not None:
        return refund_answers.write_down(row.pk, state, now=now)
    if not is_certain:
        logger.error("Refund %s is in doubt: Stripe refused to say", row.pk)
    status = Status.FAILED if is_certain else Status.IN_DOUBT
    return refund_answers.note(row.pk, status, now=now, failure=str(refusal)[:200])


def _made_before(row: Refund, now: datetime) -> RefundState | None:
    # While Stripe remembers the key, asking with it is safe; later we look for the refund instead.
    if now - row.requested_at < KEY_IS_SAFE_FOR:
        return None
    return _look_up(row)


def _look_up(row: Refund) -> RefundState | None:
    known = gateway().list_refunds(row.payment.reference)
    return next((state for state in known if state.metadata.get("refund") == str(row.pk)), None)


def _payment_for(order: Order, amount_cents: int) -> Payment:
    if amount_cents <= 0:
        message = "Enter an amount above zero."
        raise RefundRefused(message)
    payments = list(order.payments.order_by("pk"))
    free = [payment for payment in payments if not payment.is_disputed()]
    for payment in free:
        if payment.left_cents() >= amount_cents:
            return payment
    if len(free) < len(payments):
        raise RefundRefused(DISPUTED)
    message = f"Only {format_cents(order.left_cents(), order.currency)} can still be paid back."
    if len(payments) > 1:
        message += " The order has several payments; pay each back on its own."
    raise RefundRefused(message)


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


def _ask_whether_to_ship(order: Order) -> None:
    if order.left_cents() or order.status != Order.Status.PAID:
        return
    under_way = packs_on_their_way_back(order)
    if any(line.quantity_open > under_way.get(line.pk, 0) for line in order.lines.all()):
        review.ask(
            order, "All of its money goes back, and packs are still to be shipped. Cancel it?"
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
