"""/v1/refunds"""

from typing import Any

from stripe_sandbox import events, refunds
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.metadata import check_metadata, merged_metadata, without_blanks
from stripe_sandbox.api.pagination import listed
from stripe_sandbox.errors import below, not_simulated
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find

ACTED_ON = {"amount", "charge", "payment_intent", "reason", "metadata", "expand"}


@serves("POST", "/v1/refunds")
def create(call: Call) -> dict[str, Any]:
    """Refund in full or in part."""
    for name in call.params.keys() - ACTED_ON:
        if call.params[name] is not False:
            raise not_simulated(name)
    if call.params.get("amount", 1) < 1:
        raise below(1, "amount")
    params = without_blanks(call.params)
    check_metadata(params.get("metadata"), "metadata")
    return refunds.refund(params, call.cause).body


@serves("GET", "/v1/refunds/{refund}")
def retrieve(call: Call) -> dict[str, Any]:
    """One refund, decided by now if its time has come."""
    refunds.settle_due()
    return _refund(call).body


@serves("POST", "/v1/refunds/{refund}")
def update(call: Call) -> dict[str, Any]:
    """Change the metadata."""
    refund = _refund(call)
    before = refund.body["metadata"]
    refund.change(metadata=merged_metadata(before, call.params))
    if refund.body["metadata"] != before:
        previous = {"metadata": before}
        events.record("refund.updated", refund.body, call.cause, previous=previous)
        events.record("charge.refund.updated", refund.body, call.cause, previous=previous)
    return refund.body


@serves("POST", "/v1/refunds/{refund}/cancel")
def cancel(call: Call) -> dict[str, Any]:
    """Call off a refund that waits for the buyer."""
    refund = _refund(call)
    refunds.cancel(refund, call.cause)
    return refund.body


@serves("GET", "/v1/refunds")
def list_refunds(call: Call) -> dict[str, Any]:
    """Refunds, newest first."""
    refunds.settle_due()
    return listed(call, "refund", filters=("charge", "payment_intent"))


def _refund(call: Call) -> StoredObject:
    return find("refund", call.ids["refund"], param="id")
