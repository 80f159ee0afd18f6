"""The third door: looking after orders that neither webhook nor return page has settled."""

import logging
from datetime import datetime, timedelta

from orders import closing, payments, refunds
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Order, PaymentAttempt, Refund, WebhookDelivery

logger = logging.getLogger(__name__)

# Where a webhook comes it does so within seconds; before this we do not ask.
PATIENCE = timedelta(minutes=1)
DELIVERIES_KEPT = timedelta(days=90)
# So many questions without an answer in a row of work, and Stripe is taken to be away.
ENOUGH = 3


def forget_old_deliveries(now: datetime) -> int:
    """Delete the log of webhook deliveries older than DELIVERIES_KEPT; return how many.

    Stripe lists events for 30 days; beyond that nobody can compare them any more, and anybody can make
    rows here by sending nonsense.
    """
    old = WebhookDelivery.objects.filter(received_at__lt=now - DELIVERIES_KEPT)
    return old.delete()[0]


def check_open_sessions(*, now: datetime) -> str:
    """Ask Stripe about every open session that has had time for a webhook; close what is over.

    Orders without a session end with their hold. Returns one line for the log.
    """
    settled = failed = unanswered = 0
    waiting = PaymentAttempt.objects.filter(
        status=PaymentAttempt.Status.OPEN, created_at__lt=now - PATIENCE
    )
    for attempt in waiting.order_by("pk"):
        if unanswered >= ENOUGH:
            failed += 1
            continue
        try:
            order = _settle(attempt, now)
        except GatewayUnavailable:
            failed, unanswered = failed + 1, unanswered + 1
        except Exception:
            # One order that cannot be settled must not keep the others waiting.
            logger.exception("Attempt %s could not be settled", attempt.pk)
            failed += 1
        else:
            settled += not order.is_pending
    expired = 0 if unanswered else _expire_without_session(now)
    return f"{settled} settled, {expired} expired without a session, {failed} could not be asked"


def _settle(attempt: PaymentAttempt, now: datetime) -> Order:
    session_id = attempt.session_id or ""
    try:
        return payments.record_payment(session_id=session_id, now=now)
    except GatewayRefused as refusal:
        if refusal.code == "resource_missing" and attempt.expires_at < now:
            # Made with another key, or in a sandbox that was emptied.
            return payments.forget_session(session_id, now=now)
        raise


def sweep_refunds(*, now: datetime) -> str:
    """Send refunds that were requested or are in doubt, ask about those on their way; one line back."""
    todo = Refund.objects.filter(status__in=[Refund.Status.REQUESTED, Refund.Status.IN_DOUBT])
    sent = 0
    for refund_id in todo.filter(requested_at__lt=now - PATIENCE).values_list("pk", flat=True):
        try:
            sent += refunds.send(refund_id=refund_id, now=now).status != Refund.Status.IN_DOUBT
        except Exception:
            # As above: one that stumbles must not keep the others waiting.
            logger.exception("Refund %s could not be sent", refund_id)
    asked = 0
    on_the_way = Refund.objects.filter(status=Refund.Status.SENT, reference__isnull=False)
    for reference in on_the_way.values_list("reference", flat=True):
        try:
            refunds.refresh(reference=reference or "", now=now)
        except Exception:
            logger.exception("A refund could not be asked about")
            continue
        asked += 1
    return f"{sent} sent again, {asked} asked about"


def _expire_without_session(now: datetime) -> int:
    overdue = Order.objects.unpaid().filter(expires_at__lt=now, payments=None)
    expired = 0
    for order in overdue.exclude(attempts__status=PaymentAttempt.Status.OPEN):
        try:
            left = payments.close_session(order, now=now)
        except (GatewayUnavailable, GatewayRefused, payments.PaymentUnavailable):
            continue
        # Every page of it was refused or never made: nobody can pay it any more.
        expired += closing.expire(left, now=now)
    return expired
