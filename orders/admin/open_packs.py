"""What of an order can go into a parcel now, from rows that are loaded already."""

from orders.models import Order, Refund

# A refund on its way may still fail; until it is settled its packs neither ship nor go back.
ON_THEIR_WAY = (Refund.Status.REQUESTED, Refund.Status.SENT, Refund.Status.IN_DOUBT)


def to_ship(order: Order) -> dict[int, int]:
    """Return {order line id: packs} that can be shipped: open, and not about to be paid back.

    None of an order that is not paid, or not alive any more.

    The same count as the domain's (refunds.packs_on_their_way_back), which has the last word; this one
    asks the database nothing when lines, refunds and their lines are prefetched.
    """
    if order.status != Order.Status.PAID:
        return {line.pk: 0 for line in order.lines.all()}
    going = being_withdrawn(order)
    return {line.pk: max(0, line.quantity_open - going[line.pk]) for line in order.lines.all()}


def being_withdrawn(order: Order) -> dict[int, int]:
    """Return {order line id: packs} that have not left and are in a refund that is not settled."""
    going = {line.pk: 0 for line in order.lines.all()}
    for refund in order.refunds.all():
        if refund.status in ON_THEIR_WAY:
            for item in refund.lines.all():
                asked = item.quantity_unshipped
                going[item.line_id] += item.quantity if asked is None else asked
    return going
