"""The third door: looking after orders that neither webhook nor return page has settled."""

import logging
from datetime import datetime, timedelta

from orders import closing, payments, refunds
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Order, PaymentAttempt, Refund

logger = logging.getLogger(__name__)

# Where a webhook comes it does so within seconds; before this we do not ask.
PATIENCE = timedelta(minutes=1)


def check_open_sessions(*, now: datetime) -> str:
    """Ask Stripe about every open session that has had time for a webhook; close what is over.

    Orders without a session end with their hold. Returns one line for the log.
    """
    settled = failed = 0
    waiting = PaymentAttempt.objects.filter(
        status=PaymentAttempt.Status.OPEN, created_at__lt=now - PATIENCE
    )
    for session_id in waiting.values_list("session_id", flat=True):
        try:
            order = payments.record_payment(session_id=session_id or "", now=now)
        except (GatewayUnavailable, GatewayRefused, payments.UnknownSession):
            failed += 1
            continue
        settled += not order.is_pending
    expired = _expire_without_session(now)
    return f"{settled} settled, {expired} expired without a session, {failed} could not be asked"


def sweep_refunds(*, now: datetime) -> str:
    """Send refunds that were requested or are in doubt, ask about those on their way; one line back."""
    todo = Refund.objects.filter(status__in=[Refund.Status.REQUESTED, Refund.Status.IN_DOUBT])
    sent = 0
    for refund_id in todo.filter(requested_at__lt=now - PATIENCE).values_list("pk", flat=True):
        refunds.send(refund_id=refund_id, now=now)
        sent += 1
    asked = 0
    on_the_way = Refund.objects.filter(status=Refund.Status.SENT, reference__isnull=False)
    for reference in on_the_way.values_list("reference", flat=True):
        try:
            refunds.refresh(reference=reference or "", now=now)
        except (GatewayUnavailable, GatewayRefused):
            logger.warning("A refund could not be asked about")
            continue
        asked += 1
    return f"{sent} sent again, {asked} asked about"


def _expire_without_session(now: datetime) -> int:
    overdue = Order.objects.unpaid().filter(expires_at__lt=now)
    expired = 0
    for order in overdue.exclude(attempts__status=PaymentAttempt.Status.OPEN):
        try:
            left = payments.close_session(order, now=now)
        except (GatewayUnavailable, payments.PaymentUnavailable):
            continue
        # Every page of it was refused or never made: nobody can pay it any more.
        expired += closing.expire(left, now=now)
    return expired
