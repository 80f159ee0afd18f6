"""/v1/refunds"""

from typing import Any

from stripe_sandbox import refunds
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.metadata import check_metadata, merged_metadata, without_blanks
from stripe_sandbox.api.pagination import created_within, page
from stripe_sandbox.errors import InvalidRequest, not_simulated
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
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            param="amount",
            code="parameter_invalid_integer",
        )
    params = without_blanks(call.params)
    check_metadata(params.get("metadata"), "metadata")
    return refunds.refund(params, call.cause).body


@serves("GET", "/v1/refunds/{refund}")
def retrieve(call: Call) -> dict[str, Any]:
    """One refund."""
    return find("refund", call.ids["refund"], param="id").body


@serves("POST", "/v1/refunds/{refund}")
def update(call: Call) -> dict[str, Any]:
    """Change the metadata."""
    refund = find("refund", call.ids["refund"], param="id")
    refund.change(metadata=merged_metadata(refund.body["metadata"], call.params))
    return refund.body


@serves("GET", "/v1/refunds")
def list_refunds(call: Call) -> dict[str, Any]:
    """Refunds, newest first."""
    rows = StoredObject.objects.filter(object_type="refund")
    rows = created_within(rows, call.params.get("created"))
    for name in ("charge", "payment_intent"):
        if name in call.params:
            rows = rows.filter(**{f"body__{name}": call.params[name]})
    shown, envelope = page(rows, call.params, "/v1/refunds")
    return envelope | {"data": [row.body for row in shown]}
