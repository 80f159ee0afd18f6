"""Deliveries on their way into the queue, and what a test has asked to go wrong with the next ones."""

from django.db import transaction

from stripe_sandbox import clock
from stripe_sandbox.models import Delivery, Event, Switch, WebhookEndpoint
from stripe_sandbox.wakeup import wake_deliveries

# Switches. Numbers count deliveries; the others are on (1) or off (0).
SHUFFLE = "shuffle"
DUPLICATE_EVERY = "duplicate_every"
LOSE_NEXT = "lose_next"
EARLY = "before_return"
QUEUED = "deliveries_queued"
MODES = (SHUFFLE, DUPLICATE_EVERY, LOSE_NEXT, EARLY)
MOST = 1_000_000


def queue(event: Event, endpoints: list[WebhookEndpoint]) -> None:
    """One row per endpoint: lost from the start, or sent twice, where the switches say so."""
    to_lose, every = int(Switch.read(LOSE_NEXT)), int(Switch.read(DUPLICATE_EVERY))
    count = int(Switch.read(QUEUED))
    due_at = clock.precise_now()
    for endpoint in endpoints:
        row = Delivery(event=event, endpoint=endpoint, due_at=due_at)
        count += 1
        if to_lose > 0:
            row.state = Delivery.State.LOST
            to_lose -= 1
            Switch.write(LOSE_NEXT, to_lose)
        row.save()
        if every and count % every == 0 and row.state == Delivery.State.WAITING:
            copy_of(row)
    if every:
        Switch.write(QUEUED, count)
    transaction.on_commit(wake_deliveries)


def copy_of(delivery: Delivery) -> Delivery:
    """The same event once more to the same endpoint, with the same id, as Stripe does at times."""
    transaction.on_commit(wake_deliveries)
    return Delivery.objects.create(
        event=delivery.event,
        endpoint=delivery.endpoint,
        due_at=clock.precise_now(),
        is_copy=True,
    )


def modes() -> dict[str, int]:
    """The switches of the queue as they stand."""
    return {name: int(Switch.read(name)) for name in MODES}


def mode_of(text: str) -> int:
    """What was typed for a mode; raises ValueError, in words for whoever typed it."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value <= MOST:
        raise ValueError(f"Enter a whole number from 0 to {MOST}.")
    return value


def set_modes(wanted: dict[str, int]) -> None:
    """Set the switches that are named; counting for `duplicate_every` begins anew."""
    for name, value in wanted.items():
        Switch.write(name, value)
    if DUPLICATE_EVERY in wanted:
        Switch.write(QUEUED, 0)
