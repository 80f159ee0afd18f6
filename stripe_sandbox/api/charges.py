"""/v1/charges: made by PaymentIntents, read and described here."""

from typing import Any

from stripe_sandbox import events
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.metadata import merged_metadata
from stripe_sandbox.api.pagination import listed
from stripe_sandbox.api.resources import check_known
from stripe_sandbox.store import find

CHANGEABLE = {"description", "fraud_details", "metadata", "receipt_email"}


@serves("GET", "/v1/charges/{charge}")
def retrieve_charge(call: Call) -> dict[str, Any]:
    """One charge."""
    return find("charge", call.ids["charge"], param="id").body


@serves("POST", "/v1/charges/{charge}")
def update_charge(call: Call) -> dict[str, Any]:
    """Describe a charge, or say that it was fraud (`fraud_details[user_report]`)."""
    charge = find("charge", call.ids["charge"], param="id")
    params = check_known(call, CHANGEABLE)
    changes = {name: params[name] for name in params.keys() - {"metadata", "expand"}}
    if "metadata" in call.params:
        changes["metadata"] = merged_metadata(charge.body["metadata"], call.params)
    previous = {name: charge.body[name] for name in changes}
    charge.change(**changes)
    events.record("charge.updated", charge.body, call.cause, previous=previous)
    return charge.body


@serves("GET", "/v1/charges")
def list_charges(call: Call) -> dict[str, Any]:
    """Charges, newest first, failed ones included."""
    return listed(call, "charge", filters=("customer", "payment_intent", "transfer_group"))
