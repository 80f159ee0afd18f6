"""Packing slips: what goes into the box, for one order or many. No prices: a parcel may be a gift."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from orders import freezing
from orders.admin import open_packs
from orders.models import Order, OrderLine

MOST_SLIPS = 100
# Databases refuse to compare with more than their integers hold.
LARGEST_ID = 2**63 - 1
CONTACT_PATH = "/contact/"


@dataclass(frozen=True)
class Slip:
    """One order's slip: each line with the packs that still have to leave."""

    order: Order
    rows: list[tuple[OrderLine, int]]


def urls(model_admin: "ModelAdmin[Order]") -> list[URLPattern]:
    """Return the address of the slips, for OrderAdmin.get_urls()."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        return _slips(model_admin, request)

    wrap = model_admin.admin_site.admin_view
    return [path("packing-slips/", wrap(view), name="orders_order_packing_slips")]


def redirect_to_slips(orders: "QuerySet[Order]") -> HttpResponse:
    """Go to the slips of `orders`: an address of its own, so that a reload asks nothing."""
    return HttpResponseRedirect(address(orders.values_list("pk", flat=True)[:MOST_SLIPS]))


def address(order_ids: Iterable[int]) -> str:
    """Return the address of the slips of these orders."""
    query = urlencode([("id", order_id) for order_id in order_ids])
    return f"{reverse('admin:orders_order_packing_slips')}?{query}"


def refusal(order: Order) -> str:
    """Say why `order` gets no slip, empty when it does: what is printed is packed."""
    if order.needs_review:
        return "It needs review. Nothing of it ships before that is settled."
    if order.is_frozen:
        return freezing.WORDS
    if order.status != Order.Status.PAID:
        return f"There is nothing to pack. State of the order: {order.get_status_display()}."
    if not any(open_packs.to_ship(order).values()):
        return "No pack of it can leave now: all have left, or a refund is under way."
    return ""


def _slip_of(order: Order) -> Slip:
    left = open_packs.to_ship(order)
    return Slip(order=order, rows=[(line, left[line.pk]) for line in order.lines.all()])


def _slips(model_admin: "ModelAdmin[Order]", request: HttpRequest) -> HttpResponse:
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    order_ids = [int(text) for text in request.GET.getlist("id") if text.isdecimal()]
    order_ids = [order_id for order_id in order_ids if order_id <= LARGEST_ID][:MOST_SLIPS]
    orders = Order.objects.filter(pk__in=order_ids).order_by("placed_at", "pk")
    lines = Prefetch("lines", OrderLine.objects.order_by("pk"))
    orders = orders.prefetch_related(lines, "refunds__lines")
    reasons = [(order, refusal(order)) for order in orders]
    if not reasons:
        raise Http404
    context = {
        "slips": [_slip_of(order) for order, reason in reasons if not reason],
        "refused": [(order, reason) for order, reason in reasons if reason],
        "contact_page": f"{settings.SITE_URL}{CONTACT_PATH}".removeprefix("https://"),
        "contact_email": settings.STAFF_EMAIL,
    }
    return TemplateResponse(request, "admin/orders/order/packing_slips.html", context)
