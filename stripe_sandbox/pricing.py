"""What a session comes to: lines, discount, shipping, taxes.

All amounts are integers in the smallest unit of the currency. `amount_total` of a line is its
subtotal less its discount, plus the taxes that are not in the price already.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from stripe_sandbox.bodies.catalogue import tax_rate_body
from stripe_sandbox.bodies.tax import tax_on
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import body_of

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Taxed:
    """An amount with its taxes, each as `{amount, rate, taxability_reason, taxable_amount}`."""

    taxes: list[dict[str, Any]]

    @property
    def total(self) -> int:
        """All taxes, those inside the price included."""
        return sum(tax["amount"] for tax in self.taxes)

    @property
    def on_top(self) -> int:
        """The taxes that are added to the price."""
        return sum(tax["amount"] for tax in self.taxes if not tax["rate"]["inclusive"])


def reprice(session: StoredObject, *, located: bool = False) -> None:
    """Write every amount of the session and its lines anew.

    `located`: from now on the buyer's place is known, so that automatic tax can be told.
    """
    session.hidden["located"] = located or session.hidden.get("located", False)
    rows = list(
        StoredObject.objects.filter(object_type="item", parent_id=session.stripe_id).order_by("pk")
    )
    subtotals = [row.body["price"]["unit_amount"] * row.body["quantity"] for row in rows]
    coupon = (session.hidden.get("discount") or {}).get("coupon")
    shares = discount_shares(subtotals, coupon)
    automatic = _automatic_percent(session)
    on_top = [
        _price_line(row, subtotal, share, automatic, session)
        for row, subtotal, share in zip(rows, subtotals, shares, strict=True)
    ]
    shipping = _shipping(session, automatic)
    subtotal, discount = sum(subtotals), sum(shares)
    total = subtotal - discount + sum(on_top) + (shipping["amount_total"] if shipping else 0)
    session.change(
        amount_subtotal=subtotal,
        amount_total=total,
        payment_status="unpaid" if total else "no_payment_required",
        shipping_cost=shipping,
        total_details={
            "amount_discount": discount,
            "amount_shipping": shipping["amount_subtotal"] if shipping else 0,
            "amount_tax": sum(row.body["amount_tax"] for row in rows)
            + (shipping["amount_tax"] if shipping else 0),
        },
    )


def discount_shares(subtotals: list[int], coupon: dict[str, Any] | None) -> list[int]:
    """The discount of each line; together exactly what the coupon takes off."""
    whole = sum(subtotals)
    if coupon is None or whole == 0:
        return [0] * len(subtotals)
    if coupon["percent_off"] is not None:
        off = tax_on(whole, Decimal(str(coupon["percent_off"])))
    else:
        off = min(coupon["amount_off"], whole)
    shares = [off * part // whole for part in subtotals]
    # What rounding left over goes to the lines that lost most by it.
    by_loss = sorted(range(len(subtotals)), key=lambda n: -(off * subtotals[n] % whole))
    for n in by_loss[: off - sum(shares)]:
        shares[n] += 1
    return shares


def taxed(amount: int, rates: list[dict[str, Any]]) -> Taxed:
    """The taxes of an amount: first what is inside it, then what comes on top of the rest."""
    inside = sum((_percent(rate) for rate in rates if rate["inclusive"]), Decimal(0))
    taxes = []
    net = amount - tax_on(amount, HUNDRED * inside / (HUNDRED + inside))
    for rate in rates:
        percent = _percent(rate)
        if rate["inclusive"]:
            part = tax_on(amount, HUNDRED * percent / (HUNDRED + inside))
        else:
            part = tax_on(net, percent)
        taxes.append(
            {
                "amount": part,
                "rate": rate,
                "taxability_reason": "standard_rated",
                "taxable_amount": net,
            }
        )
    return Taxed(taxes)


def _percent(rate: dict[str, Any]) -> Decimal:
    return Decimal(str(rate["percentage"]))


def _price_line(
    row: StoredObject, subtotal: int, share: int, automatic: Decimal, session: StoredObject
) -> int:
    """Write the amounts of one line; returns the taxes on top of it."""
    rates = [body for rate in row.hidden.get("tax_rates", []) if (body := body_of(rate))]
    if automatic:
        rates = [_automatic_rate(row.body["price"]["tax_behavior"], automatic, session.created)]
    tax = taxed(subtotal - share, rates)
    discount = session.hidden.get("discount")
    row.hidden["taxes"] = tax.taxes
    row.hidden["discounts"] = (
        [{"amount": share, "discount": discount["body"]}] if discount and share else []
    )
    row.change(
        amount_discount=share,
        amount_subtotal=subtotal,
        amount_tax=tax.total,
        amount_total=subtotal - share + tax.on_top,
    )
    return tax.on_top


def _shipping(session: StoredObject, automatic: Decimal) -> dict[str, Any] | None:
    rate = body_of(session.hidden.get("shipping_rate") or "")
    if rate is None:
        return None
    amount = rate["fixed_amount"]["amount"]
    rates = [_automatic_rate(rate["tax_behavior"], automatic, session.created)] if automatic else []
    tax = taxed(amount, rates)
    session.hidden["shipping_taxes"] = tax.taxes
    return {
        "amount_subtotal": amount,
        "amount_tax": tax.total,
        "amount_total": amount + tax.on_top,
        "shipping_rate": rate["id"],
    }


def _automatic_percent(session: StoredObject) -> Decimal:
    is_known = session.body["automatic_tax"]["enabled"] and session.hidden["located"]
    return settings.SANDBOX_TAX_PERCENT if is_known else Decimal(0)


def _automatic_rate(behavior: str, percent: Decimal, now: int) -> dict[str, Any]:
    """The one simulated rate; the sandbox knows nothing of real tax."""
    return tax_rate_body(
        {
            "display_name": "Sales Tax",
            "inclusive": behavior == "inclusive",
            "percentage": float(percent),
            "country": "US",
            "tax_type": "sales_tax",
        },
        now,
    ) | {"id": "txr_sandbox_automatic", "active": False}
