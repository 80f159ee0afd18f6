"""An order's events as sentences for staff."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orders import refund_words
from orders.models import Order, OrderEvent, Shipment
from shop.lib.money import EXPONENTS, format_cents

# What the system itself does has no actor; these are the customer's own doing.
_BY_CUSTOMER = {OrderEvent.Type.PLACED, OrderEvent.Type.PAYMENT_STARTED}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. `text` may be several lines, written by people."""

    title: str
    at: datetime
    who: str
    text: str
    is_note: bool


def entries(order_events: Iterable[OrderEvent], shipments: Iterable[Shipment] = ()) -> list[Entry]:
    """Return `order_events` for reading. Each needs its actor loaded; `shipments` are the order's."""
    parcels = {shipment.pk: str(shipment) for shipment in shipments}
    return [
        Entry(
            title=event.get_type_display(),
            at=event.created_at,
            who=_who(event),
            text=_text(event.type, event.data, parcels),
            is_note=event.type == OrderEvent.Type.NOTE_ADDED,
        )
        for event in order_events
    ]


def review_reasons(order: Order) -> list[str]:
    """Say why somebody has to look at `order`, each reason once; empty when nobody has to. No query
    where its events are loaded.
    """
    reasons: list[str] = []
    for event in order.events.all() if order.needs_review else ():
        if event.type == OrderEvent.Type.REVIEWED:
            reasons.clear()
        elif event.type == OrderEvent.Type.NEEDS_REVIEW:
            reasons.append(str(event.data.get("reason", "")))
    return list(dict.fromkeys(filter(None, reasons)))


def _who(event: OrderEvent) -> str:
    if event.actor:
        return event.actor.get_full_name() or event.actor.get_username()
    is_customers = event.type in _BY_CUSTOMER or event.data.get("by_buyer")
    return "customer" if is_customers else "shop"


def _text(kind: str, data: Mapping[str, Any], parcels: Mapping[int, str]) -> str:
    # Events are kept for good, so old ones with other keys must stay readable.
    parts = [
        _amount(data),
        "" if "after" in data else parcels.get(data.get("shipment", 0), ""),
        _change(data),
        str(data.get("mail", "")),
        str(data.get("payment", "")),
        f"Try {data['attempt']}" if "attempt" in data else "",
        str(data.get("reason", "")),
        str(data.get("text", "")),
        _failure(kind, str(data.get("failure", ""))),
    ]
    return " · ".join(part for part in parts if part)


def _failure(kind: str, told: str) -> str:
    # A declined card has reasons of the same names that mean something else.
    is_refund = kind in {OrderEvent.Type.REFUND_FAILED, OrderEvent.Type.REFUND_IN_DOUBT}
    return refund_words.failure(told) if is_refund else told


def _change(data: Mapping[str, Any]) -> str:
    if "after" not in data:
        return ""
    before, after = str(data.get("before", "")), str(data["after"])
    moved = f"{before} → {after}" if before != after else after
    changed = data.get("changed")
    return f"{moved} ({', '.join(map(str, changed))})" if isinstance(changed, list) else moved


def _amount(data: Mapping[str, Any]) -> str:
    cents, currency = data.get("amount_cents"), str(data.get("currency", "")).upper()
    if not isinstance(cents, int):
        return ""
    return format_cents(cents, currency if currency in EXPONENTS else None)
