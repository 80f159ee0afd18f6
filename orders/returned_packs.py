"""What a refund does to the packs it pays back. In the caller's transaction, under the order's lock."""

from django.db.models import F

from orders import events, review
from orders.models import Order, OrderEvent, OrderLine, Refund
from products import stock
from products.models import StockMovement


def take_back(order: Order, row: Refund) -> None:
    """Let go of the unshipped packs of a settled refund; put returned ones back where staff said so."""
    # Packs are locked in everybody's order, not in that of the cart.
    for item in row.lines.select_related("line").order_by("line__variant_id"):
        line = item.line
        asked = item.quantity if item.quantity_unshipped is None else item.quantity_unshipped
        unshipped = min(asked, line.quantity_open)
        if unshipped and order.status == Order.Status.PAID:
            _unreserve(order, line, unshipped)
            OrderLine.objects.filter(pk=line.pk).update(
                quantity_withdrawn=F("quantity_withdrawn") + unshipped
            )
        came_back = item.quantity - unshipped
        if item.restock and came_back:
            stock.move(
                variant_id=line.variant_id,
                kind=StockMovement.Kind.RETURNED,
                quantity=came_back,
                reason="Returned by the customer",
                reference=order.number,
                actor=row.actor,
            )


def _unreserve(order: Order, line: OrderLine, packs: int) -> None:
    try:
        stock.release_some(reference=order.number, quantities={line.variant_id: packs})
    except stock.StockRefused:
        # The money is back all the same; that is written down whatever the shelves say.
        review.ask(
            order, f"Fewer packs of {line.sku} are reserved than were paid back. Count them."
        )


def finish_if_nothing_is_left(order: Order) -> None:
    """End an order of which every pack has been shipped or paid back."""
    lines = list(order.lines.all())
    if order.status != Order.Status.PAID or any(line.quantity_open for line in lines):
        return
    if any(line.quantity_shipped for line in lines):
        order.mark_shipped()
    else:
        order.mark_cancelled()
        events.record(order, OrderEvent.Type.CANCELLED, reason="All of it was paid back.")
