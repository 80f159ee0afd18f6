"""Orders that a person has to look at, and why."""

from typing import Any

from django.db import transaction

from orders import events
from orders.models import Order, OrderEvent, Refund

UNDECIDED = "The order is not paid, but money for it is here. {ways}."


class SettleRefused(Exception):
    """The review is not settled by this; the message says why, to staff."""


def ask(order: Order, reason: str, **data: Any) -> None:
    """Put `order` on the list for review and tell staff why, in the caller's transaction."""
    order.set_review(needs_review=True)
    events.record(order, OrderEvent.Type.NEEDS_REVIEW, reason=reason, **data)


def settle(*, order_id: int, reason: str, actor: events.Actor) -> None:
    """Take an order off the list: somebody has looked, and says what came of it. Once.

    Raises SettleRefused.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if why_not := why_not_settle(order):
            raise SettleRefused(why_not)
        close(order, reason=reason, actor=actor)


def why_not_settle(order: Order) -> str:
    """Say why a review of `order` cannot be settled with words alone; empty when it can."""
    if not order.is_unpaid or not order.left_cents():
        return ""
    if order.is_pending:
        return UNDECIDED.format(ways="Take it as paid, refund it, or cancel the order")
    # What cannot go back through Stripe may have gone back in another way.
    is_stuck = order.refunds.filter(status=Refund.Status.FAILED).exists()
    return "" if is_stuck else UNDECIDED.format(ways="Take it as paid or refund it")


def close(order: Order, *, reason: str, actor: events.Actor) -> None:
    """The same in the caller's transaction and under its lock on the order."""
    if order.needs_review:
        order.set_review(needs_review=False)
        events.record(order, OrderEvent.Type.REVIEWED, actor=actor, reason=reason)
