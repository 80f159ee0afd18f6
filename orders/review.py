"""Orders that a person has to look at, and why."""

from typing import Any

from django.db import transaction

from orders import events
from orders.models import Order, OrderEvent


def ask(order: Order, reason: str, **data: Any) -> None:
    """Put `order` on the list for review and tell staff why, in the caller's transaction."""
    order.set_review(needs_review=True)
    events.record(order, OrderEvent.Type.NEEDS_REVIEW, reason=reason, **data)


def settle(*, order_id: int, reason: str, actor: events.Actor) -> None:
    """Take an order off the list: somebody has looked, and says what came of it. Once."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.needs_review:
            order.set_review(needs_review=False)
            events.record(order, OrderEvent.Type.REVIEWED, actor=actor, reason=reason)
