"""Letting go of an order that will not be paid: its packs, its discount, its cart."""

from datetime import datetime

from django.db import transaction

from orders import discounts, events
from orders.models import Cart, Order, OrderEvent
from products import stock

PAID_BACK = "None of the money that came for it is left."


def let_go(order: Order) -> None:
    """Give back what `order` holds, in the caller's transaction. Harmless when done already."""
    stock.release(reference=order.number)
    discounts.give_back(order)
    Cart.objects.filter(order=order).update(order=None)


def expire(order: Order, *, now: datetime) -> bool:
    """Close an order whose payment session is over; say whether this call did it.

    Only the gateway's word ends it, never our clock alone: as long as a page may bring money, or money
    is here that did not make it paid, the order stays. Where all such money has gone back it is not
    expired but canceled: its customer has paid.
    """
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if locked.status != Order.Status.PENDING:
            return False
        if locked.attempts.live().exists() or locked.awaits_money():
            return False
        if locked.payments.exists():
            locked.mark_cancelled()
            events.record(locked, OrderEvent.Type.CANCELLED, reason=PAID_BACK)
        else:
            locked.mark_expired()
            events.record(locked, OrderEvent.Type.EXPIRED, at=now.isoformat())
        let_go(locked)
    return True
