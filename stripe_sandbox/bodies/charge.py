"""Charges, paid or failed, as Stripe makes them. Amounts in the smallest unit."""

from typing import Any

from stripe_sandbox.bodies.payment import (
    BankDetails,
    CardDetails,
    Payer,
    billing_details,
    checks,
    fingerprint,
)
from stripe_sandbox.bodies.risk import outcome_at_risk
from stripe_sandbox.cards import Decline, brand_of
from stripe_sandbox.ids import new_id


def charge_body(
    intent: dict[str, Any],
    payer: Payer,
    now: int,
    *,
    decline: Decline | None,
    authenticated: bool,
) -> dict[str, Any]:
    """A charge: failed with `decline`, pending from a bank account, else succeeded.

    A card whose intent says `manual` is only authorized. The balance comes a moment later.
    """
    is_pending = isinstance(payer, BankDetails) and decline is None
    paid = decline is None
    captured = paid and intent["capture_method"] != "manual"
    return {
        "id": new_id("ch_3"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": billing_details(payer),
        "calculated_statement_descriptor": intent["statement_descriptor"] or "STRIPE SANDBOX",
        "captured": captured,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": outcome_at_risk(_outcome(decline), getattr(payer, "number", "")),
        "paid": paid and not is_pending,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": _charged(intent, payer, decline, authenticated=authenticated),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending" if is_pending else "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": None,
    }


def _outcome(decline: Decline | None) -> dict[str, Any]:
    common = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "risk_level": "normal",
        "risk_score": 20,
    }
    if decline is None:
        return common | {
            "network_status": "approved_by_network",
            "reason": None,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return common | {
        "network_status": "declined_by_network",
        "reason": decline.decline_code or decline.code,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def _charged(
    intent: dict[str, Any], payer: Payer, decline: Decline | None, *, authenticated: bool
) -> dict[str, Any]:
    if isinstance(payer, CardDetails):
        return _charged_card(intent, payer, decline, authenticated=authenticated)
    details: dict[str, Any] = {
        "fingerprint": fingerprint(f"{payer.kind} {payer.last4} {payer.fails}"),
        "last4": payer.last4,
        "mandate": None,
        "expected_debit_date": None,
    }
    if payer.kind == "sepa_debit":
        details |= {"bank_code": "19043", "branch_code": "", "country": "AT"}
    else:
        details |= {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "payment_reference": None,
            "routing_number": "110000000",
        }
    return {payer.kind: details, "type": payer.kind}


def _charged_card(
    intent: dict[str, Any], card: CardDetails, decline: Decline | None, *, authenticated: bool
) -> dict[str, Any]:
    brand = brand_of(card.number)
    details = {
        "amount_authorized": None if decline else intent["amount"],
        "authorization_code": None if decline else "123456",
        "brand": brand,
        "checks": checks(card, decline),
        "country": "US",
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": fingerprint(card.number),
        "funding": "credit",
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card.number[-4:],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": brand,
        "network_token": {"used": False},
        "network_transaction_id": str(int(fingerprint(intent["id"])[:12], 16)),
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": _three_d_secure() if authenticated else None,
        "wallet": None,
    }
    return {"card": details, "type": "card"}


def _three_d_secure() -> dict[str, Any]:
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": new_id("", 36),
        "version": "2.2.0",
    }
