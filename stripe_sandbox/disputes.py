"""Disputes: a buyer's bank takes money back, or asks first (an inquiry), and decides in the end.

Called inside a transaction; events are recorded with it.
"""

from typing import Any

from stripe_sandbox import clock, events
from stripe_sandbox.bodies.balance import adjustment_body
from stripe_sandbox.bodies.dispute import dispute_body
from stripe_sandbox.errors import InvalidRequest, Refused
from stripe_sandbox.events import NOBODY, Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.radar import close_review, refresh_warnings
from stripe_sandbox.store import find, keep

FEE_CENTS = 1500
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
TAKEN = ("needs_response", "under_review", "lost")
WIN, LOSE, ESCALATE = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"


def disputes_of(charge_id: str) -> list[StoredObject]:
    """Every dispute of a charge, newest first."""
    return list(StoredObject.objects.filter(object_type="dispute", parent_id=charge_id))


def refuse_if_charged_back(charge_id: str) -> None:
    """Raise Refused while the bank holds the money of a charge; an inquiry leaves it refundable."""
    if any(dispute.body["status"] in TAKEN for dispute in disputes_of(charge_id)):
        raise Refused(
            f"Charge {charge_id} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )


def open_dispute(
    charge: StoredObject, *, reason: str, is_inquiry: bool = False, amount: int | None = None
) -> StoredObject:
    """Dispute what is left of a charge, or `amount` of it; raises InvalidRequest where nothing can be."""
    left = charge.body["amount"] - charge.body["amount_refunded"]
    amount = left if amount is None else amount
    if not charge.body["paid"] or not 1 <= amount <= charge.body["amount"]:
        raise InvalidRequest(f"Charge {charge.stripe_id} has nothing to dispute.", param="amount")
    if any(one.body["status"] in OPEN for one in disputes_of(charge.stripe_id)):
        raise InvalidRequest(f"Charge {charge.stripe_id} is being disputed already.")
    body = dispute_body(
        charge.body, reason=reason, amount=amount, is_inquiry=is_inquiry, now=clock.now()
    )
    dispute = keep(body, parent_id=charge.stripe_id)
    charge.change(disputed=True)
    moved = None if is_inquiry else _move_money(dispute, -amount, FEE_CENTS)
    events.record("charge.dispute.created", dispute.body)
    if moved:
        events.record("charge.dispute.funds_withdrawn", dispute.body)
    close_review(charge, "disputed")
    refresh_warnings(charge)
    return dispute


def give_evidence(dispute: StoredObject, params: dict[str, Any], cause: Cause) -> None:
    """Store evidence and, unless `submit` is false, hand it in. Stripe's test words decide at once."""
    _refuse_closed(dispute)
    evidence, details = dispute.body["evidence"], dispute.body["evidence_details"]
    before = {"evidence": evidence, "evidence_details": details, "status": dispute.body["status"]}
    given = {name: value or None for name, value in params.get("evidence", {}).items()}
    submits = (bool(given) and params.get("submit", True)) or params.get("submit") is True
    counted = details["submission_count"] + int(submits)
    dispute.body["evidence"] = evidence | given
    dispute.body["evidence_details"] = details | {
        "has_evidence": details["has_evidence"] or bool(given),
        "submission_count": counted,
        "submission_method": "manual" if counted else details["submission_method"],
    }
    if submits:
        dispute.body["status"] = dispute.body["status"].replace("needs_response", "under_review")
    dispute.save()
    _tell_update(dispute, before, cause)
    words = dispute.body["evidence"]["uncategorized_text"]
    if submits and words in EFFECTS:
        EFFECTS[words](dispute, cause)


def win(dispute: StoredObject, cause: Cause = NOBODY, *, fee_back: bool = False) -> None:
    """The bank sides with us: the money returns (the fee only with `fee_back`)."""
    _refuse_closed(dispute)
    if is_inquiry(dispute):
        return _end(dispute, "warning_closed", cause)
    _move_money(dispute, dispute.body["amount"], -FEE_CENTS if fee_back else 0)
    dispute.change(is_charge_refundable=True)
    _end(dispute, "won", cause)
    events.record("charge.dispute.funds_reinstated", dispute.body, cause)
    return None


def lose(dispute: StoredObject, cause: Cause = NOBODY) -> None:
    """The buyer keeps the money; also what `close` over the API means. An inquiry just ends."""
    _refuse_closed(dispute)
    _end(dispute, "warning_closed" if is_inquiry(dispute) else "lost", cause)


def escalate(dispute: StoredObject, cause: Cause = NOBODY) -> None:
    """An inquiry becomes a dispute: the money goes now."""
    if not is_inquiry(dispute) or dispute.body["status"] == "warning_closed":
        raise InvalidRequest("Only an open inquiry can be escalated.")
    before = {"status": dispute.body["status"], "is_charge_refundable": True}
    details = dispute.body["payment_method_details"]
    card = details["card"] | {"case_type": "chargeback"}
    dispute.change(
        status="needs_response",
        is_charge_refundable=False,
        payment_method_details=details | {"card": card},
    )
    _move_money(dispute, -dispute.body["amount"], FEE_CENTS)
    _tell_update(dispute, before, cause)
    events.record("charge.dispute.funds_withdrawn", dispute.body, cause)


def end_inquiries(charge: StoredObject, cause: Cause) -> None:
    """A full refund answers an inquiry."""
    for dispute in disputes_of(charge.stripe_id):
        if is_inquiry(dispute) and dispute.body["status"] in OPEN:
            dispute.change(is_charge_refundable=False)
            _end(dispute, "warning_closed", cause)


def is_inquiry(dispute: StoredObject) -> bool:
    """Whether the bank only asks so far."""
    return bool(dispute.body["status"].startswith("warning_"))


def _refuse_closed(dispute: StoredObject) -> None:
    if dispute.body["status"] not in OPEN:
        raise Refused("This dispute is already closed.")


def _end(dispute: StoredObject, status: str, cause: Cause) -> None:
    dispute.change(status=status)
    events.record("charge.dispute.closed", dispute.body, cause)


def _tell_update(dispute: StoredObject, before: dict[str, Any], cause: Cause) -> None:
    previous = {name: was for name, was in before.items() if dispute.body[name] != was}
    events.record("charge.dispute.updated", dispute.body, cause, previous=previous)


def _move_money(dispute: StoredObject, amount: int, fee: int) -> StoredObject:
    """Withdraw (negative) or give back; the dispute carries each move in full, as Stripe shows it."""
    charge = find("charge", dispute.body["charge"], param="charge")
    body = adjustment_body(dispute.body, charge.body, amount=amount, fee=fee, now=clock.now())
    moved = keep(body, parent_id=dispute.stripe_id)
    dispute.change(balance_transactions=[*dispute.body["balance_transactions"], body])
    return moved


# What Stripe's test mode reads in `uncategorized_text`.
EFFECTS = {WIN: win, LOSE: lose, ESCALATE: escalate}
