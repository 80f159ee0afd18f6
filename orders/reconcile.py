"""The third door: looking after orders that neither webhook nor return page has settled."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from orders import (
    closing,
    comparison,
    declines,
    disputes,
    fraud_warnings,
    payments,
    refund_answers,
    refunds,
    settling,
    undelivered,
)
from orders.gateways import gateway
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Order, Payment, PaymentAttempt, Refund, WebhookDelivery
from orders.one_by_one import Outcome, Turns
from shop.lib import fault_points

logger = logging.getLogger(__name__)

# Where a webhook comes it does so within seconds; before this we do not ask.
PATIENCE = timedelta(minutes=1)
DELIVERIES_KEPT = timedelta(days=90)
# A session lives for a day at most; one more for a worker that stood still.
SESSIONS_LOOKED_AT = timedelta(days=2)
# A bank may send a refund back weeks after it had succeeded.
REFUNDS_LOOKED_AT = timedelta(days=60)
FEES_LOOKED_AT, FEES_AT_ONCE = timedelta(days=30), 50


@dataclass(frozen=True)
class Part:
    """One part of the work, and what came of it in words.

    `failed`: Stripe refused some of it, or we stumbled. `unanswered`: Stripe did not answer all of it.
    """

    name: str
    line: str
    failed: bool = False
    unanswered: bool = False


@dataclass(frozen=True)
class Report:
    """What everything() did."""

    parts: tuple[Part, ...]

    @property
    def failed(self) -> bool:
        """Whether Stripe refused something, or we stumbled: that does not go away by itself."""
        return any(part.failed for part in self.parts)

    @property
    def unanswered(self) -> bool:
        """Whether Stripe left questions open: the next time it may answer."""
        return any(part.unanswered for part in self.parts)


def everything(*, now: datetime) -> Report:
    """Do all that can be done to make orders, refunds and Stripe agree. Harmless to repeat.

    Every part begins, whatever became of those before it. What failed is logged as an error.
    """
    work: tuple[tuple[str, Callable[[], object]], ...] = (
        ("Undelivered events", lambda: undelivered.handle_undelivered(now=now)),
        ("Open payment pages", lambda: check_open_sessions(now=now)),
        ("Pages that outlived their order", lambda: close_outlived(now=now)),
        ("Refunds", lambda: sweep_refunds(now=now)),
        ("Refunds at Stripe", lambda: follow_refunds(now=now)),
        ("Disputes", lambda: disputes.follow(now=now)),
        ("Fraud warnings", lambda: fraud_warnings.follow(now=now)),
        ("Fees", lambda: note_fees(now=now)),
    )
    return Report(tuple(_do(name, run) for name, run in work))


def _do(name: str, run: Callable[[], object]) -> Part:
    try:
        made = run()
    except GatewayUnavailable:
        return Part(name, "Stripe could not be reached", unanswered=True)
    except GatewayRefused as error:
        logger.error("%s: Stripe refused: %s", name, error)
        return Part(name, f"Stripe refused: {error}", failed=True)
    except Exception:
        logger.exception("%s: stumbled", name)
        return Part(name, "stumbled; the log says over what", failed=True)
    if isinstance(made, Outcome):
        return Part(name, made.line, failed=made.failed > 0, unanswered=made.unanswered > 0)
    return Part(name, str(made))


def close_outlived(*, now: datetime) -> Outcome:
    """Close pages that are open at Stripe for orders that wait no longer; record what was paid there.

    Raises GatewayUnavailable, GatewayRefused when there is no list.
    """
    listed = list(gateway().list_checkouts(since=now - SESSIONS_LOOKED_AT))
    closed = recorded = 0
    turns = Turns()
    for found in comparison.checkout_differences(listed):
        if found.kind not in settling.SETTLED_BY:
            continue
        settle = partial(settling.settle, found.kind, found.reference, now=now)
        if turns.take(f"Page {found.reference}", settle) is not None:
            closed += found.kind == comparison.Kind.PAGE_OUTLIVED
            recorded += found.kind == comparison.Kind.NOT_RECORDED
    return turns.outcome(
        f"{closed} closed, {recorded} found paid, {turns.left} could not be settled"
    )


def note_fees(*, now: datetime) -> Outcome:
    """Ask what Stripe kept of payments that it had not told about; at most FEES_AT_ONCE, newest first."""
    untold = Payment.objects.filter(
        fee_cents=None,
        amount_cents__gt=0,
        received_at__gt=now - FEES_LOOKED_AT,
        received_at__lt=now - PATIENCE,
    )
    newest = untold.order_by("-received_at").values_list("pk", flat=True)[:FEES_AT_ONCE]
    turns = Turns()
    told = 0
    for pk in newest:
        name = f"The fee of payment {pk}"
        told += bool(turns.take(name, partial(payments.note_fee, payment_id=pk, now=now)))
    left = turns.done - told + turns.left
    return turns.outcome(f"{told} noted, {left} not told yet")


def forget_old_deliveries(now: datetime) -> int:
    """Delete the log of webhook deliveries older than DELIVERIES_KEPT; return how many.

    Stripe lists events for 30 days; beyond that nobody can compare them any more.
    """
    old = WebhookDelivery.objects.filter(received_at__lt=now - DELIVERIES_KEPT)
    return old.delete()[0]


def check_open_sessions(*, now: datetime) -> Outcome:
    """Ask Stripe about every open session that has had time for a webhook; close what is over.

    Orders without a session end with their hold, unless Stripe seems to be away.
    """
    settled = 0
    turns = Turns()
    waiting = PaymentAttempt.objects.filter(
        status=PaymentAttempt.Status.OPEN, created_at__lt=now - PATIENCE
    )
    for attempt in waiting.order_by("pk"):
        order = turns.take(f"Attempt {attempt.pk}", partial(_settle, attempt, now))
        settled += order is not None and not order.is_pending
        fault_points.reached("sweep.session_done")
    expired = _expire_without_session(turns, now)
    return turns.outcome(
        f"{settled} settled, {expired} expired without a session, {turns.left} could not be asked"
    )


def _settle(attempt: PaymentAttempt, now: datetime) -> Order:
    session_id = attempt.session_id or ""
    try:
        state = payments.ask(session_id)
        order = payments.settle(state, now=now)
        if order.is_pending:
            declines.catch_up(state, now=now)
            order.refresh_from_db()
        return order
    except GatewayRefused as refusal:
        if refusal.code == "resource_missing" and attempt.expires_at < now:
            # Made with another key, or in a sandbox that was emptied.
            return payments.forget_session(session_id, now=now)
        raise


def sweep_refunds(*, now: datetime) -> Outcome:
    """Send refunds that were requested or are in doubt, ask about those on their way."""
    todo = Refund.objects.filter(status__in=[Refund.Status.REQUESTED, Refund.Status.IN_DOUBT])
    sent = in_doubt = 0
    turns = Turns()
    for pk in todo.filter(requested_at__lt=now - PATIENCE).values_list("pk", flat=True):
        row = turns.take(f"Refund {pk}", partial(refunds.send, refund_id=pk, now=now))
        if row is not None:
            is_told = row.status != Refund.Status.IN_DOUBT
            sent, in_doubt = sent + is_told, in_doubt + (not is_told)
        fault_points.reached("sweep.refund_done")
    before = turns.done
    on_the_way = Refund.objects.filter(status=Refund.Status.SENT, reference__isnull=False)
    for reference in on_the_way.values_list("reference", flat=True):
        refresh = partial(refund_answers.refresh, reference=reference or "", now=now)
        turns.take(f"Refund {reference}", refresh)
    line = f"{sent} sent again, {turns.done - before} asked about"
    if left := turns.left + in_doubt:
        line = f"{line}, {left} left for the next time"
    return Outcome(line, failed=turns.failed, unanswered=turns.unanswered + in_doubt)


def follow_refunds(*, now: datetime) -> Outcome:
    """Take over refunds that Stripe's list has otherwise than we: made there, or failed after all.

    So they are found without any event. Raises GatewayUnavailable, GatewayRefused when there is no list.
    """
    states = list(gateway().list_recent_refunds(since=now - REFUNDS_LOOKED_AT))
    turns = Turns()
    for found in comparison.refund_differences(states):
        if found.kind == comparison.Kind.REFUND_DIFFERS:
            refresh = partial(refund_answers.refresh, reference=found.reference, now=now)
            turns.take(f"Refund {found.reference}", refresh)
    return turns.outcome(f"{turns.done} taken over, {turns.left} could not be")


def _expire_without_session(turns: Turns, now: datetime) -> int:
    overdue = Order.objects.unpaid().filter(expires_at__lt=now)
    expired = 0
    for order in overdue.exclude(attempts__status=PaymentAttempt.Status.OPEN).order_by("pk"):
        if turns.has_given_up:
            break
        expired += bool(turns.take(f"Order {order.number}", partial(_expire, order, now)))
    return expired


def _expire(order: Order, now: datetime) -> bool:
    try:
        left = payments.close_session(order, now=now)
    except payments.PaymentUnavailable as error:
        raise GatewayUnavailable(str(error.__cause__)) from error
    # Every page of it was refused or never made: nobody can pay it any more.
    return closing.expire(left, now=now)
