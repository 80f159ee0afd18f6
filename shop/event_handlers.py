"""What happens after what: every effect of an order's event, in one table.

A handler gets the event inside its transaction and only writes rows (a mail in the outbox, a ledger
entry). Whatever must talk to the outside world is a task that reads those rows.
"""

from collections.abc import Sequence

from orders import events, freezing, notifications
from orders.models import Dispute, FraudWarning, OrderEvent, Refund, Shipment
from reviews import invitations

Type = OrderEvent.Type


def mail_order_received(event: OrderEvent) -> None:
    """Confirm the order to the customer; in attack mode with the only way to its payment."""
    if event.data.get("pay_by_mail"):
        notifications.order_pay_link(event.order)
    else:
        notifications.order_received(event.order)


def mail_order_paid(event: OrderEvent) -> None:
    """Confirm the payment to the customer."""
    notifications.order_paid(event.order)


def mail_payment_failed(event: OrderEvent) -> None:
    """Tell the customer that the bank has not sent the money, days after they paid."""
    notifications.order_payment_failed(event.order)


def mail_staff_order_paid(event: OrderEvent) -> None:
    """Tell staff that there is something to ship."""
    notifications.staff_order_paid(event.order)


def mail_staff_needs_review(event: OrderEvent) -> None:
    """Tell staff that somebody has to look, and why."""
    notifications.staff_needs_review(event.order, str(event.data.get("reason", "")))


def mail_order_shipped(event: OrderEvent) -> None:
    """Tell the customer what has left and how to follow it."""
    shipment = Shipment.objects.select_related("order").get(pk=event.data["shipment"])
    notifications.order_shipped(shipment)


def mail_order_cancelled(event: OrderEvent) -> None:
    """Tell the customer that nothing will come."""
    notifications.order_cancelled(event.order)


def mail_order_refunded(event: OrderEvent) -> None:
    """Tell the customer that the money is on its way back."""
    refund = Refund.objects.select_related("order").get(pk=event.data["refund"])
    notifications.order_refunded(refund)


def mail_order_new_link(event: OrderEvent) -> None:
    """Send the new link to the corrected address."""
    notifications.order_new_link(event.order)


def mail_corrected_tracking(event: OrderEvent) -> None:
    """Tell the customer how to follow the parcel after all, where staff wanted that."""
    if event.data.get("tell"):
        mail_order_shipped(event)


def mail_staff_dispute_opened(event: OrderEvent) -> None:
    """Tell staff that a payment is disputed, with the deadline; not of one that is over already."""
    dispute = _dispute(event)
    if dispute.is_open:
        notifications.staff_dispute_opened(dispute)


def mail_staff_dispute_grown(event: OrderEvent) -> None:
    """Tell staff where an inquiry has become a dispute, or a closed one is open again."""
    if event.data.get("is_asked"):
        mail_staff_dispute_opened(event)


def mail_staff_dispute_due(event: OrderEvent) -> None:
    """Remind staff of an answer."""
    notifications.staff_dispute_due(_dispute(event))


def mail_staff_dispute_decided(event: OrderEvent) -> None:
    """Tell staff how a dispute ended."""
    notifications.staff_dispute_decided(_dispute(event))


def mail_staff_fraud_warning(event: OrderEvent) -> None:
    """Ask staff for a decision, where there is still something to decide."""
    warnings = FraudWarning.objects.select_related("order", "payment")
    warning = warnings.get(pk=event.data["warning"])
    if not freezing.is_over(warning):
        notifications.staff_fraud_warning(warning)


def date_review_requests(event: OrderEvent) -> None:
    """Ask for a review as long after the delivery as it was recorded, not as it was estimated."""
    invitations.follow_delivery(event.order)


def move_review_requests(event: OrderEvent) -> None:
    """Ask for a review at the corrected address; the links at the old one end."""
    invitations.follow_email(event.order)


def _dispute(event: OrderEvent) -> Dispute:
    return Dispute.objects.select_related("order").get(pk=event.data["dispute"])


TABLE: dict[OrderEvent.Type, Sequence[events.Handler]] = {
    Type.PLACED: (mail_order_received,),
    Type.PAYMENT_FAILED: (mail_payment_failed,),
    Type.PAID: (mail_order_paid, mail_staff_order_paid),
    Type.NEEDS_REVIEW: (mail_staff_needs_review,),
    Type.SHIPPED: (mail_order_shipped,),
    Type.CANCELLED: (mail_order_cancelled,),
    Type.DELIVERED: (date_review_requests,),
    Type.EMAIL_CHANGED: (mail_order_new_link, move_review_requests),
    Type.TRACKING_CORRECTED: (mail_corrected_tracking,),
    Type.REFUND_SETTLED: (mail_order_refunded,),
    # The customer is told nothing of these: it is between the bank and us.
    Type.DISPUTE_OPENED: (mail_staff_dispute_opened,),
    Type.DISPUTE_UPDATED: (mail_staff_dispute_grown,),
    Type.DISPUTE_WON: (mail_staff_dispute_decided,),
    Type.DISPUTE_LOST: (mail_staff_dispute_decided,),
    Type.DISPUTE_CLOSED: (mail_staff_dispute_decided,),
    Type.DISPUTE_DUE: (mail_staff_dispute_due,),
    Type.FRAUD_WARNED: (mail_staff_fraud_warning,),
}


def connect() -> None:
    """Hang the table into orders.events. Called once, when the roof is up."""
    events.connect(TABLE)
