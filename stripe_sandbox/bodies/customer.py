"""Customers, as Stripe makes them."""

from typing import Any

from stripe_sandbox.ids import new_id, random_text

ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def customer_body(data: dict[str, Any], now: int) -> dict[str, Any]:
    """A Customer from the parameters of a request or from what a buyer told the payment page."""
    return {
        "id": new_id("cus_", 14),
        "object": "customer",
        "address": address_body(data.get("address")),
        "balance": 0,
        "created": now,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": data.get("description"),
        "discount": None,
        "email": data.get("email"),
        "invoice_prefix": random_text(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "name": data.get("name"),
        "next_invoice_sequence": 1,
        "phone": data.get("phone"),
        "preferred_locales": data.get("preferred_locales", []),
        "shipping": shipping_body(data.get("shipping")),
        "tax_exempt": data.get("tax_exempt", "none"),
        "test_clock": None,
    }


def address_body(given: dict[str, Any] | str | None) -> dict[str, Any] | None:
    """All parts of an address; None when none is given."""
    if not isinstance(given, dict):
        return None
    return {part: given.get(part) or None for part in ADDRESS}


def shipping_body(given: dict[str, Any] | str | None) -> dict[str, Any] | None:
    """Where parcels of a customer go."""
    if not isinstance(given, dict):
        return None
    return {
        "address": address_body(given["address"]),
        "name": given["name"],
        "phone": given.get("phone"),
    }
