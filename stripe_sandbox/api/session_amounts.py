"""What Stripe demands of the lines, the shipping and the total of a new Checkout Session."""

from typing import Any

from stripe_sandbox.currencies import LARGEST_AMOUNT, SUPPORTED, money_text, smallest_charge
from stripe_sandbox.errors import InvalidRequest, not_simulated

MOST_LINES = 100


def check_amounts(params: dict[str, Any]) -> None:
    """Raise InvalidRequest for the first amount, quantity or currency that Stripe refuses."""
    lines = params["line_items"]
    if len(lines) > MOST_LINES:
        raise InvalidRequest(
            f"Array 'line_items' exceeded maximum allowed items: {len(lines)} (max {MOST_LINES})",
            param="line_items",
        )
    currency, total = "", 0
    for index, item in enumerate(lines):
        at = f"line_items[{index}]"
        currency = _check_currency(item["price_data"]["currency"], currency, at)
        total += _line_amount(item, at)
    for index, option in enumerate(params.get("shipping_options", [])):
        rate, at = option["shipping_rate_data"], f"shipping_options[{index}][shipping_rate_data]"
        if "fixed_amount" not in rate:
            raise InvalidRequest(
                f"Missing required param: {at}[fixed_amount].",
                param=f"{at}[fixed_amount]",
                code="parameter_missing",
            )
        _check_currency(rate["fixed_amount"]["currency"], currency, at)
        total += _whole(rate["fixed_amount"]["amount"], f"{at}[fixed_amount][amount]")
    if 0 < total < smallest_charge(currency):
        least = money_text(smallest_charge(currency), currency)
        raise InvalidRequest(
            f"The Checkout Session's total amount due must add up to at least {least} {currency}",
            code="amount_too_small",
        )
    _whole(total, "line_items")


def _line_amount(item: dict[str, Any], at: str) -> int:
    if "price_data" not in item or "quantity" not in item:
        name = f"{at}[quantity]" if "price_data" in item else f"{at}[price_data]"
        raise InvalidRequest(
            f"Missing required param: {name}.", param=name, code="parameter_missing"
        )
    price = item["price_data"]
    for name in price.keys() - {"currency", "unit_amount", "product_data", "tax_behavior"}:
        raise not_simulated(f"{at}[price_data][{name}]")
    for name in ("unit_amount", "product_data"):
        if name not in price:
            full = f"{at}[price_data][{name}]"
            raise InvalidRequest(
                f"Missing required param: {full}.", param=full, code="parameter_missing"
            )
    if item["quantity"] < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            param=f"{at}[quantity]",
            code="parameter_invalid_integer",
        )
    unit: int = _whole(price["unit_amount"], f"{at}[price_data][unit_amount]")
    return unit * int(item["quantity"])


def _check_currency(currency: str, expected: str, at: str) -> str:
    if currency not in SUPPORTED:
        raise InvalidRequest(f"Invalid currency: {currency}.", param=f"{at}[price_data][currency]")
    if expected and currency != expected:
        raise InvalidRequest(
            "All prices on a Checkout Session must have the same currency.", param="line_items"
        )
    return currency


def _whole(amount: int, name: str) -> int:
    if amount < 0:
        raise InvalidRequest(
            "This value must be greater than or equal to 0.",
            param=name,
            code="parameter_invalid_integer",
        )
    if amount > LARGEST_AMOUNT:
        raise InvalidRequest(
            f"This value must be less than or equal to {LARGEST_AMOUNT}.",
            param=name,
            code="amount_too_large",
        )
    return amount
