"""Stripe beside our orders: what differs between the two. What settles a difference: orders/settling.py.

Looking changes nothing and asks for lists only: the number of queries does not grow with the rows.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings

from orders import dispute_words, disputes, fraud_warnings, refund_answers
from orders.gateways import gateway
from orders.gateways.base import CheckoutState, RefundState
from orders.marks import is_ours
from orders.models import Order, OrderEvent, Payment, PaymentAttempt, Refund
from shop.lib.money import format_cents

# Our row is written before Stripe is asked; its clock and ours may differ by so much.
MARGIN = timedelta(minutes=10)
# A refund that was asked for is on its way at once; it differs when it is still not there by then.
PATIENCE = timedelta(minutes=1)
NOT_AT_STRIPE = "not_at_stripe"


class Kind(StrEnum):
    """What differs. The values stand in forms."""

    NOT_RECORDED = "not_recorded"
    PAGE_OUTLIVED = "page_outlived"
    NO_ORDER = "no_order"
    PAYMENT_NOT_THERE = "payment_not_there"
    AMOUNT_DIFFERS = "amount_differs"
    REFUND_DIFFERS = "refund_differs"
    REFUND_CONTRADICTS = "refund_contradicts"
    REFUND_WAITS = "refund_waits"
    REFUND_NOT_THERE = "refund_not_there"
    DISPUTE_DIFFERS = "dispute_differs"
    WARNING_UNKNOWN = "warning_unknown"


@dataclass(frozen=True)
class Difference:
    """One thing that Stripe and we do not see alike. `order` is None where it is none of ours."""

    kind: Kind
    reference: str
    words: str
    order: Order | None = None


@dataclass(frozen=True)
class Comparison:
    """What was compared, how much of it, and what differs."""

    checkouts: int
    refunds: int
    payments: int
    differences: Sequence[Difference]


def compare(*, since: datetime, now: datetime) -> Comparison:
    """Hold what Stripe has since `since` (aware) against our orders. Reads only.

    Raises GatewayUnavailable, GatewayRefused.
    """
    checkouts = list(gateway().list_checkouts(since=since - MARGIN))
    states = list(gateway().list_recent_refunds(since=since - MARGIN))
    # Money of the demo's sandbox is not looked for in the real account that followed it.
    ours = Payment.objects.filter(received_at__gte=since, received_at__lte=now)
    ours = (
        ours.filter(order__is_demo__in={False, settings.DEMO})
        .select_related("order", "attempt")
        .order_by("pk")
    )
    received = list(ours)
    theirs = {one.payment_reference: one for one in checkouts if one.is_paid}
    differences = [
        *checkout_differences(checkouts),
        *_payments_not_there(received, theirs.keys(), since),
        *_payments_over_more_or_less(received, theirs),
        *_refund_differences(states, since=since, now=now),
        *_bank_differences(since - MARGIN),
    ]
    return Comparison(len(checkouts), len(states), len(received), differences)


def checkout_differences(checkouts: Sequence[CheckoutState]) -> Iterator[Difference]:
    """Yield what differs about payment pages; those of other shops of the account are left out."""
    ids = [state.session_id for state in checkouts]
    by_session = {
        attempt.session_id: attempt
        for attempt in PaymentAttempt.objects.filter(session_id__in=ids).select_related("order")
    }
    names = {state.metadata.get("order", "") for state in checkouts if is_ours(state.metadata)}
    # A page whose answer we never got: its order and number are written on it.
    nameless = {
        (attempt.order.number, str(attempt.number)): attempt
        for attempt in PaymentAttempt.objects.filter(
            order__number__in=names, session_id__isnull=True
        ).select_related("order")
    }
    recorded = set(
        Payment.objects.filter(
            reference__in=[state.payment_reference for state in checkouts if state.is_paid]
        ).values_list("reference", flat=True)
    )
    for state in checkouts:
        attempt = by_session.get(state.session_id)
        if attempt is None and is_ours(state.metadata):
            named = state.metadata.get("order", ""), state.metadata.get("attempt", "")
            attempt = nameless.get(named)
            if attempt is None:
                yield from _no_order(state)
        if attempt is not None:
            yield from _checkout_difference(state, attempt, recorded)


def _no_order(state: CheckoutState) -> Iterator[Difference]:
    if state.is_over:
        return
    amount = format_cents(state.amount_cents, state.currency)
    words = f"A payment page over {amount} for order {state.metadata.get('order', '?')}, "
    yield Difference(Kind.NO_ORDER, state.session_id, words + ("paid" if state.is_paid else "open"))


def _checkout_difference(
    state: CheckoutState, attempt: PaymentAttempt, recorded: set[str]
) -> Iterator[Difference]:
    order = attempt.order
    if state.is_paid and state.payment_reference not in recorded:
        words = f"{format_cents(state.amount_cents, state.currency)} were paid"
        yield Difference(Kind.NOT_RECORDED, state.session_id, words, order)
    if state.status == "open" and not (order.is_pending and attempt.is_live):
        words = f"The page of attempt {attempt.number} can still be paid"
        yield Difference(Kind.PAGE_OUTLIVED, state.session_id, words, order)


def _payments_not_there(
    received: Sequence[Payment], theirs: Set[str], since: datetime
) -> Iterator[Difference]:
    # Pages are listed by when they were made: of an older one, paid since, the list tells nothing.
    missing = [
        payment
        for payment in received
        if payment.reference not in theirs
        and (payment.attempt is None or payment.attempt.created_at >= since)
    ]
    told = already_asked({payment.order_id for payment in missing})
    for payment in missing:
        if payment.reference not in told:
            words = f"{format_cents(payment.amount_cents, payment.currency)} are recorded here"
            yield Difference(Kind.PAYMENT_NOT_THERE, payment.reference, words, payment.order)


def _payments_over_more_or_less(
    received: Sequence[Payment], theirs: Mapping[str, CheckoutState]
) -> Iterator[Difference]:
    yield from _wrong_amounts(
        [
            (
                payment.reference,
                payment.order,
                format_cents(state.amount_cents, state.currency),
                format_cents(payment.amount_cents, payment.currency),
            )
            for payment in received
            if (state := theirs.get(payment.reference))
        ]
    )


def _wrong_amounts(pairs: Sequence[tuple[str, Order, str, str]]) -> Iterator[Difference]:
    """Yield a difference for each (reference, order, amount at Stripe, amount here) of two amounts."""
    wrong = [pair for pair in pairs if pair[2] != pair[3]]
    told = already_asked({order.pk for _, order, _, _ in wrong})
    for reference, order, there, here in wrong:
        if amount_subject(reference) not in told:
            words = f"{there} at Stripe; here: {here}"
            yield Difference(Kind.AMOUNT_DIFFERS, reference, words, order)


def amount_subject(reference: str) -> str:
    """Return under which name staff are asked about the amount of a payment or refund, once."""
    return f"amount of {reference}"


def refund_subject(row: Refund) -> str:
    """Return under which name staff are asked where a refund is, once."""
    return f"refund {row.pk}"


def already_asked(order_ids: set[int]) -> set[str]:
    """Return what staff have put on review already as missing, or of another amount, at Stripe."""
    asked = OrderEvent.objects.filter(
        order__in=order_ids, type=OrderEvent.Type.NEEDS_REVIEW
    ).values_list("data", flat=True)
    return {str(data.get(NOT_AT_STRIPE, "")) for data in asked}


def refund_differences(states: Sequence[RefundState]) -> Iterator[Difference]:
    """Yield what Stripe's refunds say otherwise than our rows; those of other shops are left out."""
    for state, row, payment in _beside_ours(states):
        yield from _refund_difference(state, row, payment.order)


