"""Every mail an order can send, one function each. All go through the stored outbox."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from post_office.models import Email

from orders import dispute_words, events
from orders.models import Dispute, FraudWarning, Order, OrderEvent, Refund, Shipment
from outbox.mail import queue_mail


class MailNotPossible(Exception):
    """There is nothing this mail could tell about this order."""


def order_received(order: Order) -> Email:
    """To the customer: the order is placed; here is where it can be paid and looked at."""
    return _to_customer(order, "order_received")


def order_pay_link(order: Order) -> Email:
    """To the customer, in attack mode: the order is placed, and only this link leads to its payment."""
    return _to_customer(order, "order_pay_link")


def order_paid(order: Order) -> Email:
    """To the customer: the money is here, the order is on its way to the shelf."""
    return _to_customer(order, "order_paid")


def order_payment_failed(order: Order) -> Email:
    """To the customer: a payment that takes days has been refused by the bank."""
    return _to_customer(order, "order_payment_failed")


def order_shipped(shipment: Shipment) -> Email:
    """To the customer: a parcel has left; what is in it and how to follow it."""
    lines = list(shipment.lines.select_related("line"))
    return _to_customer(shipment.order, "order_shipped", shipment=shipment, parcel_lines=lines)


def order_cancelled(order: Order) -> Email:
    """To the customer: nothing of it will be sent; the money comes, unless their bank has it."""
    is_money_coming = not order.is_money_with_bank
    return _to_customer(order, "order_cancelled", is_money_coming=is_money_coming)


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


def staff_dispute_opened(dispute: Dispute) -> Email:
    """To staff: a payment is disputed, or asked about; until when an answer is awaited."""
    return _about_dispute(dispute, "staff_dispute_opened")


def staff_dispute_due(dispute: Dispute) -> Email:
    """To staff: the answer to a dispute is due soon."""
    return _about_dispute(dispute, "staff_dispute_due")


def staff_dispute_decided(dispute: Dispute) -> Email:
    """To staff: a dispute is over, and what that means."""
    verdict, meaning = dispute_words.verdict(dispute)
    return _about_dispute(dispute, "staff_dispute_decided", verdict=verdict, meaning=meaning)


def staff_fraud_warning(warning: FraudWarning) -> Email:
    """To staff: the card's bank suspects a payment; somebody has to decide."""
    facts = {"warning": warning, "reason": dispute_words.fraud_type(warning)}
    return _to_staff(warning.order, "staff_fraud_warning", is_for_customer=False, **facts)


def _about_dispute(dispute: Dispute, template: str, **more: Any) -> Email:
    due_at = dispute.evidence_due_at if dispute.wants_answer else None
    return _to_staff(
        dispute.order,
        template,
        is_for_customer=False,
        dispute=dispute,
        kind="Inquiry" if dispute.is_inquiry else "Dispute",
        reason=dispute_words.reason(dispute),
        due=dispute_words.moment(due_at) if due_at else "",
        **more,
    )


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


def _to_staff(order: Order, template: str, *, is_for_customer: bool = True, **more: Any) -> Email:
    return queue_mail(
        to=settings.STAFF_EMAIL,
        template=f"orders/{template}",
        context=_context(order, more),
        # What an answer would tell the customer is not theirs to know where a bank is involved.
        reply_to=order.email if is_for_customer else None,
    )


def _context(order: Order, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "order": order,
        "lines": list(order.lines.order_by("pk")),
        "order_url": f"{settings.SITE_URL}{order.get_absolute_url()}",
        "admin_url": f"{settings.SITE_URL}/admin/orders/order/{order.pk}/change/",
        **more,
    }
