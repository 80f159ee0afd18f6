"""PaymentIntents and PaymentMethods, as Stripe makes them.

Amounts are in the smallest unit of the currency, times in Unix seconds.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from stripe_sandbox.bodies.customer import ADDRESS, address_body
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


@dataclass(frozen=True)
class BankDetails:
    """A bank account that is debited with delay. `fails`: the bank will say no in the end."""

    kind: str  # us_bank_account or sepa_debit
    last4: str
    name: str
    email: str
    postal_code: str = ""
    fails: bool = False


Payer = CardDetails | BankDetails


def payment_intent_body(
    data: dict[str, Any],
    now: int,
    *,
    amount: int,
    currency: str,
    method_types: list[str],
) -> dict[str, Any]:
    """A PaymentIntent; `data` is a session's `payment_intent_data` or the parameters of a request."""
    intent_id = new_id("pi_3")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": data.get("automatic_payment_methods"),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": data.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{random_text(25)}",
        "confirmation_method": data.get("confirmation_method", "automatic"),
        "created": now,
        "currency": currency,
        "customer": data.get("customer"),
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
        "payment_method_types": method_types,
        "processing": None,
        "receipt_email": data.get("receipt_email"),
        "review": None,
        "setup_future_usage": data.get("setup_future_usage"),
        "shipping": _shipping(data.get("shipping")),
        "source": None,
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def _shipping(given: dict[str, Any] | None) -> dict[str, Any] | None:
    if not given:
        return None
    address = {part: given["address"].get(part) for part in ADDRESS}
    more = {name: given.get(name) for name in ("carrier", "phone", "tracking_number")}
    return {"address": address, "name": given["name"], **more}


def billing_details(card: Payer) -> dict[str, Any]:
    """What the buyer said about themselves; the page asks for no more than this."""
    return {
        "address": address_body({"country": "US", "postal_code": card.postal_code}),
        "email": card.email or None,
        "name": card.name or None,
        "phone": None,
        "tax_id": None,
    }


def checks(card: CardDetails, decline: Decline | None) -> dict[str, Any]:
    """What the bank says about security code and postal code."""
    wrong_cvc = decline is not None and decline.code == "incorrect_cvc"
    return {
        "address_line1_check": None,
        "address_postal_code_check": "pass" if card.postal_code else None,
        "cvc_check": "fail" if wrong_cvc else "pass",
    }


def fingerprint(number: str) -> str:
    """The same card always has the same fingerprint, and it does not give the number away."""
    return sha256(number.encode()).hexdigest()[:16]


def payment_method_body(payer: Payer, now: int) -> dict[str, Any]:
    """The PaymentMethod of what the buyer paid with."""
    kind = payer.kind if isinstance(payer, BankDetails) else "card"
    details = _account(payer) if isinstance(payer, BankDetails) else _card(payer)
    return {
        "id": new_id("pm_1"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_details(payer),
        kind: details,
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }


def _card(card: CardDetails) -> dict[str, Any]:
    brand = brand_of(card.number)
    return {
        "brand": brand,
        "checks": checks(card, None),
        "country": "US",
        "display_brand": brand,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "fingerprint": fingerprint(card.number),
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _account(bank: BankDetails) -> dict[str, Any]:
    print_of_account = fingerprint(f"{bank.kind} {bank.last4} {bank.fails}")
    if bank.kind == "sepa_debit":
        return {
            "bank_code": "19043",
            "branch_code": "",
            "country": "AT",
            "fingerprint": print_of_account,
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": bank.last4,
        }
    return {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": print_of_account,
        "last4": bank.last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
        "status_details": {},
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