def _beside_ours(
    states: Sequence[RefundState],
) -> list[tuple[RefundState, Refund | None, Payment]]:
    """Return each of `states` that is of a payment of ours, with our row, if any. Two queries."""
    paid = Payment.objects.filter(reference__in={state.payment_reference for state in states})
    payment_of = {payment.reference: payment for payment in paid.select_related("order")}
    rows = list(
        Refund.objects.filter(payment__in=payment_of.values()).select_related("order", "payment")
    )
    by_reference = {row.reference: row for row in rows if row.reference}
    by_name = {(str(row.pk), row.payment.reference): row for row in rows if not row.reference}
    found = list[tuple[RefundState, Refund | None, Payment]]()
    for state in states:
        name = state.metadata.get("refund", ""), state.payment_reference
        row = by_reference.get(state.reference) or by_name.get(name)
        if payment := payment_of.get(state.payment_reference):
            found.append((state, row, payment))
    return found


def _refund_differences(
    states: Sequence[RefundState], *, since: datetime, now: datetime
) -> Iterator[Difference]:
    taken, amounts = set[int](), list[tuple[str, Order, str, str]]()
    for state, row, payment in _beside_ours(states):
        if row is not None:
            taken.add(row.pk)
            here, there = (format_cents(one.amount_cents, payment.currency) for one in (row, state))
            amounts.append((state.reference, payment.order, there, here))
        yield from _refund_difference(state, row, payment.order)
    yield from _wrong_amounts(amounts)
    yield from _refunds_here(taken, since=since, now=now)


