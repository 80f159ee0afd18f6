"""Giving money back: never more than was charged; some refunds are decided later or come back.

A refund that is decided later waits in `expires_at` for the sandbox's clock, with the decision in
`hidden["outcome"]`. Called inside a transaction.
"""

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction

from stripe_sandbox import clock, events
from stripe_sandbox.bodies.balance import balance_transaction_body, refund_body
from stripe_sandbox.currencies import money_text
from stripe_sandbox.disputes import end_inquiries, refuse_if_charged_back
from stripe_sandbox.errors import InvalidRequest, Refused
from stripe_sandbox.events import NOBODY, Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.radar import close_review, refresh_warnings
from stripe_sandbox.store import find, keep

# What a card's refunds are at first, and what becomes of them later (facts/stripe.md 6.4).
FIRST_AND_LATER = {"pending": ("pending", "succeeded"), "failing": ("succeeded", "failed")}
FAILURES = (
    "charge_for_pending_refund_disputed",
    "declined",
    "expired_or_canceled_card",
    "insufficient_funds",
    "lost_or_stolen_card",
    "merchant_request",
    "unknown",
)


def refund(params: dict[str, Any], cause: Cause) -> StoredObject:
    """Refund a charge, or the charge of a PaymentIntent, in full or by `amount` (smallest unit).

    Raises InvalidRequest for a missing or unknown target, Refused when less is left than asked.
    """
    charge = _charge_to_refund(params)
    refuse_if_charged_back(charge.stripe_id)
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
    first, later = FIRST_AND_LATER.get(charge.hidden.get("refunds", ""), ("succeeded", ""))
    made = keep(
        refund_body(charge.body, params, now, status=first),
        parent_id=charge.stripe_id,
        expires_at=now + settings.SANDBOX_REFUND_SECONDS if later else None,
        hidden={"outcome": later} if later else None,
    )
    balance = _move_money(made, -params["amount"], "refund")
    made.change(balance_transaction=balance.stripe_id)
    events.record("refund.created", made.body, cause)
    _count(charge, params["amount"], cause)
    if params.get("reason") == "fraudulent":
        charge.change(fraud_details={"user_report": "fraudulent"})
    if charge.body["refunded"]:
        is_fraud = params.get("reason") == "fraudulent"
        close_review(charge, "refunded_as_fraud" if is_fraud else "refunded", cause)
        end_inquiries(charge, cause)
        refresh_warnings(charge, cause)
    if first == "succeeded":
        _add_reference(made)
    return made


def _count(charge: StoredObject, amount: int, cause: Cause) -> None:
    """Add a refund to the totals of its charge, and tell."""
    before = {key: charge.body[key] for key in ("amount_refunded", "refunded")}
    total = charge.body["amount_refunded"] + amount
    charge.change(amount_refunded=total, refunded=total == charge.body["amount"])
    previous = {key: value for key, value in before.items() if charge.body[key] != value}
    events.record("charge.refunded", charge.body, cause, previous=previous)


def succeed(refund_id: str) -> StoredObject:
    """A pending refund arrives; raises Refused in any other state."""
    made = _in_state(refund_id, "pending", "requires_action")
    before = made.body["status"]
    made.body.pop("pending_reason", None)
    made.change(status="succeeded")
    events.record("refund.updated", made.body, previous={"status": before})
    return made


def fail(refund_id: str, why: str = "expired_or_canceled_card") -> StoredObject:
    """The bank sends the money back, even after success: it is on our balance again.

    Raises Refused for a refund that has failed or was canceled, InvalidRequest for an unknown reason.
    """
    if why not in FAILURES:
        raise InvalidRequest(f"Invalid reason: must be one of {', '.join(FAILURES)}")
    made = _in_state(refund_id, "pending", "succeeded", "requires_action")
    _take_back(made, "failed", {"failure_reason": why}, NOBODY)
    events.record("refund.failed", made.body)
    return made


def require_action(refund_id: str) -> StoredObject:
    """A pending refund waits for the buyer, as with some bank methods; only then can it be canceled."""
    made = _in_state(refund_id, "pending")
    made.body.pop("pending_reason", None)
    made.change(status="requires_action")
    events.record("refund.updated", made.body, previous={"status": "pending"})
    return made


def cancel(made: StoredObject, cause: Cause) -> None:
    """Call a refund off; raises Refused unless it waits for the buyer."""
    if made.body["status"] != "requires_action":
        raise Refused(
            f"Refund {made.stripe_id} cannot be canceled because it has a status of"
            f" {made.body['status']}. Only a refund with a status of requires_action can be canceled."
        )
    _stop_clock(made)
    _take_back(made, "canceled", {"failure_reason": "merchant_request"}, cause)


def settle_due() -> int:
    """Decide every refund whose time has come; returns how many."""
    due = StoredObject.objects.filter(object_type="refund", expires_at__lte=clock.now())
    ids = list(due.values_list("stripe_id", flat=True))
    for refund_id in ids:
        with transaction.atomic():
            row = StoredObject.objects.get(stripe_id=refund_id)
            if row.expires_at is None:
                continue
            (fail if row.hidden["outcome"] == "failed" else succeed)(refund_id)
    return len(ids)


def _in_state(refund_id: str, *states: str) -> StoredObject:
    """The refund, off the clock; raises Refused unless it is in one of these states."""
    made = find("refund", refund_id, param="refund")
    if made.body["status"] not in states:
        raise Refused(f"Refund {refund_id} has a status of {made.body['status']}.")
    _stop_clock(made)
    return made


def _stop_clock(made: StoredObject) -> None:
    made.expires_at, made.hidden = None, {}


def _take_back(made: StoredObject, status: str, why: dict[str, str], cause: Cause) -> None:
    """Return the money to the balance and roll the totals of the charge back."""
    before = made.body["status"]
    returned = _move_money(made, made.body["amount"], "refund_failure")
    made.body.pop("pending_reason", None)
    made.change(status=status, failure_balance_transaction=returned.stripe_id, **why)
    charge = find("charge", made.body["charge"], param="charge")
    left = charge.body["amount_refunded"] - made.body["amount"]
    charge.change(amount_refunded=left, refunded=False)
    events.record("refund.updated", made.body, cause, previous={"status": before})


def _move_money(made: StoredObject, amount: int, kind: str) -> StoredObject:
    is_card = made.body["destination_details"]["type"] == "card"
    body = balance_transaction_body(
        made.body,
        kind=kind if is_card else "payment_refund",
        amount=amount,
        fee=0,
        now=clock.now(),
    )
    # Back or forth, a refund to a bank account has one type; that its category tells is assumed.
    return keep(body | {"reporting_category": kind}, parent_id=made.stripe_id)


def _add_reference(made: StoredObject) -> None:
    """The bank's reference number follows in an update of its own; only cards have one."""
    before = made.body["destination_details"]
    if "card" not in before:
        return
    card = before["card"] | {
        "reference": f"{secrets.randbelow(10**12):012d}",
        "reference_status": "available",
    }
    made.change(destination_details=before | {"card": card})
    events.record(
        "refund.updated", made.body, previous={"destination_details": {"card": before["card"]}}
    )
