"""The customer's own page of an order, behind an address nobody can guess."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from orders import payments
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Order, OrderEvent, Refund, ShippingMethod
from orders.views.cookies import forget_count
from shop.lib.caching import private_page
from shop.lib.money import format_cents
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta

logger = logging.getLogger(__name__)

Type = OrderEvent.Type
PUBLIC_TITLES = {
    Type.PLACED: "Order placed",
    Type.PAID: "Payment received",
    Type.SHIPPED: "Parcel handed over",
    Type.CANCELLED: "Order canceled",
    Type.EXPIRED: "Payment window closed",
    Type.REFUND_SETTLED: "Refund sent",
}


@dataclass(frozen=True)
class Milestone:
    """One entry of the customer's timeline."""

    title: str
    at: datetime | None = None
    text: str = ""
    state: str = "done"


@require_safe
@private_page
def detail(request: HttpRequest, token: str) -> HttpResponse:
    """Show state, lines, how the total was made, address, timeline and tracking."""
    order = get_object_or_404(
        Order.objects.prefetch_related(
            "lines", "events", "shipments__lines__line", "policy_versions__policy", "refunds"
        ),
        token=token,
    )
    return render(request, "orders/order_detail.html", _context(order, request))


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@private_page
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Go (back) to the payment page of an unpaid order."""
    order = get_object_or_404(Order, token=token)
    if request.method != "POST":
        return redirect(order)  # opened again from the address bar
    base_url = f"{request.scheme}://{request.get_host()}"
    try:
        return redirect(
            payments.start_payment(order_id=order.pk, base_url=base_url, now=timezone.now())
        )
    except payments.PaymentUnavailable:
        return redirect(order)


@require_safe
@private_page
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """Take the customer back from the payment page: record what happened, then show the order.

    Only a session of this very order is asked about. When Stripe does not answer, the webhook or the
    periodic check will settle it; the page says so.
    """
    order = get_object_or_404(Order, token=token)
    session_id = request.GET.get("session_id", "").replace("\x00", "")
    response = redirect(order)
    if session_id and order.attempts.filter(session_id=session_id).exists():
        try:
            order = payments.record_payment(session_id=session_id, now=timezone.now())
        except (GatewayUnavailable, GatewayRefused, payments.UnknownSession):
            logger.exception("Unable to settle an order on return")
            response = redirect(f"{order.get_absolute_url()}?confirming=1")
        else:
            if order.is_pending:
                response = redirect(f"{order.get_absolute_url()}?confirming=1")
    return forget_count(response) if order.is_paid else response


def _context(order: Order, request: HttpRequest) -> dict[str, Any]:
    events = sorted(order.events.all(), key=lambda event: (event.created_at, event.pk))
    last = events[-1].type if events else ""
    has_money = any(event.type == Type.PAYMENT_RECEIVED for event in events)
    shipments = list(order.shipments.all())
    lines = list(order.lines.all())
    is_waiting = order.is_pending and not has_money
    return {
        "meta": PageMeta(
            title=f"Order {order.number}",
            description="State, lines, total and tracking of your order.",
            path=order.get_absolute_url(),
            robots="noindex",
        ),
        "order": order,
        "lines": lines,
        "shipments": shipments,
        "policy_versions": list(order.policy_versions.all()),
        "timeline": _timeline(order, events, {shipment.pk: shipment for shipment in shipments}),
        "refunded_cents": sum(
            refund.amount_cents
            for refund in order.refunds.all()
            if refund.status == Refund.Status.SETTLED
        ),
        # Money came and did not make it paid (too late, too much, twice): staff look at it.
        "is_looked_at": order.needs_review and has_money,
        "is_confirming": is_waiting and request.GET.get("confirming") == "1",
        "is_payment_unavailable": is_waiting and last == Type.PAYMENT_UNAVAILABLE,
        "can_pay": is_waiting and order.expires_at > timezone.now(),
        "is_something_to_ship": any(line.quantity_open for line in lines),
        "shipping_promise": _shipping_promise(order),
    }


def _shipping_promise(order: Order) -> str:
    """How long the chosen way takes, as it is offered today; empty before payment and when it is gone."""
    if order.status != Order.Status.PAID:
        return ""
    method = ShippingMethod.objects.filter(code=order.shipping_code).first()
    return method.promise if method else ""


def _timeline(order: Order, events: list[OrderEvent], shipments: dict[int, Any]) -> list[Milestone]:
    done = [
        Milestone(PUBLIC_TITLES[Type(event.type)], event.created_at, _words(event, shipments))
        for event in events
        if event.type in PUBLIC_TITLES
    ]
    if order.status == Order.Status.PENDING:
        return [*done, Milestone("Payment", state="now"), Milestone("Shipping", state="todo")]
    if order.status == Order.Status.PAID and any(line.quantity_open for line in order.lines.all()):
        return [*done, Milestone("Packing and shipping", state="now")]
    return done


def _words(event: OrderEvent, shipments: dict[int, Any]) -> str:
    if event.type == Type.SHIPPED:
        return str(shipments.get(event.data.get("shipment"), ""))
    if event.type == Type.REFUND_SETTLED:
        return format_cents(int(event.data.get("amount_cents", 0)))
    return ""
