"""What the payment page shows of a session: its rows, its choices, its total."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from stripe_sandbox.currencies import money_text
from stripe_sandbox.models import StoredObject
from stripe_sandbox.sessions import lines_of
from stripe_sandbox.store import body_of


@dataclass(frozen=True)
class Row:
    """One row of the receipt, amounts as text."""

    name: str
    detail: str
    amount: str


@dataclass(frozen=True)
class Choice:
    """One shipping rate that the buyer can take."""

    id: str
    name: str
    detail: str
    amount: str
    is_chosen: bool


def receipt_of(session: StoredObject) -> dict[str, Any]:
    """The context of every page about a session."""
    body = session.body
    rows = [_line(item) for item in lines_of(session.stripe_id)]
    rows += [*_discount(session), *_shipping(body), *_tax(session)]
    return {
        "session": body,
        "lines": rows,
        "total": money_text(body["amount_total"], body["currency"]),
        "shop": settings.SANDBOX_MERCHANT or urlsplit(body["success_url"]).netloc,
        "back": back_to_shop(body),
    }


def back_to_shop(session: dict[str, Any]) -> str:
    """Where a buyer goes who does not pay."""
    if session["cancel_url"]:
        return str(session["cancel_url"])
    parts = urlsplit(session["success_url"])
    return f"{parts.scheme}://{parts.netloc}/"


def shipping_choices(session: StoredObject) -> list[Choice]:
    """The rates on offer; empty where there is nothing to choose."""
    options = session.body["shipping_options"]
    if len(options) < 2:  # noqa: PLR2004
        return []
    choices = []
    for option in options:
        rate = body_of(option["shipping_rate"]) or {}
        choices.append(
            Choice(
                option["shipping_rate"],
                rate.get("display_name") or "Shipping",
                _estimate(rate.get("delivery_estimate")),
                _price(option["shipping_amount"], session.body["currency"]),
                option["shipping_rate"] == session.hidden["shipping_rate"],
            )
        )
    return choices


def discount_name(session: StoredObject) -> str:
    """The code that the buyer typed, or the coupon's name; empty without a discount."""
    discount = session.hidden.get("discount")
    if not discount:
        return ""
    code = body_of(discount["body"]["promotion_code"] or "")
    return str(code["code"] if code else discount["coupon"]["name"] or discount["coupon"]["id"])


def _line(item: dict[str, Any]) -> Row:
    currency, detail = item["currency"], ""
    if item["quantity"] > 1:
        each = money_text(item["price"]["unit_amount"], currency)
        detail = f"{item['quantity']} at {each} each"
    product = body_of(item["price"]["product"]) or {}
    detail = detail or product.get("description") or ""
    return Row(item["description"], detail, money_text(item["amount_subtotal"], currency))


def _discount(session: StoredObject) -> list[Row]:
    discount = session.hidden.get("discount")
    if not discount:
        return []
    coupon, body = discount["coupon"], session.body
    if coupon["percent_off"] is not None:
        detail = f"{coupon['percent_off']:g}% off"
    else:
        detail = f"{money_text(coupon['amount_off'], body['currency'])} off"
    amount = money_text(-body["total_details"]["amount_discount"], body["currency"])
    return [Row(f"Discount: {discount_name(session)}", detail, amount)]


def _shipping(body: dict[str, Any]) -> list[Row]:
    cost = body["shipping_cost"]
    if not cost:
        return []
    rate = body_of(cost["shipping_rate"]) or {}
    amount = _price(cost["amount_subtotal"], body["currency"])
    return [Row(rate.get("display_name") or "Shipping", "Shipping", amount)]


def _tax(session: StoredObject) -> list[Row]:
    body = session.body
    tax = body["total_details"]["amount_tax"]
    on_top = body["amount_total"] - (
        body["amount_subtotal"]
        - body["total_details"]["amount_discount"]
        + body["total_details"]["amount_shipping"]
    )
    rows = []
    if on_top or body["automatic_tax"]["enabled"]:
        simulated = "Simulated" if body["automatic_tax"]["enabled"] else ""
        rows.append(Row("Tax", simulated, money_text(on_top, body["currency"])))
    if tax > on_top:
        inside = money_text(tax - on_top, body["currency"])
        rows.append(Row("Tax in the prices above", "", inside))
    return rows


def _price(amount: int, currency: str) -> str:
    return money_text(amount, currency) if amount else "Free"


def _estimate(given: dict[str, Any] | None) -> str:
    """For example `3 to 5 business days`."""
    ends = [given[end] for end in ("minimum", "maximum") if given and given.get(end)]
    if not ends:
        return ""
    numbers = " to ".join(str(value) for value in dict.fromkeys(end["value"] for end in ends))
    plural = "" if ends[-1]["value"] == 1 else "s"
    return f"{numbers} {ends[-1]['unit'].replace('_', ' ')}{plural}"
