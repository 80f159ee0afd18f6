"""Recording what happened: an event with its snapshot, and one delivery row per endpoint."""

import copy
from dataclasses import dataclass
from typing import Any

import stripe

from stripe_sandbox import clock
from stripe_sandbox.contract.responses import object_kind, require
from stripe_sandbox.ids import new_id
from stripe_sandbox.models import Event, WebhookEndpoint
from stripe_sandbox.queue import queue

API_VERSION: str = stripe.api_version


@dataclass(frozen=True)
class Cause:
    """The API request behind an event; both empty when the buyer or time caused it."""

    request_id: str | None = None
    idempotency_key: str | None = None


NOBODY = Cause()


def record(
    event_type: str,
    body: dict[str, Any],
    cause: Cause = NOBODY,
    *,
    previous: dict[str, Any] | None = None,
) -> Event:
    """Store an event with the object as it is now, and queue it for every endpoint that wants it.

    Call it inside the transaction of the change itself, so neither exists without the other.
    Raises ContractBroken when the payload does not fit the library's types.
    """
    endpoints = [
        endpoint
        for endpoint in WebhookEndpoint.objects.filter(is_enabled=True)
        if endpoint.wants(event_type)
    ]
    payload = _payload(event_type, body, cause, previous)
    require(payload, object_kind("event"), event_type)
    require(body, object_kind(body["object"]), event_type)
    event = Event.objects.create(
        stripe_id=payload["id"],
        type=event_type,
        created=payload["created"],
        object_id=body["id"],
        body=payload,
        pending_webhooks=len(endpoints),
    )
    queue(event, endpoints)
    return event


def _payload(
    event_type: str, body: dict[str, Any], cause: Cause, previous: dict[str, Any] | None
) -> dict[str, Any]:
    data: dict[str, Any] = {"object": copy.deepcopy(body)}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": new_id("evt_3"),
        "object": "event",
        "api_version": API_VERSION,
        "created": clock.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": cause.request_id, "idempotency_key": cause.idempotency_key},
        "type": event_type,
    }
