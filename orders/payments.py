"""Payments: sending the customer to the payment page, and recording the money that comes.

A paid order is recorded in record_payment(). The webhook, the return page and the periodic check are
three doors to it; it asks Stripe for the truth itself and may be called any number of times.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from orders import closing, discounts, events, review
from orders.gateways import gateway
from orders.gateways.base import (
    CheckoutRequest,
    CheckoutState,
    GatewayRefused,
    GatewayUnavailable,
)
from orders.models import (
    Cart,
    CartLine,
    DiscountCode,
    Order,
    OrderEvent,
    Payment,
    PaymentAttempt,
)
from orders.payment_request import checkout_request
from products import stock
from shop.lib.money import format_cents

logger = logging.getLogger(__name__)

# Stripe wants at least 30 minutes on its own clock; a minute covers the difference to ours.
SHORTEST_SESSION = timedelta(minutes=31)


class PaymentUnavailable(Exception):
    """The payment page cannot be reached now. The order stands; it can be tried again."""

    order: Order | None = None


class UnknownSession(Exception):
    """No order of ours belongs to this payment session (yet)."""


def start_payment(*, order_id: int, base_url: str, now: datetime) -> str:
    """Return the address of the payment page for an unpaid order, making the page if need be.

    There is at most one open page per order; asking again gives the same one. For an order that does
    not wait for money (any more) the address is that of its own page; one that costs nothing is
    recorded as paid. `base_url` is our origin as the customer sees it.

    Raises PaymentUnavailable.
    """
    order = Order.objects.get(pk=order_id)
    if not order.is_pending or order.payments.exists():
        return order.get_absolute_url()
    if order.total_cents == 0:
        _record_free_order(order, now=now)
        return order.get_absolute_url()
    known = order.attempts.live().first()
    if known is None:
        return _ask_for_page(order, _new_attempt(order, base_url=base_url, now=now))
    if known.status == PaymentAttempt.Status.OPEN:
        return known.url if known.expires_at > now else _after_closing_time(known, now=now)
    try:
        return _ask_for_page(order, known)
    except PaymentUnavailable as error:
        if not isinstance(error.__cause__, GatewayRefused):
            raise
    # Stripe had never heard the first question, and by now its end is too near: ask a new one.
    return _ask_for_page(order, _new_attempt(order, base_url=base_url, now=now))


def _after_closing_time(attempt: PaymentAttempt, *, now: datetime) -> str:
    try:
        order = record_payment(session_id=attempt.session_id or "", now=now)
    except (GatewayUnavailable, GatewayRefused) as error:
        raise PaymentUnavailable from error
    # By Stripe's clock it may still be open.
    still_open = order.is_pending and order.attempts.live().filter(pk=attempt.pk).exists()
    return attempt.url if still_open else order.get_absolute_url()


def _new_attempt(order: Order, *, base_url: str, now: datetime) -> PaymentAttempt:
    expires_at = order.expires_at
    if expires_at - now < SHORTEST_SESSION:
        # The hold and the session end together, so a new session means a longer hold.
        expires_at = now + timedelta(minutes=settings.PAYMENT_WINDOW_MINUTES)
        Order.objects.filter(pk=order.pk, status=Order.Status.PENDING).update(expires_at=expires_at)
    number = (order.attempts.aggregate(last=Max("number"))["last"] or 0) + 1
    request = checkout_request(order, attempt=number, base_url=base_url, expires_at=expires_at)
    try:
        with transaction.atomic():
            return PaymentAttempt.objects.create(
                order=order,
                number=number,
                # Stored before the call: after a crash the same question is asked with the same key.
                idempotency_key=f"{settings.DEPLOYMENT}:{order.token[:16]}:checkout:{number}",
                request=request.as_json(),
                expires_at=expires_at,
            )
    except IntegrityError:
        # Another tab was quicker; its page is ours too.
        theirs = order.attempts.live().first()
        if theirs is None:
            raise PaymentUnavailable from None
        return theirs


def _ask_for_page(order: Order, attempt: PaymentAttempt) -> str:
    request = CheckoutRequest.from_json(attempt.request)
    try:
        page = gateway().create_checkout(request, key=attempt.idempotency_key)
    except GatewayUnavailable as error:
        attempt.refresh_from_db()
        if attempt.status == PaymentAttempt.Status.OPEN:
            return attempt.url  # another tab asked at the same moment and was answered
        events.record(order, OrderEvent.Type.PAYMENT_UNAVAILABLE, attempt=attempt.number)
        raise PaymentUnavailable from error
    except GatewayRefused as error:
        logger.exception("Stripe refused the payment page of order %s", order.number)
        with transaction.atomic():
            attempt.status = PaymentAttempt.Status.REFUSED
            attempt.save(update_fields=["status"])
            events.record(order, OrderEvent.Type.PAYMENT_UNAVAILABLE, attempt=attempt.number)
        raise PaymentUnavailable from error
    with transaction.atomic():
        opened = PaymentAttempt.objects.filter(
            pk=attempt.pk, status=PaymentAttempt.Status.CREATED
        ).update(
            status=PaymentAttempt.Status.OPEN,
            session_id=page.session_id,
            url=page.url,
            expires_at=page.expires_at,
        )
        if opened:
            events.record(order, OrderEvent.Type.PAYMENT_STARTED, attempt=attempt.number)
    return page.url


def record_payment(*, session_id: str, now: datetime) -> Order:
    """Ask Stripe about a session and write down what has become of it; return its order.

    Money that came is recorded once, by its own reference, whatever state the order is in. The order
    becomes paid only when the money covers it; everything else is for staff to look at. A session
    that is over without money expires the order.

    Raises UnknownSession, GatewayUnavailable, GatewayRefused.
    """
    state = gateway().fetch_checkout(session_id)
    return settle(state, now=now)


def settle(state: CheckoutState, *, now: datetime, ends_order: bool = True) -> Order:
    """Write down `state`, fresh from the gateway. See record_payment().

    With `ends_order` off, an order whose page is over waits on: the caller decides about it.
    """
    with transaction.atomic():
        attempt = _attempt_of(state)
        order = Order.objects.select_for_update().get(pk=attempt.order_id)
        if state.is_paid:
            _close(attempt, PaymentAttempt.Status.COMPLETE)
            _record_money(order, attempt, state, now)
        elif state.is_over:
            _close(attempt, PaymentAttempt.Status.EXPIRED)
            # A newer page may be open: then the order lives on with it.
            if ends_order and closing.expire(order, now=now):
                order.refresh_from_db()
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
                _ask_for_page(order, attempt)
            except PaymentUnavailable as error:
                if isinstance(error.__cause__, GatewayRefused):
                    continue
                raise
            attempt.refresh_from_db()
        if attempt.session_id:
            settle(gateway().expire_checkout(attempt.session_id), now=now, ends_order=False)
    return Order.objects.get(pk=order.pk)


def forget_session(session_id: str, *, now: datetime) -> Order:
    """Close the books on a page that Stripe says it does not have: nobody can pay there."""
    return settle(CheckoutState(session_id=session_id, status="expired"), now=now)


def _attempt_of(state: CheckoutState) -> PaymentAttempt:
    known = PaymentAttempt.objects.filter(session_id=state.session_id).first()
    if known is not None:
        return known
    # We may have died between Stripe's answer and writing it down; the metadata says whose it is.
    if state.metadata.get("deployment") == settings.DEPLOYMENT:
        number = state.metadata.get("attempt", "")
        unnamed = PaymentAttempt.objects.filter(
            order__number=state.metadata.get("order", ""),
            number=int(number) if number.isdecimal() else 0,
            session_id__isnull=True,
        ).first()
        if unnamed is not None:
            unnamed.session_id = state.session_id
            unnamed.save(update_fields=["session_id"])
            return unnamed
    raise UnknownSession(state.session_id)


def _close(attempt: PaymentAttempt, status: PaymentAttempt.Status) -> None:
    PaymentAttempt.objects.filter(pk=attempt.pk).exclude(
        status=PaymentAttempt.Status.COMPLETE
    ).update(status=status)


def _record_money(
    order: Order, attempt: PaymentAttempt, state: CheckoutState, now: datetime
) -> None:
    payment, is_new = Payment.objects.get_or_create(
        reference=state.payment_reference,
        defaults={
            "order": order,
            "attempt": attempt,
            "amount_cents": state.amount_cents,
            "currency": state.currency,
            "received_at": now,
        },
    )
    if not is_new:
        return
    events.record(
        order,
        OrderEvent.Type.PAYMENT_RECEIVED,
        payment=payment.reference,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
    )
    problem = _problem_with(order, payment)
    if problem:
        review.ask(order, problem, payment=payment.reference)
        return
    _make_paid(order, now)


def _problem_with(order: Order, payment: Payment) -> str:
    if payment.currency != order.currency:
        return f"The payment is in {payment.currency}, the order in {order.currency}."
    if payment.amount_cents != order.total_cents:
        paid, due = format_cents(payment.amount_cents), format_cents(order.total_cents)
        return f"{paid} were paid, {due} were due."
    if order.payments.exclude(pk=payment.pk).exists():
        return "The order has been paid a second time."
    if order.status == Order.Status.EXPIRED and not _hold_again(order):
        return "The payment came after the hold had ended, and the stock is gone."
    if order.status not in {Order.Status.PENDING, Order.Status.EXPIRED}:
        return f"The payment came for an order that is {order.get_status_display().lower()}."
    return ""


def _hold_again(order: Order) -> bool:
    wanted = {line.variant_id: line.quantity for line in order.lines.all()}
    try:
        stock.reserve(reference=order.number, quantities=wanted)
    except stock.OutOfStock:
        return False
    code = DiscountCode.objects.filter(code=order.discount_code).first()
    if code is not None:
        try:
            with transaction.atomic():
                discounts.take(code, order)
        except discounts.DiscountRefused:
            # The price was agreed and is paid; a limit reached meanwhile is no reason to break it.
            logger.warning("Order %s used a code past its limit", order.number)
    return True


def _make_paid(order: Order, now: datetime) -> None:
    order.mark_paid(now)
    stock.allocate(reference=order.number)
    _empty_cart(order)
    events.record(order, OrderEvent.Type.PAID)


def _empty_cart(order: Order) -> None:
    """Take what is paid out of the cart it came from; what was put in since stays there."""
    cart = Cart.objects.select_for_update().filter(order=order).first()
    if cart is None:
        return
    for line in order.lines.all():
        same = CartLine.objects.filter(cart=cart, variant_id=line.variant_id)
        same.filter(quantity__lte=line.quantity).delete()
        same.update(quantity=F("quantity") - line.quantity)
    cart.order, cart.discount_code = None, ""
    cart.save(update_fields=["order", "discount_code"])


def _record_free_order(order: Order, *, now: datetime) -> None:
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if locked.is_pending:
            _make_paid(locked, now)