def _refund_difference(
    state: RefundState, row: Refund | None, order: Order
) -> Iterator[Difference]:
    status = refund_answers.STATUS_OF.get(state.status, Refund.Status.SENT)
    amount = format_cents(state.amount_cents, order.currency)
    if row is None:
        words = f"{amount}, {state.status} at Stripe; not known here"
        yield Difference(Kind.REFUND_DIFFERS, state.reference, words, order)
    elif row.status != status:
        words = f"{amount}, {state.status} at Stripe; here: {row.get_status_display()}"
        kind = Kind.REFUND_DIFFERS if row.can_become(status) else Kind.REFUND_CONTRADICTS
        yield Difference(kind, state.reference, words, order)


def _refunds_here(taken: set[int], *, since: datetime, now: datetime) -> Iterator[Difference]:
    waiting = Refund.objects.filter(
        status__in=[Refund.Status.REQUESTED, Refund.Status.IN_DOUBT],
        requested_at__lt=now - PATIENCE,
    )
    for row in waiting.exclude(pk__in=taken).select_related("order").order_by("pk"):
        yield Difference(Kind.REFUND_WAITS, str(row.pk), _in_words(row), row.order)
    gone = Refund.objects.filter(
        status__in=[Refund.Status.SENT, Refund.Status.SETTLED],
        requested_at__gte=since,
        requested_at__lt=now - PATIENCE,
        order__is_demo__in={False, settings.DEMO},
    )
    # Those made in Stripe's dashboard may be older there than our knowledge of them.
    gone = gone.exclude(pk__in=taken).exclude(idempotency_key__startswith="outside:")
    missing = list(gone.select_related("order").order_by("pk"))
    told = already_asked({row.order_id for row in missing})
    for row in missing:
        if refund_subject(row) not in told:
            yield Difference(Kind.REFUND_NOT_THERE, str(row.pk), _in_words(row), row.order)


def _bank_differences(since: datetime) -> Iterator[Difference]:
    for state, row, order in disputes.differing(list(gateway().list_disputes(since=since))):
        amount = format_cents(state.amount_cents, state.currency)
        there = f"{amount}. At Stripe: {dispute_words.status_named(state.status)}."
        here = f"Here: {dispute_words.status(row)}." if row else "Not known here."
        if row and row.status == state.status:
            here = "The money or the deadline differs."
        words = f"{there} {here}"
        yield Difference(Kind.DISPUTE_DIFFERS, state.reference, words, order)
    warnings = list(gateway().list_fraud_warnings(since=since))
    for warning, order in fraud_warnings.unknown(warnings):
        words = f"What the bank suspects: {dispute_words.fraud_named(warning.fraud_type)}."
        yield Difference(Kind.WARNING_UNKNOWN, warning.reference, words, order)


def _in_words(row: Refund) -> str:
    amount = format_cents(row.amount_cents, row.order.currency)
    return f"{amount}, here: {row.get_status_display()}"
