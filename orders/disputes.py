"""Disputes: a cardholder's bank takes a payment back, or asks first (an inquiry), and decides in the end.

What Stripe says counts. It is asked anew at each hint, and two that ask at once leave what the later
one was told. While a dispute is open its order is frozen (orders/freezing.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from books import ledger
from orders import dispute_words, events, freezing, one_by_one, refund_answers, review
from orders.gateways import gateway
from orders.gateways.base import BalanceChange, DisputeState, GatewayUnavailable
from orders.marks import is_ours
from orders.models import Dispute, Order, OrderEvent, Payment
from shop.lib.money import format_cents

Type = OrderEvent.Type

# How often the question is asked again because somebody wrote down a newer answer meanwhile.
TRIES = 5
# A bank may take months; lists are asked for so far back, older ones that are open one by one.
LOOKED_AT = timedelta(days=120)
REMIND_BEFORE = timedelta(days=2)
DECIDED = {"won": Type.DISPUTE_WON, "lost": Type.DISPUTE_LOST}


class Overtaken(Exception):
    """Somebody wrote a newer answer down between our question and our lock."""


@dataclass(frozen=True)
class Facts:
    """What Stripe tells of a dispute and we keep. Amounts in minor units."""

    status: str
    reason: str
    amount_cents: int
    currency: str
    evidence_due_at: datetime | None
    withdrawn_cents: int


def refresh(*, reference: str, now: datetime) -> Dispute | None:
    """Ask Stripe about one dispute and write down how it stands; None when the payment is not ours.

    Harmless to repeat, in any order and by many at once.
    Raises refund_answers.UnknownPayment when it is of a payment of ours that is not recorded yet,
    GatewayUnavailable, GatewayRefused.
    """
    for _ in range(TRIES):
        known = Dispute.objects.filter(reference=reference).first()
        state = gateway().fetch_dispute(reference)
        try:
            return settle(state, revision=known.revision if known else 0, now=now)
        except Overtaken:
            continue
    message = "The dispute changes faster than it can be read"
    raise GatewayUnavailable(message)


def settle(state: DisputeState, *, revision: int, now: datetime) -> Dispute | None:
    """Write down `state`, which was asked for when our row was at `revision` (0: there was none).

    Returns None when the payment is none of ours. Raises Overtaken when the row has changed since, and
    refund_answers.UnknownPayment as refresh().
    """
    with transaction.atomic():
        payment = Payment.objects.filter(reference=state.payment_reference).first()
        if payment is None:
            if is_ours(state.payment_metadata):
                raise refund_answers.UnknownPayment(state.payment_reference)
            return None
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        row = Dispute.objects.filter(reference=state.reference).first()
        if (row.revision if row else 0) != revision:
            raise Overtaken
        before = facts_of(row) if row else None
        row = row or Dispute(
            order=order, payment=payment, reference=state.reference, opened_at=state.opened_at
        )
        if before != facts_in(state):
            _change(row, facts_in(state), now)
            _tell(order, row, before, now)
            freezing.settle(order, now=now)
        for change in state.entries:
            _book(order, row, change, now)
    return row


def facts_of(row: Dispute) -> Facts:
    """Return what our row says."""
    return Facts(
        row.status,
        row.reason,
        row.amount_cents,
        row.currency,
        row.evidence_due_at,
        row.withdrawn_cents,
    )


def facts_in(state: DisputeState) -> Facts:
    """Return what Stripe says."""
    return Facts(
        state.status,
        state.reason,
        state.amount_cents,
        state.currency,
        state.evidence_due_at,
        _withdrawn_cents(state),
    )


def _withdrawn_cents(state: DisputeState) -> int:
    if all(change.currency == state.currency for change in state.entries):
        return -sum(change.amount_cents for change in state.entries)
    # Stripe settles in another currency: its sums say nothing about ours, only which way money went last.
    taken = sum(1 if change.amount_cents < 0 else -1 for change in state.entries)
    return state.amount_cents if taken > 0 else 0


def _change(row: Dispute, facts: Facts, now: datetime) -> None:
    row.status, row.reason = facts.status, facts.reason
    row.amount_cents, row.currency = facts.amount_cents, facts.currency
    row.evidence_due_at = facts.evidence_due_at
    row.withdrawn_cents = facts.withdrawn_cents
    row.closed_at = None if row.is_open else row.closed_at or now
    row.revision += 1
    row.save()


def _tell(order: Order, row: Dispute, before: Facts | None, now: datetime) -> None:
    """Write the events of a change, and ask for a look where the order must not just go on."""
    data: dict[str, Any] = {
        "dispute": row.pk,
        "amount_cents": row.amount_cents,
        "currency": row.currency,
    }
    is_asked = row.is_open and (before is None or _was_less(before, row))
    if is_asked and row.evidence_due_at and row.evidence_due_at - now <= REMIND_BEFORE:
        # What is told now names the deadline; a reminder an hour later would say the same.
        row.reminded_of = row.evidence_due_at
        row.save(update_fields=["reminded_of"])
    if before is None:
        events.record(order, Type.DISPUTE_OPENED, **data, reason=_opening(row))
    if not row.is_open and (before is None or before.status != row.status):
        decided = DECIDED.get(row.status, Type.DISPUTE_CLOSED)
        # First: the mail about the verdict says whether somebody has to look.
        _look_after(order, row)
        events.record(order, decided, **data, reason=dispute_words.status(row))
    elif before is not None:
        # Staff are mailed where it has become more than it was.
        text = _what_changed(row, before)
        events.record(order, Type.DISPUTE_UPDATED, **data, reason=text, is_asked=is_asked)


def _was_less(before: Facts, row: Dispute) -> bool:
    """Say whether an open dispute was an inquiry, or closed, before."""
    was_inquiry = before.status.startswith(Dispute.INQUIRY)
    return before.status in Dispute.CLOSED or (was_inquiry and not row.is_inquiry)


def _opening(row: Dispute) -> str:
    kind = "Inquiry" if row.is_inquiry else "Dispute"
    return f"{kind}: {dispute_words.reason(row)}"


def _what_changed(row: Dispute, before: Facts) -> str:
    parts = [dispute_words.status(row)] if row.status != before.status else []
    moved = row.withdrawn_cents - before.withdrawn_cents
    if moved:
        verb = "took" if moved > 0 else "gave back"
        parts.append(f"the bank {verb} {format_cents(abs(moved), row.currency)}")
    if row.evidence_due_at and row.evidence_due_at != before.evidence_due_at:
        parts.append(f"answer by {dispute_words.moment(row.evidence_due_at)}")
    if row.amount_cents != before.amount_cents:
        parts.append(f"it is about {format_cents(row.amount_cents, row.currency)} now")
    if row.reason != before.reason:
        parts.append(dispute_words.reason(row))
    return "; ".join(parts)


def _look_after(order: Order, row: Dispute) -> None:
    """Put an order on review whose dispute is decided, where going on as before would be wrong."""
    amount = format_cents(row.amount_cents, row.currency)
    if row.status == "lost" and order.status == Order.Status.PAID:
        review.ask(order, f"The dispute over {amount} is lost: what is not sent is not paid for.")
        return
    left = row.payment.left_cents()
    was_going_back = row.payment.refunds.filter(status="failed").exists()
    if left > 0 and (was_going_back or not order.is_paid):
        here = format_cents(left, row.payment.currency)
        review.ask(order, f"A dispute has ended, and {here} are here that were to go back.")


def _book(order: Order, row: Dispute, change: BalanceChange, now: datetime) -> None:
    """Post what a dispute did to our balance, each of Stripe's transactions once."""
    took = change.amount_cents < 0
    for kind, cents, name in (
        (
            ledger.Kind.DISPUTE if took else ledger.Kind.DISPUTE_WON,
            change.amount_cents,
            "dispute",
        ),
        (ledger.Kind.DISPUTE_FEE, -change.fee_cents, "dispute_fee"),
    ):
        ledger.post(
            kind,
            order_number=order.number,
            payment_reference=row.payment.reference,
            reference=row.reference,
            amount_cents=cents,
            currency=change.currency,
            key=f"{name}:{change.reference}",
            happened_at=now,
        )


