"""What making, changing and deleting plain objects has in common."""

from typing import Any

from stripe_sandbox import events
from stripe_sandbox.api.calls import Call
from stripe_sandbox.api.metadata import check_metadata, merged_metadata, without_blanks
from stripe_sandbox.errors import InvalidRequest, not_simulated
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import keep


def check_known(call: Call, acted_on: set[str]) -> dict[str, Any]:
    """The parameters without empty metadata; raises for what the sandbox does not act on."""
    for name in call.params.keys() - acted_on - {"expand"}:
        raise not_simulated(name)
    params = without_blanks(call.params)
    check_metadata(params.get("metadata"), "metadata")
    return params


def kept(body: dict[str, Any], call: Call, event: str = "") -> dict[str, Any]:
    """Store a new object and tell of it."""
    stored = keep(body)
    if event:
        events.record(event, stored.body, call.cause)
    return stored.body


def altered(stored: StoredObject, call: Call, fields: set[str], event: str = "") -> dict[str, Any]:
    """Set the given fields, metadata merged; an empty text unsets. Tells what they were before."""
    for name in call.params.keys() - fields - {"expand"}:
        raise not_simulated(name)
    given = {name: value for name, value in call.params.items() if name in fields}
    changes = {name: None if value == "" else value for name, value in given.items()}
    if "metadata" in given:
        changes["metadata"] = merged_metadata(stored.body["metadata"], call.params)
    previous = {name: stored.body.get(name) for name in changes}
    stored.change(**changes)
    if event:
        events.record(event, stored.body, call.cause, previous=previous)
    return stored.body


def deleted(stored: StoredObject, call: Call, event: str) -> dict[str, Any]:
    """Remove an object; the event carries it once more."""
    body = stored.body
    stored.delete()
    events.record(event, body, call.cause)
    return {"id": body["id"], "object": body["object"], "deleted": True}


def refuse_taken_id(kind: str, wanted: str | None) -> None:
    """Raise InvalidRequest when an id of the merchant's own is in use."""
    if wanted and StoredObject.objects.filter(stripe_id=wanted).exists():
        raise InvalidRequest(f"{kind} already exists.", param="id", code="resource_already_exists")
