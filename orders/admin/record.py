"""The record of one order on one page: everything that is known, and what can be done next."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils import timezone

from orders.admin import disputes, timeline
from orders.models import (
    FraudWarning,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Refund,
    RefundLine,
    Shipment,
    ShipmentLine,
)

OTHER_ORDERS = 5


@dataclass(frozen=True)
class Money:
    """What came in and what went back, in cents. `returned` counts refunds that have not failed.

    `held` is what banks have taken for disputes, `refundable` what can be paid back now.
    """

    received_cents: int
    returned_cents: int
    held_cents: int
    refundable_cents: int

    @property
    def kept_cents(self) -> int:
        """What is left with us; below zero where a bank took what was refunded before."""
        return self.received_cents - self.returned_cents - self.held_cents


def page(
    model_admin: "ModelAdmin[Order]",
    request: HttpRequest,
    object_id: str,
    possible: Callable[[Order, HttpRequest], dict[str, str]],
) -> HttpResponse:
    """Show one order; `possible` says what can be done with it, as {name: title}. Raises PermissionDenied, and Http404 for an order that does not exist."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    order = find(model_admin, request, object_id)
    others = Order.objects.filter(email=order.email).exclude(pk=order.pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"Order {order.number}",
        "order": order,
        "timeline": timeline.entries(order.events.all(), order.shipments.all()),
        "review_reasons": timeline.review_reasons(order),
        "money": money_of(order),
        "disputes": disputes.shown(order, timezone.now()),
        "fraud_warnings": disputes.warnings(order),
        "other_orders": list(others.order_by("-placed_at")[: OTHER_ORDERS + 1]),
        "other_limit": OTHER_ORDERS,
        "actions": possible(order, request),
    }
    return TemplateResponse(request, "admin/orders/order/record.html", context)


def find(
    model_admin: "ModelAdmin[Order]", request: HttpRequest, object_id: str, *, permission: str = ""
) -> Order:
    """Return the order with everything its pages show.

    Raises PermissionDenied without the permission to see orders, or without `permission` (a codename
    of Order.Meta.permissions), and Http404 where there is no such order.
    """
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if not has_permission(request, permission):
        raise PermissionDenied
    order = (
        _complete(Order.objects.all()).filter(pk=object_id).first()
        if object_id.isdecimal()
        else None
    )
    if order is None:
        raise Http404
    return order


def has_permission(request: HttpRequest, codename: str) -> bool:
    """Say whether the user has the permission `codename` of orders; nothing asked is granted."""
    return not codename or request.user.has_perm(f"orders.{codename}")


def money_of(order: Order) -> Money:
    """Return what came in and went back for `order`, from rows already loaded."""
    going = [refund for refund in order.refunds.all() if refund.status != Refund.Status.FAILED]
    claims = list(order.disputes.all())
    left = {payment.pk: payment.amount_cents for payment in order.payments.all()}
    for refund in going:
        left[refund.payment_id] -= refund.amount_cents
    for dispute in claims:
        left[dispute.payment_id] -= dispute.withdrawn_cents
    # The same count as the domain's (refunds.refundable_cents), which has the last word.
    disputed = {dispute.payment_id for dispute in claims if dispute.blocks_refunds}
    return Money(
        received_cents=sum(payment.amount_cents for payment in order.payments.all()),
        returned_cents=sum(refund.amount_cents for refund in going),
        held_cents=sum(dispute.withdrawn_cents for dispute in claims),
        refundable_cents=sum(max(0, cents) for pk, cents in left.items() if pk not in disputed),
    )


def is_disputed(order: Order) -> bool:
    """Say whether a bank holds money of `order` until it has decided; from rows already loaded."""
    return any(dispute.blocks_refunds for dispute in order.disputes.all())


def _complete(orders: "QuerySet[Order]") -> "QuerySet[Order]":
    return orders.prefetch_related(
        Prefetch("lines", OrderLine.objects.order_by("pk")),
        Prefetch("events", OrderEvent.objects.select_related("actor").order_by("created_at", "pk")),
        Prefetch("payments", Payment.objects.order_by("received_at", "pk")),
        "attempts",
        Prefetch(
            "refunds",
            Refund.objects.select_related("actor", "payment").order_by("requested_at", "pk"),
        ),
        Prefetch("refunds__lines", RefundLine.objects.select_related("line")),
        Prefetch(
            "shipments", Shipment.objects.select_related("actor").order_by("shipped_at", "pk")
        ),
        Prefetch("shipments__lines", ShipmentLine.objects.select_related("line")),
        "policy_versions__policy",
        "disputes",
        Prefetch("fraud_warnings", FraudWarning.objects.select_related("decided_by", "payment")),
    )
