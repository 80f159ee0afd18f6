"""A Checkout Session and what hangs on it, as Stripe makes them."""

from typing import Any

from stripe_sandbox.ids import new_id


def product_body(data: dict[str, Any], now: int) -> dict[str, Any]:
    """The Product that inline `product_data` creates."""
    return {
        "id": new_id("prod_", 14),
        "object": "product",
        "active": False,
        "created": now,
        "default_price": None,
        "description": data.get("description"),
        "images": data.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": data.get("metadata", {}),
        "name": data["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": data.get("tax_code"),
        "type": "service",
        "unit_label": data.get("unit_label"),
        "updated": now,
        "url": None,
    }


def price_body(data: dict[str, Any], product_id: str, now: int) -> dict[str, Any]:
    """The one-time Price that inline `price_data` creates."""
    return {
        "id": new_id("price_1"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": data["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": data.get("metadata", {}),
        "nickname": None,
        "product": product_id,
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
    }


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


def shipping_rate_body(data: dict[str, Any], now: int) -> dict[str, Any]:
    """The ShippingRate that inline `shipping_rate_data` creates."""
    return {
        "id": new_id("shr_1"),
        "object": "shipping_rate",
        "active": False,
        "created": now,
        "delivery_estimate": data.get("delivery_estimate"),
        "display_name": data["display_name"],
        "fixed_amount": {
            "amount": data["fixed_amount"]["amount"],
            "currency": data["fixed_amount"]["currency"],
        },
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tax_code": data.get("tax_code"),
        "type": "fixed_amount",
    }


def session_body(
    params: dict[str, Any], *, subtotal: int, shipping: dict[str, Any] | None, now: int, url: str
) -> dict[str, Any]:
    """An open session. `shipping` is the chosen rate's body; amounts in the smallest unit."""
    currency = params["line_items"][0]["price_data"]["currency"]
    shipping_amount = shipping["fixed_amount"]["amount"] if shipping else 0
    email = params.get("customer_email")
    taxed = params.get("automatic_tax", {}).get("enabled", False)
    session_id = new_id("cs_test_", 58)
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": params.get("adaptive_pricing", {}).get("enabled", True)},
        "after_expiration": None,
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "amount_subtotal": subtotal,
        "amount_total": subtotal + shipping_amount,
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
        "customer": None,
        "customer_account": None,
        "customer_creation": "if_required",
        "customer_details": customer_details(email=email) if email else None,
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
        "payment_method_types": ["card"],
        "payment_status": "unpaid" if subtotal + shipping_amount else "no_payment_required",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": _shipping_cost(shipping),
        "shipping_options": _shipping_options(shipping),
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": params["success_url"],
        "total_details": {
            "amount_discount": 0,
            "amount_shipping": shipping_amount,
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
    address = {
        "city": None,
        "country": "US",
        "line1": None,
        "line2": None,
        "postal_code": postal_code,
        "state": None,
    }
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


def _shipping_cost(rate: dict[str, Any] | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    amount = rate["fixed_amount"]["amount"]
    return {
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "shipping_rate": rate["id"],
    }


def _shipping_options(rate: dict[str, Any] | None) -> list[dict[str, Any]]:
    if rate is None:
        return []
    return [{"shipping_amount": rate["fixed_amount"]["amount"], "shipping_rate": rate["id"]}]


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
