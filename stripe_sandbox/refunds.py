"""Giving money back: never more than was charged."""

import secrets
from typing import Any

from stripe_sandbox import clock, events
from stripe_sandbox.bodies.balance import balance_transaction_body, refund_body
from stripe_sandbox.currencies import money_text
from stripe_sandbox.errors import InvalidRequest, Refused
from stripe_sandbox.events import Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find, keep


def refund(params: dict[str, Any], cause: Cause) -> StoredObject:
    """Refund a charge, or the charge of a PaymentIntent, in full or by `amount` (smallest unit).

    Raises InvalidRequest for a missing or unknown target, Refused when less is left than asked.
    """
    charge = _charge_to_refund(params)
    left = charge.body["amount"] - charge.body["amount_refunded"]
    if left == 0:
        raise Refused(
            f"Charge {charge.stripe_id} has already been refunded.", code="charge_already_refunded"
        )
    amount = params.get("amount", left)
    if amount > left:
        currency = charge.body["currency"]
        raise Refused(
            f"Refund amount ({money_text(amount, currency)}) is greater than unrefunded amount on"
            f" charge ({money_text(left, currency)})",
            param="amount",
        )
    return _give_back(charge, {**params, "amount": amount}, cause)


def _charge_to_refund(params: dict[str, Any]) -> StoredObject:
    if "charge" in params:
        charge = find("charge", params["charge"], param="charge", on_path=False)
    elif "payment_intent" in params:
        charge = _charge_of_intent(params["payment_intent"])
    else:
        raise InvalidRequest(
            "One of the following params should be provided for this request: payment_intent or"
            " charge."
        )
    if not charge.body["paid"]:
        raise Refused(
            f"Charge {charge.stripe_id} failed, so it cannot be refunded.", param="charge"
        )
    return charge


def _charge_of_intent(intent_id: str) -> StoredObject:
    intent = find("payment_intent", intent_id, param="payment_intent", on_path=False)
    if intent.body["status"] != "succeeded":
        raise Refused(
            f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
        )
    return find("charge", intent.body["latest_charge"], param="charge")


def _give_back(charge: StoredObject, params: dict[str, Any], cause: Cause) -> StoredObject:
    now = clock.now()
    made = keep(refund_body(charge.body, params, now), parent_id=charge.stripe_id)
    balance = keep(
        balance_transaction_body(
            made.body, kind="refund", amount=-params["amount"], fee=0, now=now
        ),
        parent_id=made.stripe_id,
    )
    made.change(balance_transaction=balance.stripe_id)
    events.record("refund.created", made.body, cause)
    before = {key: charge.body[key] for key in ("amount_refunded", "refunded")}
    total = charge.body["amount_refunded"] + params["amount"]
    charge.change(amount_refunded=total, refunded=total == charge.body["amount"])
    previous = {key: value for key, value in before.items() if charge.body[key] != value}
    events.record("charge.refunded", charge.body, cause, previous=previous)
    _add_reference(made)
    return made


def _add_reference(made: StoredObject) -> None:
    """The bank's reference number follows in an update of its own."""
    before = made.body["destination_details"]
    card = before["card"] | {
        "reference": f"{secrets.randbelow(10**12):012d}",
        "reference_status": "available",
    }
    made.change(destination_details=before | {"card": card})
    events.record(
        "refund.updated", made.body, previous={"destination_details": {"card": before["card"]}}
    )
