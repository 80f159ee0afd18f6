"""Notes that staff leave at an order, for each other."""

from orders import events
from orders.models import Order, OrderEvent


def add(*, order: Order, text: str, actor: events.Actor) -> OrderEvent:
    """Write `text` into the order's timeline; customers never see it."""
    return events.record(order, OrderEvent.Type.NOTE_ADDED, actor=actor, text=text)
