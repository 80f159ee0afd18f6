"""A Checkout Session and what hangs on it, as Stripe makes them."""

from typing import Any

from stripe_sandbox.bodies.customer import address_body
from stripe_sandbox.ids import new_id

# The one simulated bank debit of each currency that has one.
DEBITS = {"usd": "us_bank_account", "eur": "sepa_debit"}


def line_item_body(
    item: dict[str, Any], product: dict[str, Any], price: dict[str, Any]
) -> dict[str, Any]:
    """One line of a session; amounts in the smallest unit of the currency."""
    amount = price["unit_amount"] * item["quantity"]
    return {
        "id": new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": item.get("metadata", {}),
        "price": price,
        "quantity": item["quantity"],
    }


def session_body(
    params: dict[str, Any],
    *,
    currency: str,
    customer: dict[str, Any] | None,
    rates: list[dict[str, Any]],
    now: int,
    url: str,
) -> dict[str, Any]:
    """An open session. `rates`: the shipping rates to choose from; pricing.py writes the amounts."""
    email = params.get("customer_email")
    known_email = customer["email"] if customer else email
    taxed = params.get("automatic_tax", {}).get("enabled", False)
    session_id = new_id("cs_test_", 58)
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": params.get("adaptive_pricing", {}).get("enabled", True)},
        "after_expiration": None,
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "amount_subtotal": 0,
        "amount_total": 0,
        "automatic_tax": {
            "enabled": taxed,
            "liability": {"type": "self"} if taxed else None,
            "provider": "stripe" if taxed else None,
            "status": "requires_location_inputs" if taxed else None,
        },
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": _custom_text(params.get("custom_text", {})),
        "customer": customer["id"] if customer else None,
        "customer_account": None,
        "customer_creation": None if customer else params.get("customer_creation", "if_required"),
        "customer_details": customer_details(email=known_email) if known_email else None,
        "customer_email": email,
        "discounts": [],
        "expires_at": params["expires_at"],
        "invoice": None,
        "invoice_creation": _no_invoice(),
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata", {}),
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": method_types(params, currency),
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": shipping_options(rates),
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": params["success_url"],
        "total_details": {
            "amount_discount": 0,
            "amount_shipping": 0,
            "amount_tax": 0,
        },
        "ui_mode": "hosted_page",
        "url": url + session_id,
        "wallet_options": None,
    }


def customer_details(
    *, email: str | None, name: str | None = None, postal_code: str | None = None
) -> dict[str, Any]:
    """What the buyer told the payment page. Stripe shows the given email already before payment."""
    address = address_body({"country": "US", "postal_code": postal_code})
    return {
        "address": address if name else None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [] if name else None,
    }


def _custom_text(given: dict[str, Any]) -> dict[str, Any]:
    places = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {place: given.get(place) or None for place in places}


def shipping_options(rates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the buyer can choose from."""
    return [
        {"shipping_amount": rate["fixed_amount"]["amount"], "shipping_rate": rate["id"]}
        for rate in rates
    ]


def method_types(params: dict[str, Any], currency: str) -> list[str]:
    """What the page offers: a card, and the bank debit of the currency unless it was ruled out.

    A bank account cannot be authorized now and captured later, so `manual` capture leaves the card.
    """
    by_hand = params.get("payment_intent_data", {}).get("capture_method") == "manual"
    debit = DEBITS.get(currency)
    possible = ["card", *([debit] if debit and not by_hand else [])]
    allowed = params.get("allowed_payment_method_types", possible)
    excluded = params.get("excluded_payment_method_types", [])
    return [kind for kind in possible if kind in allowed and kind not in excluded]


def _no_invoice() -> dict[str, Any]:
    return {
        "enabled": False,
        "invoice_data": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": None,
            "metadata": {},
            "rendering_options": None,
        },
    }
