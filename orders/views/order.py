"""The customer's own page of an order, behind an address nobody can guess."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orders import card_testing, declines, deliveries, payments, worklist
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Order, OrderEvent, Refund, Shipment, ShippingMethod
from orders.views.cookies import forget_count
from shop.lib.caching import private_page
from shop.lib.money import format_cents
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from shop.lib.tokens import find_by_token
from shop.lib.too_often import TOO_MANY_REQUESTS, retry_after
from throttle.limits import address_block

logger = logging.getLogger(__name__)

Type = OrderEvent.Type
PUBLIC_TITLES = {
    Type.PLACED: "Order placed",
    Type.PAID: "Payment received",
    Type.SHIPPED: "Parcel handed over",
    Type.DELIVERED: "Delivered",
    Type.CANCELLED: "Order canceled",
    Type.EXPIRED: "Payment window closed",
    Type.PAYMENT_FAILED: "Your bank did not send the money",
    Type.PAYMENT_RETURNED: "Payment to be sent back",
    Type.REFUND_SETTLED: "Refund sent",
    Type.REFUND_FAILED: "Refund came back to us",
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
    order = _find(
        token,
        Order.objects.prefetch_related(
            "lines", "events", "shipments__lines__line", "policy_versions__policy", "refunds"
        ),
    )
    return render(request, "orders/order_detail.html", _context(order, request))


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@private_page
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Go (back) to the payment page of an unpaid order. 429: too many pages, come back later."""
    order = _find(token)
    if request.method != "POST":
        return redirect(order)  # opened again from the address bar
    now = timezone.now()
    try:
        url = payments.start_payment(
            order_id=order.pk,
            base_url=f"{request.scheme}://{request.get_host()}",
            now=now,
            network=address_block(request),
        )
    except payments.PaymentUnavailable:
        return redirect(order)
    except card_testing.TooOften as refusal:
        context = {**_context(order, request), "opens_at": refusal.minute}
        page = render(request, "orders/order_detail.html", context, status=TOO_MANY_REQUESTS)
        return retry_after(page, refusal.opens_at, now=now)
    return redirect(url)


@require_POST
@same_origin_post
@private_page
def arrived(request: HttpRequest, token: str) -> HttpResponse:
    """Note that a parcel has arrived, as its buyer says. `parcel` is its place on the page, from 1."""
    order = _find(token)
    parcels = _parcels(order)
    place = request.POST.get("parcel", "")
    if place in {str(number) for number in range(1, len(parcels) + 1)}:
        now = timezone.now()
        # Pressed twice, or recorded by staff meanwhile: the page shows it.
        with suppress(deliveries.DeliveryRefused):
            deliveries.mark_delivered(parcels[int(place) - 1].pk, at=now, actor=None, now=now)
    return redirect(order)


@require_safe
@private_page
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """Take the customer back from the payment page: record what happened, then show the order.

    Only a session of this very order is asked about. When Stripe does not answer, the webhook or the
    periodic check will settle it; the page says so.
    """
    order = _find(token)
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


def _find(token: str, orders: QuerySet[Order] | None = None) -> Order:
    order = find_by_token(Order.objects.all() if orders is None else orders, token)
    if order is None:
        raise Http404
    return order


def _parcels(order: Order) -> list[Shipment]:
    """The parcels in the order in which they left: the page counts them."""
    return sorted(order.shipments.all(), key=lambda one: (one.shipped_at, one.pk))


