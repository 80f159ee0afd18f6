"""Events that never reached the webhook: read from Stripe's list and handled as if they had."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from orders.gateways import gateway
from orders.gateways.base import WebhookEvent
from orders.models import WebhookDelivery
from orders.one_by_one import Outcome, Turns
from orders.webhooks import HANDLERS, columns_of, handle

Verdict = WebhookDelivery.Verdict

# Stripe lists no older ones (docs.stripe.com/api/events/list).
LISTED_FOR = timedelta(days=30)
AT_ONCE = 500
NOT_ASKED = "Stripe gave no answer about it"
STUMBLED = "Refused by Stripe, or it stumbled; the log says over what"


def handle_undelivered(*, now: datetime) -> Outcome:
    """Handle every event of the last LISTED_FOR that did not reach us, the oldest first.

    One that stumbles or gets no answer does not stop the rest. What was handled before, on either way,
    is left alone. Raises GatewayUnavailable, GatewayRefused when there is no list.
    """
    listed = gateway().list_undelivered_events(sorted(HANDLERS), since=now - LISTED_FOR)
    events = list(reversed(list(listed)))
    settled = _settled(events)
    counts = dict.fromkeys(Verdict, 0)
    turns = Turns()
    mute = set[str]()
    for event in events:
        if event.event_id in settled:
            continue
        verdict, detail = _handle(event, turns, mute, now)
        _write_down(event, verdict, detail)
        counts[verdict] += 1
    return turns.outcome(
        f"{counts[Verdict.DONE]} handled, {counts[Verdict.IGNORED]} not for us,"
        f" {counts[Verdict.RETRY]} to be tried again"
    )


def _handle(
    event: WebhookEvent, turns: Turns, mute: set[str], now: datetime
) -> tuple[Verdict, str]:
    if event.object_id in mute:
        # One thing has many events: to ask about it again would take as long.
        turns.skip()
        return Verdict.RETRY, NOT_ASKED
    failed = turns.failed
    made = turns.take(f"Undelivered event {event.event_id}", partial(handle, event, now))
    if made is not None:
        return made
    if turns.failed > failed:
        return Verdict.RETRY, STUMBLED
    mute.add(event.object_id)
    return Verdict.RETRY, NOT_ASKED


def _settled(events: Sequence[WebhookEvent]) -> set[str]:
    ids = [event.event_id for event in events]
    known = set[str]()
    for start in range(0, len(ids), AT_ONCE):
        rows = WebhookDelivery.objects.filter(
            event_id__in=ids[start : start + AT_ONCE], verdict__in=[Verdict.DONE, Verdict.IGNORED]
        )
        known.update(rows.values_list("event_id", flat=True))
    return known


def _write_down(event: WebhookEvent, verdict: Verdict, detail: str) -> None:
    # One row per event: what cannot be handled yet is listed again every hour.
    columns = columns_of(event)
    WebhookDelivery.objects.update_or_create(
        event_id=columns.pop("event_id"),
        source=WebhookDelivery.Source.LIST,
        defaults={**columns, "verdict": verdict, "detail": detail[:300]},
    )
