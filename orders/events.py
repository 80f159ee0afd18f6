"""The one way to write down that something happened, and to let its effects follow.

Which effects follow stands in one table, shop/event_handlers.py, at the roof: the apps above orders
hang theirs in there without orders knowing them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from orders.models import Order, OrderEvent

Handler = Callable[[OrderEvent], None]
Actor = AbstractBaseUser | AnonymousUser | None

_handlers: dict[str, tuple[Handler, ...]] = {}


def connect(table: Mapping[OrderEvent.Type, Sequence[Handler]]) -> None:
    """Take the table of what follows after what. Called once at start-up."""
    _handlers.clear()
    _handlers.update({event_type.value: tuple(handlers) for event_type, handlers in table.items()})


def record(
    order: Order, event_type: OrderEvent.Type, *, actor: Actor = None, **data: Any
) -> OrderEvent:
    """Write the event and run its handlers in the same transaction; return the event.

    Handlers only write rows, so either everything is there or nothing. `data` must be JSON.
    """
    with transaction.atomic():
        event = OrderEvent.objects.create(
            order=order,
            type=event_type,
            actor_id=actor.pk if actor else None,
            data=data,
        )
        for handler in _handlers.get(event_type.value, ()):
            handler(event)
    return event
