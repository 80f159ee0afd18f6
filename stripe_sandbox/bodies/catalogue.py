"""What is sold and how: products, prices, shipping rates, tax rates, coupons, promotion codes.

Each function takes the parameters of a request, inline data of a session included. Amounts are in
the smallest unit of the currency.
"""

from typing import Any

from stripe_sandbox.ids import new_id, random_text

CODE_LENGTH = 8


def product_body(data: dict[str, Any], now: int, *, is_active: bool = False) -> dict[str, Any]:
    """A Product; the one that inline `product_data` makes is not active."""
    return {
        "id": data.get("id") or new_id("prod_", 14),
        "object": "product",
        "active": data.get("active", is_active),
        "created": now,
        "default_price": None,
        "description": data.get("description"),
        "images": data.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": data.get("metadata", {}),
        "name": data["name"],
        "package_dimensions": None,
        "shippable": data.get("shippable"),
        "statement_descriptor": data.get("statement_descriptor"),
        "tax_code": data.get("tax_code"),
        "type": data.get("type", "service"),
        "unit_label": data.get("unit_label"),
        "updated": now,
        "url": data.get("url"),
    }


def price_body(
    data: dict[str, Any], product_id: str, now: int, *, is_active: bool = False
) -> dict[str, Any]:
    """A Price; the one that inline `price_data` makes is not active."""
    recurring = data.get("recurring")
    return {
        "id": new_id("price_1"),
        "object": "price",
        "active": data.get("active", is_active),
        "billing_scheme": "per_unit",
        "created": now,
        "currency": data["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": data.get("lookup_key"),
        "metadata": data.get("metadata", {}),
        "nickname": data.get("nickname"),
        "product": product_id,
        "recurring": _recurring(recurring) if recurring else None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
    }


def _recurring(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "interval": data["interval"],
        "interval_count": data.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def shipping_rate_body(
    data: dict[str, Any], now: int, *, is_active: bool = False
) -> dict[str, Any]:
    """A ShippingRate; the one that inline `shipping_rate_data` makes is not active."""
    return {
        "id": new_id("shr_1"),
        "object": "shipping_rate",
        "active": is_active,
        "created": now,
        "delivery_estimate": _estimate(data.get("delivery_estimate")),
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


def _estimate(given: dict[str, Any] | None) -> dict[str, Any] | None:
    return {end: given.get(end) for end in ("maximum", "minimum")} if given else None


def tax_rate_body(data: dict[str, Any], now: int) -> dict[str, Any]:
    """A TaxRate by percentage."""
    return {
        "id": new_id("txr_1"),
        "object": "tax_rate",
        "active": data.get("active", True),
        "country": data.get("country"),
        "created": now,
        "description": data.get("description"),
        "display_name": data["display_name"],
        "effective_percentage": data["percentage"],
        "flat_amount": None,
        "inclusive": data["inclusive"],
        "jurisdiction": data.get("jurisdiction"),
        "jurisdiction_level": None,
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "percentage": data["percentage"],
        "rate_type": "percentage",
        "state": data.get("state"),
        "tax_type": data.get("tax_type"),
    }


def coupon_body(data: dict[str, Any], now: int) -> dict[str, Any]:
    """A Coupon: `percent_off`, or `amount_off` in a `currency`."""
    return {
        "id": data.get("id") or random_text(CODE_LENGTH),
        "object": "coupon",
        "amount_off": data.get("amount_off"),
        "created": now,
        "currency": data.get("currency"),
        "duration": data.get("duration", "once"),
        "duration_in_months": data.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": data.get("max_redemptions"),
        "metadata": data.get("metadata", {}),
        "name": data.get("name"),
        "percent_off": data.get("percent_off"),
        "redeem_by": data.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }


def promotion_code_body(data: dict[str, Any], now: int) -> dict[str, Any]:
    """A PromotionCode: what buyers type, for a coupon."""
    limits = data.get("restrictions", {})
    return {
        "id": new_id("promo_1"),
        "object": "promotion_code",
        "active": data.get("active", True),
        "code": data.get("code") or random_text(CODE_LENGTH).upper(),
        "created": now,
        "customer": data.get("customer"),
        "customer_account": None,
        "expires_at": data.get("expires_at"),
        "livemode": False,
        "max_redemptions": data.get("max_redemptions"),
        "metadata": data.get("metadata", {}),
        "promotion": {"coupon": data["promotion"]["coupon"], "type": "coupon"},
        "restrictions": {
            "first_time_transaction": limits.get("first_time_transaction", False),
            "minimum_amount": limits.get("minimum_amount"),
            "minimum_amount_currency": limits.get("minimum_amount_currency"),
        },
        "times_redeemed": 0,
    }


def discount_body(
    coupon_id: str, promotion_code: str | None, session_id: str, now: int
) -> dict[str, Any]:
    """A coupon at work on one session."""
    return {
        "id": new_id("di_1"),
        "object": "discount",
        "checkout_session": session_id,
        "customer": None,
        "customer_account": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": promotion_code,
        "source": {"coupon": coupon_id, "type": "coupon"},
        "start": now,
        "subscription": None,
        "subscription_item": None,
    }