def _context(order: Order, request: HttpRequest) -> dict[str, Any]:
    events = sorted(order.events.all(), key=lambda event: (event.created_at, event.pk))
    last = events[-1].type if events else ""
    has_money = any(event.type == Type.PAYMENT_RECEIVED for event in events)
    shipments = _parcels(order)
    lines = list(order.lines.all())
    is_waiting = order.is_pending and not has_money
    settled = [one for one in order.refunds.all() if one.status == Refund.Status.SETTLED]
    # What goes back of a second payment is none of the order's total.
    paid_twice_cents = sum(
        one.amount_cents for one in settled if one.cause == Refund.Cause.DUPLICATE
    )
    is_looked_at = order.needs_review and has_money
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
        "refunded_cents": sum(one.amount_cents for one in settled) - paid_twice_cents,
        "paid_twice_cents": paid_twice_cents,
        "is_paid_in_vain": any(
            refund.cause in {Refund.Cause.LATE, Refund.Cause.CLOSED}
            for refund in order.refunds.all()
        ),
        "is_refund_stuck": _is_refund_stuck(order),
        # Nothing is promised, and nothing told of a bank that looks at the payment or has taken it.
        "is_on_hold": _is_on_hold(order),
        # Money came and did not make it paid (too late, too much, twice): staff look at it.
        "is_looked_at": is_looked_at,
        # Not "waiting for payment" above a notice that asks not to pay again.
        "waits_for_us": _is_on_hold(order) or (is_looked_at and order.is_unpaid),
        "is_confirming": is_waiting and request.GET.get("confirming") == "1",
        "is_payment_unavailable": is_waiting and last == Type.PAYMENT_UNAVAILABLE,
        "is_worn_out": order.status == Order.Status.EXPIRED and declines.is_worn_out(order),
        "can_pay": is_waiting and order.expires_at > timezone.now(),
        "is_delivered": bool(shipments) and all(one.delivered_at for one in shipments),
        "is_something_to_ship": any(line.quantity_open for line in lines),
        "shipping_promise": _shipping_promise(order),
    }


def _is_on_hold(order: Order) -> bool:
    """Say whether nothing of a paid order ships now, as staff or a bank have to decide something."""
    return order.status == Order.Status.PAID and (order.is_frozen or order.needs_review)


def _is_refund_stuck(order: Order) -> bool:
    """Say whether a refund failed and nobody has dealt with it; of what a bank holds nothing is said."""
    return (
        order.needs_review
        and not order.is_frozen
        and worklist.troubled_refunds().filter(order=order, status=Refund.Status.FAILED).exists()
        and not order.is_money_with_bank
    )


def _shipping_promise(order: Order) -> str:
    """How long the chosen way takes, as it is offered today; empty before payment and when it is gone."""
    if order.status != Order.Status.PAID:
        return ""
    method = ShippingMethod.objects.filter(code=order.shipping_code).first()
    return method.promise if method else ""


def _timeline(
    order: Order, events: list[OrderEvent], shipments: dict[int, Shipment]
) -> list[Milestone]:
    done = [
        Milestone(
            PUBLIC_TITLES[Type(event.type)], _when(event, shipments), _words(event, shipments)
        )
        for event in _public(events)
    ]
    if order.status == Order.Status.PENDING:
        return [*done, Milestone("Payment", state="now"), Milestone("Shipping", state="todo")]
    is_open = any(line.quantity_open for line in order.lines.all())
    if order.status == Order.Status.PAID and is_open and not _is_on_hold(order):
        return [*done, Milestone("Packing and shipping", state="now")]
    return done


def _public(events: list[OrderEvent]) -> Iterator[OrderEvent]:
    """Yield what customers are told of; of a refund that never left they have heard nothing."""
    sent = set[int | None]()
    for event in events:
        refund = event.data.get("refund")
        if event.type == Type.REFUND_SETTLED:
            sent.add(refund)
        if event.type == Type.REFUND_FAILED and refund not in sent:
            continue
        if event.type in PUBLIC_TITLES:
            yield event


def _when(event: OrderEvent, shipments: dict[int, Shipment]) -> datetime:
    """When it happened; a delivery is often written down later."""
    parcel = shipments.get(event.data.get("shipment", 0))
    if event.type == Type.DELIVERED and parcel and parcel.delivered_at:
        return parcel.delivered_at
    return event.created_at


def _words(event: OrderEvent, shipments: dict[int, Any]) -> str:
    if event.type in {Type.SHIPPED, Type.DELIVERED}:
        return str(shipments.get(event.data.get("shipment"), ""))
    if event.type in {Type.REFUND_SETTLED, Type.REFUND_FAILED}:
        return format_cents(int(event.data.get("amount_cents", 0)))
    return ""
