"""What Stripe demands of the lines and the shipping of a Checkout Session."""

from typing import Any

from stripe_sandbox.currencies import LARGEST_AMOUNT, SUPPORTED
from stripe_sandbox.errors import (
    InvalidRequest,
    below,
    invalid_currency,
    missing_param,
    not_simulated,
)
from stripe_sandbox.store import find

MOST_LINES = 100
MOST_SHIPPING = 5
PRICE_DATA = {"currency", "unit_amount", "product_data", "product", "tax_behavior", "recurring"}


def check_amounts(params: dict[str, Any]) -> None:
    """Raise InvalidRequest for the first amount, quantity or currency that Stripe refuses."""
    lines = params["line_items"]
    _check_count(lines, "line_items", MOST_LINES)
    prices = [_price(item, f"line_items[{index}]") for index, item in enumerate(lines)]
    _check_mode(params["mode"], prices)
    currency, total = "", 0
    for index, (item, price) in enumerate(zip(lines, prices, strict=True)):
        at = f"line_items[{index}]"
        currency = _check_currency(price["currency"], currency, f"{at}[price_data][currency]")
        total += _line_amount(item, price, at)
        for rate in item.get("tax_rates", []):
            find("tax_rate", rate, param=f"{at}[tax_rates]", on_path=False)
    total += check_shipping(params.get("shipping_options", []), currency)
    _whole(total, "line_items")


def check_shipping(options: list[dict[str, Any]], currency: str) -> int:
    """Raise InvalidRequest for shipping options that Stripe refuses; returns the first one's price."""
    _check_count(options, "shipping_options", MOST_SHIPPING)
    amounts = []
    for index, option in enumerate(options):
        at = f"shipping_options[{index}]"
        if ("shipping_rate" in option) == ("shipping_rate_data" in option):
            raise InvalidRequest(
                f"You must specify either `shipping_rate` or `shipping_rate_data` for {at}.",
                param=at,
            )
        rate = option.get("shipping_rate_data")
        if rate is None:
            stored = find("shipping_rate", option["shipping_rate"], param=at, on_path=False)
            rate = stored.body
            if not rate["active"]:
                raise InvalidRequest(
                    f"The shipping rate {stored.stripe_id} is archived and cannot be used.",
                    param=at,
                )
        name = f"{at}[shipping_rate_data][fixed_amount]"
        if "fixed_amount" not in rate:
            raise missing_param(name)
        _check_currency(rate["fixed_amount"]["currency"], currency, f"{name}[currency]")
        amounts.append(_whole(rate["fixed_amount"]["amount"], f"{name}[amount]"))
    return amounts[0] if amounts else 0


def currency_of(item: dict[str, Any]) -> str:
    """The currency of a line that has passed."""
    return str(_price(item, "line_items[0]")["currency"])


def _check_count(given: list[Any], name: str, most: int) -> None:
    if len(given) > most:
        raise InvalidRequest(
            f"Array '{name}' exceeded maximum allowed items: {len(given)} (max {most})", param=name
        )


def _price(item: dict[str, Any], at: str) -> dict[str, Any]:
    """The stored or inline price of a line."""
    if "price" in item and "price_data" in item:
        raise InvalidRequest(
            f"You may only specify one of these parameters: {at}[price], {at}[price_data]."
        )
    if "price" in item:
        price = find("price", item["price"], param=f"{at}[price]", on_path=False).body
        if not price["active"]:
            raise InvalidRequest(
                "The price specified is inactive. This field only accepts active prices.",
                param=f"{at}[price]",
            )
        return price
    if "price_data" not in item:
        raise missing_param(f"{at}[price_data]")
    data: dict[str, Any] = item["price_data"]
    for name in data.keys() - PRICE_DATA:
        raise not_simulated(f"{at}[price_data][{name}]")
    if "unit_amount" not in data:
        raise missing_param(f"{at}[price_data][unit_amount]")
    if "product" in data:
        find("product", data["product"], param=f"{at}[price_data][product]", on_path=False)
    elif "product_data" not in data:
        raise missing_param(f"{at}[price_data][product_data]")
    return data


def _check_mode(mode: str, prices: list[dict[str, Any]]) -> None:
    recurs = any(price.get("recurring") for price in prices)
    if mode == "subscription" and not recurs:
        raise InvalidRequest(
            "You must provide at least one recurring price in `subscription` mode when using"
            " prices.",
            param="line_items",
        )
    if mode == "payment" and recurs:
        raise InvalidRequest(
            "You specified `payment` mode but passed a recurring price. Either switch to"
            " `subscription` mode or use only one-time prices.",
            param="line_items",
        )
    if mode != "payment":
        raise not_simulated("mode")


def _line_amount(item: dict[str, Any], price: dict[str, Any], at: str) -> int:
    if "quantity" not in item:
        raise missing_param(f"{at}[quantity]")
    if item["quantity"] < 1:
        raise below(1, f"{at}[quantity]")
    unit: int = _whole(price["unit_amount"], f"{at}[price_data][unit_amount]")
    return unit * int(item["quantity"])


def _check_currency(currency: str, expected: str, name: str) -> str:
    if currency not in SUPPORTED:
        raise invalid_currency(currency, name)
    if expected and currency != expected:
        raise InvalidRequest(
            "All prices on a Checkout Session must have the same currency.", param="line_items"
        )
    return currency


def _whole(amount: int, name: str) -> int:
    if amount < 0:
        raise below(0, name)
    if amount > LARGEST_AMOUNT:
        raise InvalidRequest(
            f"This value must be less than or equal to {LARGEST_AMOUNT}.",
            param=name,
            code="amount_too_large",
        )
    return amount
