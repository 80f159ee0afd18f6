"""Payments: sending the customer to the payment page, and recording the money that comes.

A paid order is recorded in record_payment(). The webhook, the return page and the periodic check are
three doors to it; it asks Stripe for the truth itself and may be called any number of times.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from orders import card_testing, closing, events, incoming, marks, refunds, review
from orders.gateways import gateway
from orders.gateways.base import (
    CheckoutRequest,
    CheckoutState,
    GatewayRefused,
    GatewayUnavailable,
)
from orders.models import (
    Order,
    OrderEvent,
    Payment,
    PaymentAttempt,
    Refund,
)
from orders.payment_request import checkout_request
from shop.lib import fault_points
from throttle.limits import digest_of

logger = logging.getLogger(__name__)

# Stripe wants at least 30 minutes on its own clock; a minute covers the difference to ours.
SHORTEST_SESSION = timedelta(minutes=31)


class PaymentUnavailable(Exception):
    """The payment page cannot be reached now. The order stands; it can be tried again."""

    order: Order | None = None


class AcceptRefused(Exception):
    """The order cannot be taken as paid; the message says why, to staff."""


class UnknownSession(Exception):
    """No order of ours belongs to this payment session (yet)."""


def start_payment(*, order_id: int, base_url: str, now: datetime, network: str = "") -> str:
    """Return the address of the payment page for an unpaid order, making the page if need be.

    There is at most one open page per order; asking again gives the same one. For an order that does
    not wait for money (any more) the address is that of its own page. `base_url` is our origin as the
    customer sees it, `network` where they come from (throttle.limits.address_block).

    Raises PaymentUnavailable, and card_testing.TooOften where one more page would be too many.
    """
    order = Order.objects.get(pk=order_id)
    if not order.is_pending or order.payments.exists():
        return order.get_absolute_url()
    known = order.attempts.live().first()
    if known is not None and known.status == PaymentAttempt.Status.OPEN:
        return known.url if known.expires_at > now else _after_closing_time(known, now=now)
    if known is not None:
        try:
            return _ask_for_page(order, known, now=now)
        except PaymentUnavailable as error:
            if not isinstance(error.__cause__, GatewayRefused):
                raise
        # Stripe had never heard the first question, and by now its end is too near: ask a new one.
    attempt = _new_attempt(order, base_url=base_url, network=network, now=now)
    return _ask_for_page(order, attempt, now=now) if attempt else order.get_absolute_url()


def _after_closing_time(attempt: PaymentAttempt, *, now: datetime) -> str:
    try:
        order = record_payment(session_id=attempt.session_id or "", now=now)
    except (GatewayUnavailable, GatewayRefused) as error:
        raise PaymentUnavailable from error
    # By Stripe's clock it may still be open.
    still_open = order.is_pending and order.attempts.live().filter(pk=attempt.pk).exists()
    return attempt.url if still_open else order.get_absolute_url()


def _new_attempt(
    order: Order, *, base_url: str, network: str, now: datetime
) -> PaymentAttempt | None:
    """Write down the next try to pay; where another tab was quicker, that one is ours too.

    None where the order has ended, or got another address, since it was read.
    """
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if not locked.is_pending or locked.payments.exists() or locked.token != order.token:
            return None
        theirs = locked.attempts.live().first()
        if theirs is not None:
            return theirs
        number = (locked.attempts.aggregate(last=Max("number"))["last"] or 0) + 1
        if number > 1:  # the first page belongs to the checkout, which has been counted
            card_testing.admit(card_testing.visitor_of(locked, network=network), now=now)
        if locked.expires_at - now < SHORTEST_SESSION:
            # The hold and the session end together, so a new session means a longer hold.
            locked.expires_at = now + timedelta(minutes=settings.PAYMENT_WINDOW_MINUTES)
            locked.save(update_fields=["expires_at"])
        request = checkout_request(
            locked, attempt=number, base_url=base_url, expires_at=locked.expires_at
        )
        return PaymentAttempt.objects.create(
            order=locked,
            number=number,
            # Stored before the call: after a crash the same question is asked with the same key.
            idempotency_key=f"{settings.DEPLOYMENT}:{locked.token[:16]}:checkout:{number}",
            request=request.as_json(),
            expires_at=locked.expires_at,
            origin=digest_of(network, now) if network else "",
        )


def _ask_for_page(order: Order, attempt: PaymentAttempt, *, now: datetime) -> str:
    request = CheckoutRequest.from_json(attempt.request)
    fault_points.reached("checkout.attempt_written")
    try:
        page = gateway().create_checkout(request, key=attempt.idempotency_key)
    except (GatewayUnavailable, GatewayRefused) as error:
        is_refused = isinstance(error, GatewayRefused)
        if is_refused:
            logger.exception("Stripe refused the payment page of order %s", order.number)
        if url := _answered_meanwhile(order, attempt, is_refused=is_refused):
            return url
        raise PaymentUnavailable from error
    fault_points.reached("checkout.page_made")
    with transaction.atomic():
        is_pending = Order.objects.select_for_update().get(pk=order.pk).is_pending
        attempt.refresh_from_db()
        if attempt.status == PaymentAttempt.Status.CREATED:
            attempt.status = PaymentAttempt.Status.OPEN
            attempt.session_id, attempt.url = page.session_id, page.url
            attempt.expires_at = page.expires_at
            attempt.save(update_fields=["status", "session_id", "url", "expires_at"])
            events.record(order, OrderEvent.Type.PAYMENT_STARTED, attempt=attempt.number)
    fault_points.reached("checkout.page_written")
    if is_pending and attempt.status == PaymentAttempt.Status.OPEN:
        return attempt.url
    _close_in_vain(page.session_id, now=now)
    return order.get_absolute_url()


def _close_in_vain(session_id: str, *, now: datetime) -> None:
    """Close a page that was made while its order, or the try, came to an end: nobody may pay there."""
    try:
        settle(gateway().expire_checkout(session_id), now=now, ends_order=False)
    except (GatewayUnavailable, GatewayRefused):
        # The reconciler closes what outlived its order (reconcile.close_outlived).
        logger.exception("The page %s that outlived its order is not closed yet", session_id)


def _answered_meanwhile(order: Order, attempt: PaymentAttempt, *, is_refused: bool) -> str:
    """Return the page that another tab got for the same question; empty, and noted, where none did."""
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=order.pk)
        attempt.refresh_from_db()
        if attempt.status == PaymentAttempt.Status.OPEN:
            return attempt.url
        if is_refused and attempt.status == PaymentAttempt.Status.CREATED:
            attempt.status = PaymentAttempt.Status.REFUSED
            attempt.save(update_fields=["status"])
        events.record(order, OrderEvent.Type.PAYMENT_UNAVAILABLE, attempt=attempt.number)
    return ""


def record_payment(*, session_id: str, now: datetime) -> Order:
    """Ask Stripe about a session and write down what has become of it; return its order.

    Money that came is recorded once, by its own reference, whatever state the order is in. The order
    becomes paid only when the money covers it; everything else is for staff to look at. A session
    that is over without money expires the order.

    Raises UnknownSession, GatewayUnavailable, GatewayRefused.
    """
    return settle(ask(session_id), now=now)


def ask(session_id: str) -> CheckoutState:
    """Return what Stripe says about a session. Raises GatewayUnavailable, GatewayRefused."""
    state = gateway().fetch_checkout(session_id)
    fault_points.reached("settle.asked")
    return state


def settle(state: CheckoutState, *, now: datetime, ends_order: bool = True) -> Order:
    """Write down `state`, fresh from the gateway. See record_payment().

    With `ends_order` off, an order whose page is over waits on: the caller decides about it.
    """
    to_send: list[Refund] = []
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=_attempt_of(state).order_id)
        attempt = _attempt_of(state)  # as it is under the lock
        if attempt.session_id is None:
            attempt.session_id = state.session_id
            attempt.save(update_fields=["session_id"])
        if state.is_paid:
            _close(attempt, PaymentAttempt.Status.COMPLETE)
            to_send = incoming.receive(order, attempt, state, now=now)
        elif state.is_over:
            is_news = _close(attempt, PaymentAttempt.Status.EXPIRED)
            if is_news and state.status == "failed":
                events.record(order, OrderEvent.Type.PAYMENT_FAILED, attempt=attempt.number)
            # A newer page may be open: then the order lives on with it.
            if ends_order and closing.expire(order, now=now):
                order.refresh_from_db()
        fault_points.reached("settle.before_commit")
    fault_points.reached("settle.committed")
    for row in to_send:
        refunds.send(refund_id=row.pk, now=now)
    return order


def close_session(order: Order, *, now: datetime) -> Order:
    """Close the order's open payment page, if any, and return the order as it is then.

    Without money it still waits: what becomes of it is for the caller. The page may have been paid a
    moment before, then the order comes back paid.
    Raises GatewayUnavailable, GatewayRefused, PaymentUnavailable.
    """
    for attempt in order.attempts.live():
        if attempt.status == PaymentAttempt.Status.CREATED:
            # Whether the page exists is not known; asking once more with the same key tells.
            try:
                _ask_for_page(order, attempt, now=now)
            except PaymentUnavailable as error:
                if isinstance(error.__cause__, GatewayRefused):
                    continue
                raise
            attempt.refresh_from_db()
        if attempt.session_id:
            state = gateway().expire_checkout(attempt.session_id)
            fault_points.reached("close.page_closed")
            settle(state, now=now, ends_order=False)
    return Order.objects.get(pk=order.pk)


def accept(*, order_id: int, reason: str, actor: events.Actor, now: datetime) -> Order:
    """Take an order as paid although the money that came is not what was due: staff decided so.

    Its hold is taken again where it has ended, and a payment page that is still open is closed.
    Raises AcceptRefused, which changes nothing.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if why_not := why_not_accept(order):
            raise AcceptRefused(why_not)
        if order.status == Order.Status.EXPIRED and not incoming.hold_again(order):
            message = "The packs of this order have been sold meanwhile. Pay the money back."
            raise AcceptRefused(message)
        review.close(order, reason=reason, actor=actor)
        events.record(order, OrderEvent.Type.PAYMENT_ACCEPTED, actor=actor, reason=reason)
        incoming.make_paid(order, now)
    try:
        return close_session(order, now=now)
    except (GatewayUnavailable, GatewayRefused, PaymentUnavailable):
        # The reconciler closes what outlived its order (reconcile.close_outlived).
        logger.exception("An open payment page of order %s is not closed yet", order.number)
    return order


