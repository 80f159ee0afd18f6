"""The steps of paying back, for the tests of refunds."""

from django.utils import timezone
from post_office.models import Email

from orders import fulfillment, refunds
from orders.gateways.base import RefundState


def refund(order, amount_cents, items=(), **more):
    return refunds.refund(
        order_id=order.pk,
        amount_cents=amount_cents,
        items=items,
        reason="Asked for it",
        actor=more.pop("actor", None),
        now=more.pop("now", timezone.now()),
    )


def ship(order, quantities):
    return fulfillment.ship(
        order_id=order.pk,
        carrier="usps",
        tracking_number="1Z",
        quantities=quantities,
        actor=None,
        now=timezone.now(),
    )


def mails_of_refunds():
    """To the customer; staff get their own."""
    return Email.objects.filter(subject__contains="back to you").count()


def answer(made, status, **more):
    """What Stripe would say about the refund `made`."""
    return RefundState(
        reference=made.reference or f"re_{made.pk}",
        status=status,
        amount_cents=made.amount_cents,
        payment_reference=made.payment.reference,
        metadata={"refund": str(made.pk)},
        **more,
    )
