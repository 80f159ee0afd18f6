"""How a total is made. Pure arithmetic: the same numbers in the cart, at Stripe, on the order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from shop.lib.money import percent_of, spread


@dataclass(frozen=True)
class Tax:
    """Sales tax at a destination: a rate in percent, and whether shipping bears it."""

    percent: Decimal = Decimal(0)
    taxes_shipping: bool = False


NO_TAX = Tax()


@dataclass(frozen=True)
class LineTotal:
    """One line of a total. All amounts in cents."""

    unit_price_cents: int
    quantity: int
    discount_cents: int
    tax_percent: Decimal
    tax_cents: int

    @property
    def net_cents(self) -> int:
        """What the line costs after the discount, before tax."""
        return self.unit_price_cents * self.quantity - self.discount_cents


@dataclass(frozen=True)
class Totals:
    """A whole total and how it came about. All amounts in cents."""

    lines: tuple[LineTotal, ...]
    items_cents: int
    discount_cents: int
    shipping_cents: int
    shipping_tax_cents: int
    tax_cents: int

    @property
    def total_cents(self) -> int:
        """What the customer pays."""
        return self.items_cents - self.discount_cents + self.shipping_cents + self.tax_cents


def make_totals(
    items: Sequence[tuple[int, int]],
    *,
    discount_cents: int = 0,
    shipping_cents: int = 0,
    tax: Tax = NO_TAX,
) -> Totals:
    """Return the totals of `items`, pairs of (unit price in cents, quantity).

    The discount is spread over the lines by their value, to the cent; it never exceeds the goods. Tax is
    rounded once per line, on what is left after the discount, and once on shipping where it is taxed.
    """
    values = [price * quantity for price, quantity in items]
    discount_cents = min(discount_cents, sum(values))
    shares = spread(discount_cents, values) if values else []
    lines = tuple(
        LineTotal(
            unit_price_cents=price,
            quantity=quantity,
            discount_cents=share,
            tax_percent=tax.percent,
            tax_cents=percent_of(price * quantity - share, tax.percent),
        )
        for (price, quantity), share in zip(items, shares, strict=True)
    )
    shipping_tax = percent_of(shipping_cents, tax.percent) if tax.taxes_shipping else 0
    return Totals(
        lines=lines,
        items_cents=sum(values),
        discount_cents=discount_cents,
        shipping_cents=shipping_cents,
        shipping_tax_cents=shipping_tax,
        tax_cents=sum(line.tax_cents for line in lines) + shipping_tax,
    )


def with_taxes(totals: Totals, *, line_tax_cents: Sequence[int], shipping_tax_cents: int) -> Totals:
    """Return `totals` with sales tax that somebody else has worked out, one figure per line.

    Raises ValueError when there is not one per line.
    """
    lines = tuple(
        replace(line, tax_cents=tax) for line, tax in zip(totals.lines, line_tax_cents, strict=True)
    )
    tax = sum(line_tax_cents) + shipping_tax_cents
    return replace(totals, lines=lines, shipping_tax_cents=shipping_tax_cents, tax_cents=tax)
