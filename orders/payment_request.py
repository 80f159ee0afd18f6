"""What the gateway is asked for: an order as a payment page. Nothing is asked or stored here."""

from datetime import UTC, datetime

from orders.gateways.base import CheckoutLine, CheckoutRequest, ShippingAddress
from orders.marks import marks_of
from orders.models import Order, OrderLine


def checkout_request(
    order: Order, *, attempt: int, base_url: str, expires_at: datetime
) -> CheckoutRequest:
    """Return the request for try number `attempt` to pay `order`; its amounts add up to the total.

    `base_url` is our origin as the customer sees it.
    """
    page = f"{base_url}{order.get_absolute_url()}"
    return CheckoutRequest(
        order_number=order.number,
        attempt=attempt,
        currency=order.currency,
        lines=[*map(_payable_line, order.lines.order_by("pk")), *_tax_line(order)],
        shipping_name=order.shipping_name,
        shipping_cents=order.shipping_cents,
        email=order.email,
        address=ShippingAddress(
            name=order.name,
            line1=order.line1,
            line2=order.line2,
            city=order.city,
            region=order.region,
            postal_code=order.postal_code,
            country=order.country,
        ),
        # Stripe puts the id where the braces stand; urlencoding them would break that.
        success_url=f"{page}return/?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{page}return/",
        expires_at=int(expires_at.astimezone(UTC).timestamp()),
        metadata=marks_of(order, attempt=attempt),
    )


def _payable_line(line: OrderLine) -> CheckoutLine:
    name = f"{line.product_name}, {line.variant_name}"
    if not line.discount_cents:
        return CheckoutLine(name=name, amount_cents=line.unit_price_cents, quantity=line.quantity)
    # A discounted line seldom divides by its quantity: it goes as one thing at its exact price.
    if line.quantity > 1:
        name = f"{name} × {line.quantity}"
    return CheckoutLine(name=f"{name} (discounted)", amount_cents=line.total_cents)


def _tax_line(order: Order) -> list[CheckoutLine]:
    return [CheckoutLine(name="Sales tax", amount_cents=order.tax_cents)] if order.tax_cents else []
