"""What Radar thinks of a payment: the outcome of a charge, early fraud warnings, reviews."""

from typing import Any

from stripe_sandbox.cards import card_with
from stripe_sandbox.ids import new_id

SCORES = {"normal": 20, "elevated": 66, "highest": 92}


def outcome_at_risk(outcome: dict[str, Any], card_number: str) -> dict[str, Any]:
    """A charge's `outcome` with the risk that the test card stands for."""
    risk = card_with(card_number).risk
    if risk == "normal":
        return outcome
    seen = {"risk_level": risk, "risk_score": SCORES[risk], "reason": f"{risk}_risk_level"}
    if risk == "elevated":
        return outcome | seen | {"type": "manual_review"}
    message = "Stripe blocked this payment as too risky."
    blocked = {"network_status": "not_sent_to_network", "type": "blocked"}
    return outcome | seen | blocked | {"seller_message": message}


def warning_body(charge: dict[str, Any], fraud_type: str, now: int) -> dict[str, Any]:
    """An early fraud warning; actionable while the charge can still be refunded."""
    return {
        "id": new_id("issfr_1"),
        "object": "radar.early_fraud_warning",
        "actionable": not (charge["refunded"] or charge["disputed"]),
        "charge": charge["id"],
        "created": now,
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }


def review_body(charge: dict[str, Any], now: int) -> dict[str, Any]:
    """An open review of a payment that a Radar rule picked out."""
    return {
        "id": new_id("prv_1"),
        "object": "review",
        "billing_zip": charge["billing_details"]["address"]["postal_code"],
        "charge": charge["id"],
        "closed_reason": None,
        "created": now,
        "ip_address": None,
        "ip_address_location": None,
        "livemode": False,
        "open": True,
        "opened_reason": "rule",
        "payment_intent": charge["payment_intent"],
        "reason": "rule",
        "session": None,
    }
