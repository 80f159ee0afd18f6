"""What the drill does at its own sandbox: play the buyer and the bank, make it fail, look at its books."""

import hashlib
import hmac
import json
import time
from typing import Any

from django.conf import settings
from django.test import Client

from shop.stand_in import KEY, fetch

GOOD_CARD = "4242424242424242"
# Nobody listens there: what is sent is lost, and listed as undelivered.
NOWHERE = "http://127.0.0.1:9/"


def control(route: str, **fields: Any) -> None:
    """Tell the sandbox what to do (stripe_sandbox/README.md). Raises RuntimeError when it refuses."""
    page = fetch(f"{settings.STRIPE_API_BASE}/_control/{route}", fields or {"": ""})
    if page.status != 200:  # noqa: PLR2004
        raise RuntimeError(route)


def lose_every_webhook() -> None:
    """Let nothing arrive by itself: the drill delivers what it wants to arrive."""
    control("webhook", url=NOWHERE, secret=settings.STRIPE_WEBHOOK_SECRETS[0], event="*")
    control("queue", lose_next=1_000_000)


def drop_answers(method: str, path: str) -> None:
    """Let the next call be done and its answer lost, the library's own second try included."""
    control("faults", kind="drop_after", method=method, path=path, count=2)


def lose_questions(method: str, path: str) -> None:
    """Let the next call never arrive, the library's own second try included."""
    control("faults", kind="drop", method=method, path=path, count=2)


def pay(url: str) -> bool:
    """Enter a good card on a payment page; say whether the buyer is sent back to the shop."""
    form = {
        "number": GOOD_CARD,
        "expiry": "12 / 34",
        "cvc": "123",
        "name": "Drill Buyer",
        "email": "buyer@drill.localhost",
        "postal_code": "94103",
    }
    return fetch(url, form).location != ""


def listed(path: str, **query: str) -> list[dict[str, Any]]:
    """Return every object of one of Stripe's lists, the newest first."""
    rows: list[dict[str, Any]] = []
    while True:
        more = {"starting_after": rows[-1]["id"]} if rows else {}
        asked = "&".join(
            f"{name}={value}" for name, value in {"limit": 100, **query, **more}.items()
        )
        url = f"{settings.STRIPE_API_BASE}/v1/{path}?{asked}"
        page = fetch(url, Authorization=f"Bearer {KEY}").data
        rows += page["data"]
        if not page["has_more"] or not page["data"]:
            return rows


def charges_of(numbers: set[str]) -> dict[str, int]:
    """Return {order number: how often it was charged} for `numbers` that were."""
    counted: dict[str, int] = {}
    for intent in listed("payment_intents"):
        number = intent["metadata"].get("order", "")
        if number in numbers and intent["status"] == "succeeded":
            counted[number] = counted.get(number, 0) + 1
    return counted


def refunds_of(payment_reference: str) -> list[int]:
    """Return the amounts (cents) that went back of a payment."""
    return [
        row["amount"] for row in listed("refunds") if row["payment_intent"] == payment_reference
    ]


def events_about(session_id: str) -> list[dict[str, Any]]:
    """Return the events about a payment page, the newest first."""
    return [one for one in listed("events") if one["data"]["object"].get("id") == session_id]


def deliver(event: dict[str, Any]) -> int:
    """Deliver an event to the shop's webhook as Stripe does, signed; the answer's status."""
    body, stamp = json.dumps(event), int(time.time())
    secret = settings.STRIPE_WEBHOOK_SECRETS[0].encode()
    seal = hmac.new(secret, f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    client = Client(SERVER_NAME="drill.localhost", raise_request_exception=False)
    answer = client.post(
        "/webhooks/stripe/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": f"t={stamp},v1={seal}"},
    )
    return int(answer.status_code)


def balance_cents() -> int:
    """Return what all of it left on our balance at the sandbox, fees taken off."""
    return sum(row["net"] for row in listed("balance_transactions"))
