"""What happens after what: every effect of an order's event, in one table.

A handler gets the event inside its transaction and only writes rows (a mail in the outbox, a ledger
entry). Whatever must talk to the outside world is a task that reads those rows.
"""

from collections.abc import Sequence

from orders import events
from orders.models import OrderEvent

Type = OrderEvent.Type

TABLE: dict[OrderEvent.Type, Sequence[events.Handler]] = {}


def connect() -> None:
    """Hang the table into orders.events. Called once, when the roof is up."""
    events.connect(TABLE)
