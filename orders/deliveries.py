"""When parcels arrive: as somebody told us, or by how long the chosen way of shipping takes.

Carriers do not tell the shop, so most deliveries are estimates. Customers read of recorded ones only.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from orders import events
from orders.models import Order, OrderEvent, Shipment, ShippingMethod

# Business days for a parcel whose way of shipping is not offered any more.
FALLBACK_DAYS = 7
SATURDAY = 5


class DeliveryRefused(Exception):
    """This delivery cannot be recorded; the message says why, to staff."""


def mark_delivered(
    shipment_id: int, *, at: datetime, actor: events.Actor, now: datetime
) -> Shipment:
    """Record that a parcel arrived `at` (aware; to the minute is enough). `actor` None: its buyer says so.

    Once for each parcel, with an event in the same transaction. Raises DeliveryRefused where it is recorded
    already, or for a time before the parcel left or still to come.
    """
    with transaction.atomic():
        order_id = Shipment.objects.values_list("order_id", flat=True).get(pk=shipment_id)
        order = Order.objects.select_for_update().get(pk=order_id)
        shipment = Shipment.objects.get(pk=shipment_id)
        if shipment.delivered_at is not None:
            message = "The delivery of this parcel is recorded already."
            raise DeliveryRefused(message)
        if at < shipment.shipped_at.replace(second=0, microsecond=0):
            message = "That is before the parcel left."
            raise DeliveryRefused(message)
        if at > now:
            message = "That is still to come. Record the delivery when the parcel has arrived."
            raise DeliveryRefused(message)
        shipment.delivered_at = max(at, shipment.shipped_at)
        shipment.save(update_fields=["delivered_at"])
        by_buyer = {} if actor else {"by_buyer": True}
        events.record(
            order, OrderEvent.Type.DELIVERED, actor=actor, shipment=shipment.pk, **by_buyer
        )
    return shipment


def delivered_at(order: Order) -> datetime | None:
    """Return when the last parcel of `order` arrived, or should arrive by the estimate.

    None where nothing was shipped, or something still has to be.
    """
    return delivered_at_of([order]).get(order.pk)


def delivered_at_of(orders: Iterable[Order]) -> dict[int, datetime]:
    """Return the same for many orders, as {order id: when}; those without an answer are left out.

    One query beside those for lines and shipments, none for these where they are prefetched.
    """
    most_days = dict(ShippingMethod.objects.values_list("code", "max_days"))
    found = ((order.pk, _last_arrival(order, most_days)) for order in orders)
    return {pk: at for pk, at in found if at is not None}


def after_business_days(start: datetime, days: int) -> datetime:
    """Return `start` moved on by `days` days from Monday to Friday, as the shop's calendar has them.

    Holidays are not known here; an estimate may be early by one.
    """
    moment = timezone.localtime(start)
    while days:
        moment += timedelta(days=1)
        if moment.weekday() < SATURDAY:
            days -= 1
    return moment


def _last_arrival(order: Order, most_days: Mapping[str, int]) -> datetime | None:
    parcels = list(order.shipments.all())
    if not parcels or any(line.quantity_open for line in order.lines.all()):
        return None
    days = most_days.get(order.shipping_code, FALLBACK_DAYS)
    return max(
        parcel.delivered_at or after_business_days(parcel.shipped_at, days) for parcel in parcels
    )
