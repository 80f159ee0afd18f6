"""Every mail an order can send, one function each. All go through the stored outbox."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from post_office.models import Email

from orders import events
from orders.models import Order, OrderEvent, Refund, Shipment
from outbox.mail import queue_mail


class MailNotPossible(Exception):
    """There is nothing this mail could tell about this order."""


def order_received(order: Order) -> Email:
    """To the customer: the order is placed; here is where it can be paid and looked at."""
    return _to_customer(order, "order_received")


def order_paid(order: Order) -> Email:
    """To the customer: the money is here, the order is on its way to the shelf."""
    return _to_customer(order, "order_paid")


def order_shipped(shipment: Shipment) -> Email:
    """To the customer: a parcel has left; what is in it and how to follow it."""
    lines = list(shipment.lines.select_related("line"))
    return _to_customer(shipment.order, "order_shipped", shipment=shipment, parcel_lines=lines)


def order_cancelled(order: Order) -> Email:
    """To the customer: nothing of it will be sent."""
    return _to_customer(order, "order_cancelled")


def order_refunded(refund: Refund) -> Email:
    """To the customer: money has been sent back."""
    return _to_customer(refund.order, "order_refunded", refund=refund)


def order_link(order: Order) -> Email:
    """To the customer: the link to the order page, asked for on the look-up page."""
    return _to_customer(order, "order_link")


def order_new_link(order: Order) -> Email:
    """To the customer's corrected address: the order's new link; the one before no longer works."""
    return _to_customer(order, "order_new_link")


def staff_order_paid(order: Order) -> Email:
    """To staff: there is something to ship."""
    return _to_staff(order, "staff_order_paid")


def staff_needs_review(order: Order, reason: str) -> Email:
    """To staff: an order that a person has to look at, and why."""
    return _to_staff(order, "staff_needs_review", reason=reason)


def _latest_shipment(order: Order) -> Email:
    shipment = order.shipments.order_by("-pk").first()
    if shipment is None:
        message = "Nothing of this order has been shipped."
        raise MailNotPossible(message)
    return order_shipped(shipment)


def _latest_refund(order: Order) -> Email:
    refund = order.refunds.filter(status=Refund.Status.SETTLED).order_by("-pk").first()
    if refund is None:
        message = "No refund of this order is settled."
        raise MailNotPossible(message)
    return order_refunded(refund)


# What staff can send again, in the order of an order's life.
RESENDABLE: dict[str, tuple[str, Callable[[Order], Email]]] = {
    "order_received": ("Order received", order_received),
    "order_paid": ("Order paid", order_paid),
    "order_shipped": ("Parcel shipped (the latest)", _latest_shipment),
    "order_cancelled": ("Order canceled", order_cancelled),
    "order_refunded": ("Refund sent (the latest)", _latest_refund),
    "order_link": ("Link to the order page", order_link),
}


def resend(*, order: Order, kind: str, actor: events.Actor) -> Email:
    """Send one of RESENDABLE again and write that down.

    Raises MailNotPossible when the order is not that far, KeyError for an unknown kind.
    """
    label, send = RESENDABLE[kind]
    if kind == "order_paid" and not order.is_paid:
        message = "This order is not paid."
        raise MailNotPossible(message)
    if kind == "order_cancelled" and order.status != Order.Status.CANCELLED:
        message = "This order is not canceled."
        raise MailNotPossible(message)
    with transaction.atomic():
        email = send(order)
        events.record(order, OrderEvent.Type.MAIL_RESENT, actor=actor, mail=label)
    return email


def _to_customer(order: Order, template: str, **more: Any) -> Email:
    return queue_mail(
        to=order.email,
        template=f"orders/{template}",
        context=_context(order, more),
        reply_to=settings.STAFF_EMAIL,
    )


def _to_staff(order: Order, template: str, **more: Any) -> Email:
    return queue_mail(
        to=settings.STAFF_EMAIL,
        template=f"orders/{template}",
        context=_context(order, more),
        reply_to=order.email,
    )


def _context(order: Order, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "order": order,
        "lines": list(order.lines.order_by("pk")),
        "order_url": f"{settings.SITE_URL}{order.get_absolute_url()}",
        "admin_url": f"{settings.SITE_URL}/admin/orders/order/{order.pk}/change/",
        **more,
    }
