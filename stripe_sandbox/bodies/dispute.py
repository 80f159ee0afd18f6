"""Disputes, as Stripe makes them. Amounts in the smallest unit, times in Unix seconds."""

from typing import Any

from stripe_sandbox.ids import new_id

DAYS_TO_ANSWER = 9
# Visa's codes for the reasons that the sandbox is asked for most.
NETWORK_CODES = {"fraudulent": "10.4", "product_not_received": "13.1", "duplicate": "12.6"}
EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def dispute_body(
    charge: dict[str, Any], *, reason: str, amount: int, is_inquiry: bool, now: int
) -> dict[str, Any]:
    """A fresh dispute, or an inquiry, which asks first and withdraws nothing."""
    code = NETWORK_CODES.get(reason, "13.5")
    card = charge["payment_method_details"].get("card") or {}
    brand = card.get("brand", "visa")
    details = {
        "brand": brand,
        "case_type": "inquiry" if is_inquiry else "chargeback",
        "network": card.get("network") or brand,
        "network_reason_code": code,
    }
    return {
        "id": new_id("du_1"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": _evidence(charge),
        "evidence_details": {
            "due_by": now + DAYS_TO_ANSWER * 24 * 3600,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": is_inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": code,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": details, "type": "card"},
        "reason": reason,
        "status": "warning_needs_response" if is_inquiry else "needs_response",
    }


def _evidence(charge: dict[str, Any]) -> dict[str, Any]:
    """Empty but for what Stripe knows from the payment itself."""
    buyer = charge["billing_details"]
    known = {"customer_email_address": buyer["email"], "customer_name": buyer["name"]}
    return {**dict.fromkeys(EVIDENCE), **known, "enhanced_evidence": {}}
