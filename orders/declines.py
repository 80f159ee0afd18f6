"""Cards that were declined on our payment pages: each counted once, by Stripe's id of its charge.

The webhook tells of one; the periodic check finds those that nobody told of. Both ask Stripe. A page
with too many of them is closed, which ends its order and the hold on the stock.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from orders import attack_mode, card_testing, events, marks, payments
from orders.gateways import gateway
from orders.gateways.base import ChargeState, CheckoutState
from orders.models import Decline, Order, OrderEvent, PaymentAttempt


class UnknownPage(Exception):
    """The charge is marked as ours, but no payment page of ours belongs to it (yet)."""


def refresh(*, reference: str, now: datetime) -> bool:
    """Ask Stripe about a charge and count it if a card was declined on a page of ours; say whether.

    Closes the page when that was one too many. May be called any number of times.
    Raises UnknownPage, GatewayUnavailable, GatewayRefused.
    """
    charge = gateway().fetch_charge(reference)
    if not charge.is_declined_card or not marks.is_ours(charge.metadata):
        return False
    attempt = marks.attempts_named(charge.metadata).first()
    if attempt is None:
        raise UnknownPage(reference)
    if _count(attempt, charge, now=now):
        attack_mode.watch(now)
    _close_worn_out(attempt, now=now)
    return True


def catch_up(state: CheckoutState, *, now: datetime) -> None:
    """Count what was declined on an open page without our hearing of it; close it where that is due.

    `state` is fresh from the gateway. Raises GatewayUnavailable, GatewayRefused.
    """
    attempt = PaymentAttempt.objects.get(session_id=state.session_id)
    known = Decline.objects.filter(reference=state.failed_charge)
    if state.failed_charge and not known.exists():
        for charge in gateway().list_charges(state.payment_reference):
            if charge.is_declined_card:
                _count(attempt, charge, now=now)
        attack_mode.watch(now)
    _close_worn_out(attempt, now=now)


def is_worn_out(order: Order) -> bool:
    """Say whether a payment page of `order` was closed because too many cards were declined on it."""
    most = settings.DECLINE_LIMIT_PAGE
    closed = order.attempts.filter(status=PaymentAttempt.Status.EXPIRED, failures__gte=most)
    return bool(most) and closed.exists()


def _count(attempt: PaymentAttempt, charge: ChargeState, *, now: datetime) -> bool:
    """Write a declined card down, once; say whether it was news."""
    at = min(charge.tried_at, now)  # the clocks may differ
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        _, is_new = Decline.objects.get_or_create(
            reference=charge.reference,
            defaults={"attempt": attempt, "reason": charge.reason[:60], "declined_at": at},
        )
        if is_new:
            PaymentAttempt.objects.filter(pk=attempt.pk).update(failures=F("failures") + 1)
            card_testing.note_decline(attempt, card_testing.visitor_of(order), at=at)
            events.record(
                order,
                OrderEvent.Type.CARD_DECLINED,
                attempt=attempt.number,
                failure=charge.reason,
            )
    return is_new


def _close_worn_out(attempt: PaymentAttempt, *, now: datetime) -> None:
    attempt.refresh_from_db()
    is_open = attempt.status == PaymentAttempt.Status.OPEN and attempt.session_id
    if not is_open or not 0 < settings.DECLINE_LIMIT_PAGE <= attempt.failures:
        return
    # A good card may have been quicker: then Stripe says so, and the money is recorded.
    state = gateway().expire_checkout(attempt.session_id or "")
    payments.settle(state, now=now)