def why_not_accept(order: Order) -> str:
    """Say why `order` cannot be taken as paid by hand; empty when it can."""
    if not order.is_unpaid:
        return "Only an unpaid order can be taken as paid."
    if refunds.refundable_cents(order) <= 0:
        return "No money of this order is here."
    return ""


def note_fee(*, payment_id: int, now: datetime) -> bool:
    """Ask Stripe what it kept of a payment and write it down; say whether it told.

    Raises GatewayUnavailable, GatewayRefused.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.fee_cents is not None or not payment.amount_cents:
        return True
    fee_cents = gateway().fetch_fee(payment.reference)
    if fee_cents is None:
        return False
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        incoming.book_fee(order, payment, fee_cents, now=now)
    return True


def forget_session(session_id: str, *, now: datetime) -> Order:
    """Close the books on a page that Stripe says it does not have: nobody can pay there."""
    return settle(CheckoutState(session_id=session_id, status="expired"), now=now)


def _attempt_of(state: CheckoutState) -> PaymentAttempt:
    known = PaymentAttempt.objects.filter(session_id=state.session_id).first()
    if known is not None:
        return known
    # We may have died between Stripe's answer and writing it down; the metadata says whose it is.
    if marks.is_ours(state.metadata):
        unnamed = marks.attempts_named(state.metadata).filter(session_id__isnull=True).first()
        if unnamed is not None:
            return unnamed
    raise UnknownSession(state.session_id)


def _close(attempt: PaymentAttempt, status: PaymentAttempt.Status) -> bool:
    """Close a page, say whether that is news. What is complete stays so."""
    known = [PaymentAttempt.Status.COMPLETE, status]
    rows = PaymentAttempt.objects.filter(pk=attempt.pk).exclude(status__in=known)
    return rows.update(status=status) == 1