def differing(
    states: Sequence[DisputeState],
) -> Iterator[tuple[DisputeState, Dispute | None, Order]]:
    """Yield what Stripe's list says otherwise than our rows, with row and order; ours only.

    Reads only, in two queries however many there are.
    """
    paid = Payment.objects.filter(reference__in={state.payment_reference for state in states})
    order_of = {payment.reference: payment.order for payment in paid.select_related("order")}
    known = Dispute.objects.filter(reference__in=[state.reference for state in states])
    rows = {row.reference: row for row in known}
    for state in states:
        order, row = order_of.get(state.payment_reference), rows.get(state.reference)
        if order is not None and (row is None or facts_of(row) != facts_in(state)):
            yield state, row, order


def follow(*, now: datetime) -> one_by_one.Outcome:
    """Take over what Stripe's list says otherwise, and ask about open disputes it no longer lists.

    So a dispute is found without any event. Raises GatewayUnavailable, GatewayRefused when there is no
    list.
    """
    states = list(gateway().list_disputes(since=now - LOOKED_AT))
    todo = [state.reference for state, _, _ in differing(states)]
    older = Dispute.objects.open().filter(order__is_demo__in={False, settings.DEMO})
    older = older.exclude(reference__in=[state.reference for state in states])
    todo += older.values_list("reference", flat=True)
    turns = one_by_one.Turns()
    for reference in todo:
        turns.take(f"Dispute {reference}", partial(refresh, reference=reference, now=now))
    return turns.outcome(f"{turns.done} followed, {turns.left} could not be")


def remind(*, now: datetime) -> int:
    """Remind staff, once for each deadline, of answers due within REMIND_BEFORE; return how many."""
    due = Dispute.objects.to_answer().filter(
        evidence_due_at__gt=now, evidence_due_at__lte=now + REMIND_BEFORE
    )
    return sum(_remind_of(pk, now) for pk in due.values_list("pk", flat=True))


def _remind_of(dispute_id: int, now: datetime) -> bool:
    with transaction.atomic():
        order_id = Dispute.objects.values_list("order_id", flat=True).get(pk=dispute_id)
        order = Order.objects.select_for_update().get(pk=order_id)
        row = Dispute.objects.get(pk=dispute_id)
        due_at = row.evidence_due_at
        if due_at is None or not row.wants_answer or row.reminded_of == due_at:
            return False
        row.reminded_of = due_at
        row.save(update_fields=["reminded_of"])
        text = f"{dispute_words.time_left(due_at, now)}: {dispute_words.moment(due_at)}"
        events.record(order, Type.DISPUTE_DUE, dispute=row.pk, reason=text)
    return True
