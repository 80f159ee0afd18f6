"""PaymentIntents, Charges, PaymentMethods, Refunds and BalanceTransactions, as Stripe makes them.

Amounts are in the smallest unit of the currency, times in Unix seconds.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from stripe_sandbox.cards import Decline, brand_of
from stripe_sandbox.ids import new_id, random_text


@dataclass(frozen=True)
class CardDetails:
    """What a buyer typed about a card, already checked for form."""

    number: str
    exp_month: int
    exp_year: int
    name: str
    email: str
    postal_code: str = ""


def payment_intent_body(session: dict[str, Any], data: dict[str, Any], now: int) -> dict[str, Any]:
    """The PaymentIntent of a session; `data` is the session's `payment_intent_data`."""
    intent_id = new_id("pi_3")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{random_text(25)}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": session["currency"],
        "customer": None,
        "customer_account": None,
        "description": data.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": data.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": data.get("shipping"),
        "source": None,
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def _address(postal_code: str) -> dict[str, Any]:
    return {
        "city": None,
        "country": "US",
        "line1": None,
        "line2": None,
        "postal_code": postal_code or None,
        "state": None,
    }


def _billing_details(card: CardDetails) -> dict[str, Any]:
    return {
        "address": _address(card.postal_code),
        "email": card.email,
        "name": card.name,
        "phone": None,
        "tax_id": None,
    }


def _checks(card: CardDetails, decline: Decline | None) -> dict[str, Any]:
    wrong_cvc = decline is not None and decline.code == "incorrect_cvc"
    return {
        "address_line1_check": None,
        "address_postal_code_check": "pass" if card.postal_code else None,
        "cvc_check": "fail" if wrong_cvc else "pass",
    }


def _fingerprint(number: str) -> str:
    """The same card always has the same fingerprint, and it does not give the number away."""
    return sha256(number.encode()).hexdigest()[:16]


def payment_method_body(card: CardDetails, now: int) -> dict[str, Any]:
    """The PaymentMethod of the card that the buyer used."""
    brand = brand_of(card.number)
    return {
        "id": new_id("pm_1"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": _billing_details(card),
        "card": {
            "brand": brand,
            "checks": _checks(card, None),
            "country": "US",
            "display_brand": brand,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "fingerprint": _fingerprint(card.number),
            "funding": "credit",
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def charge_body(
    intent: dict[str, Any],
    card: CardDetails,
    now: int,
    *,
    decline: Decline | None,
    authenticated: bool,
) -> dict[str, Any]:
    """A charge that succeeded, or with `decline` one that failed. The balance comes a moment later."""
    paid = decline is None
    return {
        "id": new_id("ch_3"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": _billing_details(card),
        "calculated_statement_descriptor": intent["statement_descriptor"] or "STRIPE SANDBOX",
        "captured": paid,
        "created": now,
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": _outcome(decline),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": _charged_card(intent, card, decline, authenticated),
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
        "status": "succeeded" if paid else "failed",
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


def _charged_card(
    intent: dict[str, Any], card: CardDetails, decline: Decline | None, authenticated: bool
) -> dict[str, Any]:
    brand = brand_of(card.number)
    details = {
        "amount_authorized": None if decline else intent["amount"],
        "authorization_code": None if decline else "123456",
        "brand": brand,
        "checks": _checks(card, decline),
        "country": "US",
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": _fingerprint(card.number),
        "funding": "credit",
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card.number[-4:],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": brand,
        "network_token": {"used": False},
        "network_transaction_id": str(int(_fingerprint(intent["id"])[:12], 16)),
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


def payment_error(
    decline: Decline, method: dict[str, Any], charge_id: str | None
) -> dict[str, Any]:
    """`last_payment_error` of a PaymentIntent; fields without a value are absent."""
    page = decline.code.replace("_", "-")
    error: dict[str, Any] = {
        "code": decline.code,
        "doc_url": f"https://stripe.com/docs/error-codes/{page}",
        "message": decline.message,
        "payment_method": method,
        "type": "card_error" if charge_id else "invalid_request_error",
    }
    if charge_id:
        error["charge"] = charge_id
    if decline.decline_code:
        error["decline_code"] = decline.decline_code
    return dict(sorted(error.items()))


def balance_transaction_body(
    source: dict[str, Any], *, kind: str, amount: int, fee: int, now: int
) -> dict[str, Any]:
    """What a charge or refund does to the account's balance. `kind`: `charge` or `refund`."""
    fees = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return {
        "id": new_id("txn_3"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + 2 * 24 * 3600,
        "balance_type": "payments",
        "created": now,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [fees] if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def refund_body(charge: dict[str, Any], params: dict[str, Any], now: int) -> dict[str, Any]:
    """A refund of a card charge; Stripe calls it succeeded at once and adds the reference later."""
    return {
        "id": new_id("re_3"),
        "object": "refund",
        "amount": params["amount"],
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
