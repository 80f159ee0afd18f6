"""What becomes of a paid order: parcels that leave, or a cancellation with the money back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from orders import closing, events, freezing, payments, refunds
from orders.models import (
    Order,
    OrderEvent,
    OrderLine,
    Refund,
    Shipment,
    ShipmentLine,
    TransitionNotAllowed,
)
from products import stock
from shop.lib import fault_points


class NothingToShip(Exception):
    """The parcel cannot be packed like that; the message says why, to staff."""


def ship(
    *,
    order_id: int,
    carrier: Shipment.Carrier | str,
    tracking_number: str,
    quantities: Mapping[int, int],
    actor: events.Actor,
    now: datetime,
) -> Shipment:
    """Record a parcel with `quantities` ({order line id: packs}) and take them out of the stock.

    When nothing is left to ship the order is shipped. Raises NothingToShip for an empty parcel or more
    than is open, TransitionNotAllowed when the order is not paid, waits for review or is frozen.
    """
    wanted = {line_id: count for line_id, count in quantities.items() if count}
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        _check_shippable(order)
        lines = {line.pk: line for line in order.lines.order_by("pk")}
        _check_parcel(lines, wanted, refunds.packs_on_their_way_back(order))
        shipment = Shipment.objects.create(
            order=order,
            carrier=carrier,
            tracking_number=tracking_number.strip(),
            shipped_at=now,
            actor_id=actor.pk if actor else None,
        )
        for line_id, count in wanted.items():
            ShipmentLine.objects.create(shipment=shipment, line_id=line_id, quantity=count)
            OrderLine.objects.filter(pk=line_id).update(
                quantity_shipped=F("quantity_shipped") + count
            )
        stock.ship(
            reference=order.number,
            quantities=_by_variant(lines, wanted),
            actor=actor if actor and actor.pk else None,  # type: ignore[arg-type]
        )
        if all(line.quantity_open == 0 for line in order.lines.all()):
            order.mark_shipped()
        events.record(order, OrderEvent.Type.SHIPPED, actor=actor, shipment=shipment.pk)
    return shipment


def cancel(*, order_id: int, reason: str, actor: events.Actor, now: datetime) -> Order:
    """Cancel an order of which nothing has left, and pay back whatever came for it.

    An unpaid order's payment page is closed first; when it turns out to be paid a moment before, the
    cancellation goes on as one of a paid order.

    Raises TransitionNotAllowed once something was shipped (refund it instead), when it is over or while
    a bank holds its money, and GatewayUnavailable, GatewayRefused or PaymentUnavailable when an open
    payment page cannot be closed now.
    """
    order = Order.objects.get(pk=order_id)
    was_pending = order.is_pending
    tried = list(order.attempts.values_list("pk", flat=True))
    if was_pending:
        payments.close_session(order, now=now)
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        _check_cancellable(order, was_pending=was_pending)
        if order.is_pending and order.attempts.live().exclude(pk__in=tried).exists():
            # Opened since: it would outlive its order.
            raise payments.PaymentUnavailable
        asked = end(order, reason=reason, actor=actor, now=now)
        fault_points.reached("cancel.before_commit")
    fault_points.reached("cancel.committed")
    for row in asked:
        refunds.send(refund_id=row.pk, now=now)
    return Order.objects.get(pk=order_id)


def end(
    order: Order,
    *,
    reason: str,
    actor: events.Actor,
    now: datetime,
    cause: Refund.Cause = Refund.Cause.CANCELLED,
) -> list[Refund]:
    """Cancel `order` and write down that its money goes back, in the caller's transaction.

    The caller holds the order's lock, has closed its payment page, and calls refunds.send() for each
    refund once that is committed. Raises TransitionNotAllowed.
    """
    order.mark_cancelled()
    closing.let_go(order)
    events.record(order, OrderEvent.Type.CANCELLED, actor=actor, reason=reason)
    # In the same breath: were we to die now, the sweep would still send the money back.
    return refunds.request_everything(order, reason=reason, actor=actor, now=now, cause=cause)


def _check_cancellable(order: Order, *, was_pending: bool) -> None:
    if order.lines.filter(quantity_shipped__gt=0).exists():
        message = "Part of it has been shipped. Refund what comes back instead."
        raise TransitionNotAllowed(message)
    # Closing its page may have had the webhook expire it meanwhile: cancelled it is all the same.
    if order.status == Order.Status.EXPIRED and not was_pending:
        message = "This order has expired unpaid; there is nothing to cancel."
        raise TransitionNotAllowed(message)
    if any(payment.is_disputed() for payment in order.payments.all()):
        raise TransitionNotAllowed(refunds.DISPUTED)


def _check_shippable(order: Order) -> None:
    if order.status != Order.Status.PAID:
        message = f"This order is {order.get_status_display().lower()}; nothing can be shipped."
        raise TransitionNotAllowed(message)
    if order.needs_review:
        message = "This order needs review first."
        raise TransitionNotAllowed(message)
    if order.is_frozen:
        raise TransitionNotAllowed(freezing.WORDS)


def _check_parcel(
    lines: Mapping[int, OrderLine], wanted: Mapping[int, int], refunding: Mapping[int, int]
) -> None:
    if not wanted:
        message = "Put at least one pack into the parcel."
        raise NothingToShip(message)
    for line_id, count in wanted.items():
        line = lines.get(line_id)
        if line is None or count < 0:
            message = "Choose packs of this order."
            raise NothingToShip(message)
        left = max(0, line.quantity_open - refunding.get(line_id, 0))
        if count > left:
            message = f"Only {left} of {line.sku} are left to ship."
            if left < line.quantity_open:
                message += " A refund of the others is under way."
            raise NothingToShip(message)


def _by_variant(lines: Mapping[int, OrderLine], wanted: Mapping[int, int]) -> dict[int, int]:
    packs: dict[int, int] = {}
    for line_id, count in wanted.items():
        variant_id = lines[line_id].variant_id
        packs[variant_id] = packs.get(variant_id, 0) + count
    return packs
