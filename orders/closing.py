"""Letting go of an order that will not be paid: its packs, its discount, its cart."""

from datetime import datetime

from django.db import transaction

from orders import discounts, events
from orders.models import Cart, Order, OrderEvent
from products import stock


def let_go(order: Order) -> None:
    """Give back what `order` holds, in the caller's transaction. Harmless when done already."""
    stock.release(reference=order.number)
    discounts.give_back(order)
    Cart.objects.filter(order=order).update(order=None)


def expire(order: Order, *, now: datetime) -> bool:
    """Close an order whose payment session is over; say whether this call did it.

    Only the gateway's word ends it, never our clock alone: as long as a page may bring money, or when
    money came that did not make it paid, the order stays.
    """
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if locked.status != Order.Status.PENDING:
            return False
        if locked.attempts.live().exists() or locked.payments.exists():
            return False
        locked.mark_expired()
        let_go(locked)
        events.record(locked, OrderEvent.Type.EXPIRED, at=now.isoformat())
    return True
