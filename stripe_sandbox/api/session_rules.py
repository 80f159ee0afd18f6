"""What Stripe demands of a new Checkout Session beyond the types of its parameters."""

import re
from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox.api.metadata import check_metadata
from stripe_sandbox.api.session_amounts import check_amounts, currency_of
from stripe_sandbox.bodies.session import method_types
from stripe_sandbox.errors import InvalidRequest, missing_param, not_simulated

HALF_HOUR, DAY = 30 * 60, 24 * 3600
# Stripe measures from its own clock when the request arrives; a little travel time is forgiven.
SLACK_SECONDS = 15
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
LENGTHS = {
    "client_reference_id": 200,
    "customer_email": 800,
    "success_url": 5000,
    "cancel_url": 5000,
}

# Parameters that change what the sandbox does. What Stripe takes beyond them is refused aloud,
# because a parameter that is silently ignored here would surprise in production.
ACTED_ON = frozenset(
    [
        "adaptive_pricing",
        "allow_promotion_codes",
        "allowed_payment_method_types",
        "automatic_tax",
        "billing_address_collection",
        "cancel_url",
        "client_reference_id",
        "custom_text",
        "customer",
        "customer_creation",
        "customer_email",
        "discounts",
        "excluded_payment_method_types",
        "expand",
        "expires_at",
        "invoice_creation",
        "line_items",
        "locale",
        "metadata",
        "mode",
        "payment_intent_data",
        "payment_method_collection",
        "phone_number_collection",
        "shipping_options",
        "submit_type",
        "success_url",
        "tax_id_collection",
        "ui_mode",
    ]
)
INTENT_DATA = frozenset(
    [
        "capture_method",
        "description",
        "metadata",
        "receipt_email",
        "setup_future_usage",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
    ]
)
LINE = frozenset(["price", "price_data", "quantity", "metadata", "tax_rates"])
EXCLUSIVE = (
    ("allow_promotion_codes", "discounts"),
    ("customer", "customer_email"),
    ("customer", "customer_creation"),
    ("allowed_payment_method_types", "excluded_payment_method_types"),
)
# Parameters of which only these values are simulated.
ONLY: dict[str, tuple[Any, ...]] = {
    "ui_mode": ("hosted_page",),
    "billing_address_collection": ("auto",),
    "invoice_creation": ({"enabled": False},),
    "payment_method_collection": ("always", "if_required"),
    "phone_number_collection": ({"enabled": False},),
    "tax_id_collection": ({"enabled": False},),
}


def check_session(params: dict[str, Any], now: int) -> None:
    """Raise InvalidRequest with Stripe's words for the first rule that is broken."""
    for name in ("mode", "line_items", "success_url"):
        if not params.get(name):
            raise missing_param(name)
    _refuse_unsimulated(params)
    _check_pairs(params)
    for name, longest in LENGTHS.items():
        check_length(params.get(name, ""), name, longest)
    for name in ("success_url", "cancel_url"):
        _check_url(params.get(name), name)
    email = params.get("customer_email")
    if email and not EMAIL.match(email):
        raise InvalidRequest(
            f"Invalid email address: {email}", param="customer_email", code="email_invalid"
        )
    _check_expiry(params.get("expires_at"), now)
    check_metadata(params.get("metadata"), "metadata")
    intent_data = params.get("payment_intent_data", {})
    check_metadata(intent_data.get("metadata"), "payment_intent_data[metadata]")
    check_amounts(params)
    currency = currency_of(params["line_items"][0])
    if not method_types(params, currency):
        raise InvalidRequest(
            f"No valid payment method types for this Checkout Session in {currency}."
        )


def _refuse_unsimulated(params: dict[str, Any]) -> None:
    for name, value in params.items():
        if name not in ACTED_ON or (name in ONLY and value not in ONLY[name]):
            raise not_simulated(name)
    for name in params.get("payment_intent_data", {}):
        if name not in INTENT_DATA:
            raise not_simulated(f"payment_intent_data[{name}]")
    for index, item in enumerate(params["line_items"]):
        for name in item.keys() - LINE:
            raise not_simulated(f"line_items[{index}][{name}]")


def _check_pairs(params: dict[str, Any]) -> None:
    """What excludes each other."""
    for one, other in EXCLUSIVE:
        if params.get(one) and params.get(other):
            raise InvalidRequest(
                f"You may only specify one of these parameters: {one}, {other}.", param=one
            )
    discounts = params.get("discounts", [])
    if len(discounts) > 1:
        raise InvalidRequest(
            f"Array 'discounts' exceeded maximum allowed items: {len(discounts)} (max 1)",
            param="discounts",
        )
    for discount in discounts:
        if len(discount) != 1:
            raise InvalidRequest(
                "You must specify either `coupon` or `promotion_code` in `discounts`.",
                param="discounts[0]",
            )
    if params.get("automatic_tax", {}).get("enabled") and any(
        "tax_rates" in item for item in params["line_items"]
    ):
        raise InvalidRequest(
            "You cannot use `tax_rates` when `automatic_tax[enabled]` is true.", param="line_items"
        )


def check_length(value: str, name: str, longest: int) -> None:
    """Raise InvalidRequest for a text that is longer than Stripe takes."""
    if len(value) > longest:
        raise InvalidRequest(
            f"Invalid string: {value[:10]}...{value[-10:]}; must be at most {longest} characters",
            param=name,
        )


def _check_url(url: str | None, name: str) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidRequest("Not a valid URL", param=name, code="url_invalid")


def _check_expiry(expires_at: int | None, now: int) -> None:
    if expires_at is None:
        return
    if expires_at < now + HALF_HOUR - SLACK_SECONDS:
        words = "at least 30 minutes"
    elif expires_at > now + DAY + SLACK_SECONDS:
        words = "less than 24 hours"
    else:
        return
    raise InvalidRequest(
        f"The `expires_at` timestamp must be {words} from Checkout Session creation.",
        param="expires_at",
    )
