"""What becomes of money that came for an order: kept, sent back, or looked at. It is always recorded."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F

from books import ledger
from orders import discounts, events, refunds, review
from orders.gateways.base import CheckoutState
from orders.models import (
    Cart,
    CartLine,
    DiscountCode,
    Order,
    OrderEvent,
    Payment,
    PaymentAttempt,
    Refund,
)
from products import stock
from shop.lib import fault_points
from shop.lib.money import format_cents

logger = logging.getLogger(__name__)


def receive(
    order: Order, attempt: PaymentAttempt, state: CheckoutState, *, now: datetime
) -> list[Refund]:
    """Record the money that `state` tells of, once, and decide about it; return refunds to be sent.

    In the caller's transaction and under the order's lock; the refunds are sent after it. What came
    late for stock that is gone, for a canceled order or a second time goes back in full by itself; what
    is not the amount that was due is for staff to look at.
    """
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
    to_send: list[Refund] = []
    if is_new:
        events.record(
            order,
            OrderEvent.Type.PAYMENT_RECEIVED,
            payment=payment.reference,
            amount_cents=payment.amount_cents,
            currency=payment.currency,
        )
        fault_points.reached("settle.money_recorded")
        to_send = _decide(order, payment, now)
        _book(order, payment, now)
    if state.fee_cents is not None:
        book_fee(order, payment, state.fee_cents, now=now)
    return to_send


def _decide(order: Order, payment: Payment, now: datetime) -> list[Refund]:
    if cause := _why_not_ours(order, payment):
        return _send_back(order, payment, cause, now)
    if problem := _misfit(order, payment):
        review.ask(order, problem, payment=payment.reference)
        return []
    if order.status == Order.Status.EXPIRED and not hold_again(order):
        return _send_back(order, payment, Refund.Cause.LATE, now)
    make_paid(order, now)
    return []


def _why_not_ours(order: Order, payment: Payment) -> Refund.Cause | None:
    """Say why the money must go back whatever its amount is; None when it need not."""
    if order.is_paid or order.payments.exclude(pk=payment.pk).exists():
        return Refund.Cause.DUPLICATE
    return Refund.Cause.CLOSED if order.status == Order.Status.CANCELLED else None


def _misfit(order: Order, payment: Payment) -> str:
    if payment.currency != order.currency:
        return f"The payment is in {payment.currency}, the order in {order.currency}."
    if payment.amount_cents != order.total_cents:
        paid, due = format_cents(payment.amount_cents), format_cents(order.total_cents)
        return f"{paid} were paid, {due} were due."
    return ""


def _send_back(order: Order, payment: Payment, cause: Refund.Cause, now: datetime) -> list[Refund]:
    made = refunds.request_rest_of(payment, cause=cause, reason=cause.label, actor=None, now=now)
    if made is None:
        return []
    events.record(order, OrderEvent.Type.PAYMENT_RETURNED, refund=made.pk, cause=cause.value)
    return [made]


def hold_again(order: Order) -> bool:
    """Hold the packs of an expired order once more; say whether they were still there."""
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


def make_paid(order: Order, now: datetime) -> None:
    """Mark the order paid, allocate its packs, empty its cart and tell everybody."""
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


def _book(order: Order, payment: Payment, now: datetime) -> None:
    ledger.post(
        ledger.Kind.PAYMENT,
        order_number=order.number,
        payment_reference=payment.reference,
        reference=payment.reference,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        key=f"payment:{payment.reference}",
        happened_at=now,
    )


def book_fee(order: Order, payment: Payment, fee_cents: int, *, now: datetime) -> None:
    """Write down what the gateway kept of a payment, once, in the caller's transaction."""
    told = Payment.objects.filter(pk=payment.pk, fee_cents=None).update(fee_cents=fee_cents)
    if told:
        ledger.post(
            ledger.Kind.FEE,
            order_number=order.number,
            payment_reference=payment.reference,
            reference=payment.reference,
            amount_cents=-fee_cents,
            currency=payment.currency,
            key=f"fee:{payment.reference}",
            happened_at=now,
        )
