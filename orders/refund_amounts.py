"""What packs and shipping of an order are worth when they are paid back. Pure arithmetic, in cents."""

from orders.models import Order, OrderLine


def packs_cents(line: OrderLine, *, already: int, quantity: int) -> int:
    """Return what `quantity` packs of `line` cost, discount and tax included.

    `already` packs of the line have been paid back before. Each pack's share is rounded so that all of
    them together give exactly what the line cost.
    """
    return _first(line, already + quantity) - _first(line, already)


def shipping_cents(order: Order) -> int:
    """Return what shipping cost, tax included."""
    return order.shipping_cents + order.shipping_tax_cents


def _first(line: OrderLine, packs: int) -> int:
    cost = line.total_cents + line.tax_cents
    return (2 * cost * packs + line.quantity) // (2 * line.quantity)
