"""Early fraud warnings: the card's bank suspects a payment. Somebody decides: pay it back, or trust it.

A refund now is cheaper than the dispute that often follows. Until it is decided the order is frozen
(orders/freezing.py).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from orders import (
    dispute_words,
    events,
    freezing,
    fulfillment,
    one_by_one,
    payments,
    refund_answers,
    refunds,
)
from orders.gateways import gateway
from orders.gateways.base import FraudWarningState
from orders.marks import is_ours
from orders.models import FraudWarning, Order, OrderEvent, Payment, Refund, RefundLine

Decision = FraudWarning.Decision

LOOKED_AT = timedelta(days=120)
# Orders of which nothing has been sent, and which still can be canceled.
OPEN = {Order.Status.PENDING, Order.Status.PAID, Order.Status.EXPIRED}


class DecisionRefused(Exception):
    """This cannot be decided (any more); the message says why, to staff."""


def refresh(*, reference: str, now: datetime) -> FraudWarning | None:
    """Ask Stripe about one warning and write it down; None when the payment is not ours.

    Harmless to repeat. Raises refund_answers.UnknownPayment when it is of a payment of ours that is not
    recorded yet, GatewayUnavailable, GatewayRefused.
    """
    return settle(gateway().fetch_fraud_warning(reference), now=now)


def settle(state: FraudWarningState, *, now: datetime) -> FraudWarning | None:
    """Write down `state`, fresh from the gateway, once; freeze the order. See refresh()."""
    with transaction.atomic():
        payment = Payment.objects.filter(reference=state.payment_reference).first()
        if payment is None:
            if is_ours(state.payment_metadata):
                raise refund_answers.UnknownPayment(state.payment_reference)
            return None
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        row, is_new = FraudWarning.objects.get_or_create(
            reference=state.reference,
            defaults={
                "order": order,
                "payment": payment,
                "fraud_type": state.fraud_type,
                "received_at": state.received_at,
            },
        )
        if is_new:
            events.record(
                order,
                OrderEvent.Type.FRAUD_WARNED,
                warning=row.pk,
                amount_cents=payment.amount_cents,
                currency=payment.currency,
                reason=dispute_words.fraud_type(row),
            )
        freezing.settle(order, now=now)
    return row


def decide(
    *, warning_id: int, decision: str, reason: str, actor: events.Actor, now: datetime
) -> Order:
    """Trust an order in spite of a warning ("ship"), or send back all of its money ("refund").

    With the money back, an order of which nothing was sent is canceled; of any other, what is not sent
    stays here. Returns the order as it is after asking Stripe for the refunds.

    Raises DecisionRefused, which changes nothing; GatewayUnavailable, GatewayRefused or
    PaymentUnavailable when an open payment page cannot be closed now.
    """
    if decision not in {Decision.REFUND, Decision.SHIP}:
        message = "Choose what is to be done."
        raise DecisionRefused(message)
    order = Order.objects.get(fraud_warnings=warning_id)
    if decision == Decision.REFUND and order.is_pending:
        payments.close_session(order, now=now)
    asked: list[Refund] = []
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        warning = FraudWarning.objects.select_related("payment").get(pk=warning_id)
        if why_not := why_not_decide(warning, decision):
            raise DecisionRefused(why_not)
        freezing.close(warning, Decision(decision), reason=reason, actor=actor, now=now)
        if decision == Decision.REFUND:
            asked = _send_everything_back(order, reason=reason, actor=actor, now=now)
        freezing.settle(order, now=now)
    for row in asked:
        refunds.send(refund_id=row.pk, now=now)
    return Order.objects.get(pk=order.pk)


def why_not_decide(warning: FraudWarning, decision: str = Decision.REFUND) -> str:
    """Say why `warning` cannot be decided like that; empty when it can."""
    if warning.decision != Decision.OPEN:
        return f"This warning is settled already: {warning.get_decision_display().lower()}."
    if decision == Decision.REFUND and warning.payment.is_disputed():
        return refunds.DISPUTED
    return ""


def _send_everything_back(
    order: Order, *, reason: str, actor: events.Actor, now: datetime
) -> list[Refund]:
    cause = Refund.Cause.FRAUD
    is_sent = order.lines.filter(quantity_shipped__gt=0).exists()
    if order.status in OPEN and not is_sent:
        return fulfillment.end(order, reason=reason, actor=actor, now=now, cause=cause)
    asked = refunds.request_everything(order, reason=reason, actor=actor, now=now, cause=cause)
    if asked:
        # What is not sent is paid back with the rest: it must not leave after all.
        _take_off_what_is_open(asked[0], order)
    return asked


def _take_off_what_is_open(made: Refund, order: Order) -> None:
    under_way = refunds.packs_on_their_way_back(order)
    for line in order.lines.all():
        left = line.quantity_open - under_way.get(line.pk, 0)
        if left > 0:
            RefundLine.objects.create(
                refund=made, line=line, quantity=left, quantity_unshipped=left
            )


def unknown(states: Sequence[FraudWarningState]) -> Iterator[tuple[FraudWarningState, Order]]:
    """Yield warnings of Stripe's list that we do not have, with their order; ours only. Two queries."""
    paid = Payment.objects.filter(reference__in={state.payment_reference for state in states})
    order_of = {payment.reference: payment.order for payment in paid.select_related("order")}
    known = set(
        FraudWarning.objects.filter(
            reference__in=[state.reference for state in states]
        ).values_list("reference", flat=True)
    )
    for state in states:
        order = order_of.get(state.payment_reference)
        if order is not None and state.reference not in known:
            yield state, order


def follow(*, now: datetime) -> one_by_one.Outcome:
    """Take over warnings of Stripe's list that no event told us of.

    Raises GatewayUnavailable, GatewayRefused when there is no list.
    """
    states = list(gateway().list_fraud_warnings(since=now - LOOKED_AT))
    turns = one_by_one.Turns()
    for state, _ in unknown(states):
        name = f"Fraud warning {state.reference}"
        turns.take(name, partial(refresh, reference=state.reference, now=now))
    return turns.outcome(f"{turns.done} found, {turns.left} could not be taken over")
