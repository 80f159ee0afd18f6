"""The life of a Checkout Session: opened, expired by time or by request. Paying is in payments.py."""

from typing import Any

from django.conf import settings
from django.db import transaction

from stripe_sandbox import clock, events
from stripe_sandbox.bodies.session import (
    line_item_body,
    price_body,
    product_body,
    session_body,
    shipping_rate_body,
)
from stripe_sandbox.errors import Refused
from stripe_sandbox.events import NOBODY, Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find, keep

PAY_PATH = "/c/pay/"
CANCELABLE = {"requires_payment_method", "requires_action", "requires_confirmation"}


def open_session(params: dict[str, Any]) -> StoredObject:
    """Store a session with its lines, prices, products and shipping rate.

    `params` are typed and have passed session_rules; amounts in the smallest unit.
    """
    now = clock.now()
    lines = []
    for item in params["line_items"]:
        product = product_body(item["price_data"]["product_data"], now)
        price = price_body(item["price_data"], product["id"], now)
        keep(product)
        keep(price, parent_id=product["id"])
        lines.append(line_item_body(item, product, price))
    shipping = None
    for option in params.get("shipping_options", []):
        shipping = shipping_rate_body(option["shipping_rate_data"], now)
        keep(shipping)
    body = session_body(
        params,
        subtotal=sum(line["amount_subtotal"] for line in lines),
        shipping=shipping,
        now=now,
        url=settings.SANDBOX_PUBLIC_URL + PAY_PATH,
    )
    for line in lines:
        keep(line, parent_id=body["id"], created=now)
    hidden = {"payment_intent_data": params.get("payment_intent_data", {})}
    return keep(body, expires_at=body["expires_at"], hidden=hidden)


def current_session(session_id: str, *, param: str = "session") -> StoredObject:
    """The session as it is at this moment: one whose time has passed is expired first."""
    session = find("checkout.session", session_id, param=param)
    if _is_overdue(session):
        with transaction.atomic():
            session = find("checkout.session", session_id, param=param)
            if _is_overdue(session):
                _close(session)
    return session


def lines_of(session_id: str) -> list[dict[str, Any]]:
    """The line items in the order in which they were given."""
    lines = StoredObject.objects.filter(object_type="item", parent_id=session_id).order_by("pk")
    return [line.body for line in lines]


def expire(session: StoredObject, cause: Cause) -> None:
    """Close an open session on request; raises Refused for one that is not open."""
    status = session.body["status"]
    if status != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{status}`."
        )
    _close(session, cause)


def expire_overdue() -> int:
    """Expire every open session whose time has passed; returns how many."""
    overdue = StoredObject.objects.filter(
        object_type="checkout.session", expires_at__lte=clock.now()
    )
    ids = list(overdue.values_list("stripe_id", flat=True))
    for session_id in ids:
        current_session(session_id)
    return len(ids)


def _is_overdue(session: StoredObject) -> bool:
    return session.expires_at is not None and session.expires_at <= clock.now()


def _close(session: StoredObject, cause: Cause = NOBODY) -> None:
    session.expires_at = None  # leaves the queue of what can still expire; the body keeps the time
    session.change(status="expired", url=None)
    intent_id = session.body["payment_intent"]
    if intent_id:
        _cancel_intent(find("payment_intent", intent_id, param="intent"), cause)
    events.record("checkout.session.expired", session.body, cause)


def _cancel_intent(intent: StoredObject, cause: Cause) -> None:
    if intent.body["status"] in CANCELABLE:
        intent.change(
            status="canceled",
            canceled_at=clock.now(),
            cancellation_reason="expired",
            next_action=None,
        )
        events.record("payment_intent.canceled", intent.body, cause)
