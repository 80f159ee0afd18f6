"""Putting right what was typed wrong: address, email, tracking number. Each is written down.

The timeline keeps what people need to understand it later, not the whole of anybody's old address.
"""

from dataclasses import dataclass, fields

from django.db import transaction

from orders import events
from orders.models import DiscountUse, Order, OrderEvent, Shipment
from outbox import mail
from shop.lib.tokens import new_token


class CorrectionRefused(Exception):
    """This cannot be corrected (any more); the message says why, to staff."""


@dataclass(frozen=True)
class Recipient:
    """Who gets the parcel and where, in the normal form of the order's country."""

    name: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    phone: str


LABELS = {
    "name": "name",
    "line1": "street address",
    "line2": "apartment",
    "city": "city",
    "region": "state",
    "postal_code": "ZIP code",
    "phone": "phone",
}
ADDRESS_IS_OPEN = {Order.Status.PENDING, Order.Status.PAID}


def recipient_of(order: Order) -> Recipient:
    """Return who gets `order` now."""
    return Recipient(**{field.name: getattr(order, field.name) for field in fields(Recipient)})


def why_not_address(order: Order) -> str:
    """Say why the address of `order` stays as it is, empty when it can change. Reads its lines."""
    if any(line.quantity_shipped for line in order.lines.all()):
        return "A parcel of this order has left. Ask the carrier to redirect it."
    if order.status not in ADDRESS_IS_OPEN:
        return f"Nothing of it will be sent. State of the order: {order.get_status_display()}."
    return ""


def why_not_email(order: Order) -> str:
    """Say why the email of `order` stays as it is, empty when it can change. Reads its attempts."""
    if any(attempt.is_live for attempt in order.attempts.all()):
        # Stripe would send the customer back to the link that no longer works.
        return "A payment page is open for this order. Wait until it is paid, or has expired."
    return ""


def change_address(*, order_id: int, recipient: Recipient, actor: events.Actor) -> Order:
    """Send an order somewhere else in the same country. Its prices and its tax stay as they were agreed.

    `recipient` is in normal form (orders.addresses.check_address). Raises CorrectionRefused once
    something has left or nothing will.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if reason := why_not_address(order):
            raise CorrectionRefused(reason)
        before = recipient_of(order)
        changed = [name for name in LABELS if getattr(before, name) != getattr(recipient, name)]
        if not changed:
            return order
        for name in changed:
            setattr(order, name, getattr(recipient, name))
        order.save(update_fields=changed)
        events.record(
            order,
            OrderEvent.Type.ADDRESS_CHANGED,
            actor=actor,
            before=_place(before),
            after=_place(recipient),
            changed=[LABELS[name] for name in changed],
        )
    return order


def change_email(*, order_id: int, email: str, actor: events.Actor) -> Order:
    """Give an order another email, and a new link: whoever had the old one sees it no longer.

    The link goes to the new address (shop/event_handlers.py). Raises CorrectionRefused while a payment
    page is open.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if reason := why_not_email(order):
            raise CorrectionRefused(reason)
        if order.email == email:
            return order
        before, old_token = order.email, order.token
        order.email, order.token = email, new_token()
        order.save(update_fields=["email", "token"])
        # A mail that has not left yet would take the order to a stranger, with a link that is dead.
        mail.readdress(before=before, after=email, old_secret=old_token, new_secret=order.token)
        DiscountUse.objects.filter(order=order).update(email=email.lower())
        events.record(
            order,
            OrderEvent.Type.EMAIL_CHANGED,
            actor=actor,
            before=_masked(before),
            after=_masked(email),
        )
    return order


def correct_tracking(
    *, shipment_id: int, carrier: str, tracking_number: str, tell: bool, actor: events.Actor
) -> Shipment:
    """Put right who carries a parcel and its number. `tell` mails the customer the parcel again.

    Raises CorrectionRefused when it says so already.
    """
    with transaction.atomic():
        shipment = Shipment.objects.select_for_update().get(pk=shipment_id)
        before = str(shipment)
        shipment.carrier, shipment.tracking_number = carrier, tracking_number.strip()
        if str(shipment) == before:
            message = "The parcel has this carrier and number already."
            raise CorrectionRefused(message)
        shipment.save(update_fields=["carrier", "tracking_number"])
        events.record(
            shipment.order,
            OrderEvent.Type.TRACKING_CORRECTED,
            actor=actor,
            shipment=shipment.pk,
            before=before,
            after=str(shipment),
            tell=tell,
        )
    return shipment


def _place(recipient: Recipient) -> str:
    return ", ".join(part for part in (recipient.city, recipient.region) if part)


def _masked(email: str) -> str:
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
