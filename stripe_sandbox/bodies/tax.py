"""Tax calculations, as Stripe Tax makes them. Amounts in the smallest unit of the currency.

The rate is one simulated percentage for every place and every product, zero unless
SANDBOX_TAX_PERCENT says otherwise: the sandbox knows nothing of tax.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from stripe_sandbox.ids import new_id

GENERAL_GOODS = "txcd_99999999"
SHIPPING = "txcd_92010001"
KEPT_SECONDS = 90 * 24 * 3600


def tax_on(amount: int, percent: Decimal) -> int:
    """The exclusive tax of one line, half a cent rounded up."""
    return int((amount * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def calculation_body(
    params: dict[str, Any], lines: list[dict[str, Any]], percent: Decimal, now: int
) -> dict[str, Any]:
    """A calculation over lines that `calculation_line_body` made."""
    shipping = _shipping(params["shipping_cost"], percent) if "shipping_cost" in params else None
    charged = [*lines, *([shipping] if shipping else [])]
    taxable = sum(one["amount"] for one in charged)
    tax = sum(one["amount_tax"] for one in charged)
    return {
        "id": new_id("taxcalc_1"),
        "object": "tax.calculation",
        "amount_total": taxable + tax,
        "currency": params["currency"],
        "customer": None,
        "customer_details": _customer(params["customer_details"]),
        "expires_at": now + KEPT_SECONDS,
        "livemode": False,
        "ship_from_details": None,
        "shipping_cost": shipping,
        "tax_amount_exclusive": tax,
        "tax_amount_inclusive": 0,
        "tax_breakdown": [_breakdown(params, taxable, tax, percent)],
        "tax_date": params.get("tax_date", now),
    }


def calculation_line_body(item: dict[str, Any], position: int, percent: Decimal) -> dict[str, Any]:
    """One taxed line; `reference` is the caller's own name for it."""
    return {
        "id": new_id("tax_li_"),
        "object": "tax.calculation_line_item",
        "amount": item["amount"],
        "amount_tax": tax_on(item["amount"], percent),
        "livemode": False,
        "metadata": item.get("metadata") or None,
        "product": None,
        "quantity": item.get("quantity", 1),
        "reference": item.get("reference", f"L{position}"),
        "tax_behavior": "exclusive",
        "tax_breakdown": None,
        "tax_code": item.get("tax_code", GENERAL_GOODS),
    }


def _shipping(cost: dict[str, Any], percent: Decimal) -> dict[str, Any]:
    return {
        "amount": cost["amount"],
        "amount_tax": tax_on(cost["amount"], percent),
        "tax_behavior": "exclusive",
        "tax_code": cost.get("tax_code", SHIPPING),
    }


def _customer(details: dict[str, Any]) -> dict[str, Any]:
    parts = ("city", "country", "line1", "line2", "postal_code", "state")
    address = {part: details["address"].get(part) or None for part in parts}
    return {
        "address": address,
        "address_source": details["address_source"],
        "ip_address": None,
        "tax_ids": [],
        "taxability_override": details.get("taxability_override", "none"),
    }


def _breakdown(params: dict[str, Any], taxable: int, tax: int, percent: Decimal) -> dict[str, Any]:
    address = params["customer_details"]["address"]
    return {
        "amount": tax,
        "inclusive": False,
        "tax_rate_details": {
            "country": address["country"],
            "flat_amount": None,
            "percentage_decimal": str(percent),
            "rate_type": "percentage",
            "state": address.get("state") or None,
            "tax_type": "sales_tax",
        },
        "taxability_reason": "standard_rated" if percent else "not_collecting",
        "taxable_amount": taxable if percent else 0,
    }
