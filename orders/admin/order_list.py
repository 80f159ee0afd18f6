"""The list of orders: first what is to be done, then what is done."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders import worklist
from orders.admin import comparing, order_actions, packing, record
from orders.admin.filters import ToDoFilter
from orders.models import Order
from orders.templatetags.order_state import items_summary, order_badge, work_badges
from shop.lib.money import format_cents
from shop.lib.read_only_admin import ReadOnlyAdmin


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin[Order]):
    """Orders. They are made by customers, changed by named actions and never deleted."""

    list_display = (
        "number_shown",
        "placed",
        "customer",
        "items",
        "total",
        "status_shown",
        "shipping",
    )
    list_display_links = ("number_shown",)
    list_filter = (ToDoFilter, "status", "placed_at")
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    search_fields = (
        "number",
        "email",
        "name",
        "shipments__tracking_number",
        "payments__reference",
    )
    search_help_text = "Order number, email, name, tracking number or Stripe payment id."
    actions = ("print_packing_slips",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Order]":
        """Every order, with what the work order sorts by."""
        # Not super(): it would sort before there is anything to sort by.
        orders = worklist.with_work_order(Order.objects.prefetch_related("lines"))
        return orders.order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What is to be done first stands first."""
        return worklist.WORK_ORDER

    def get_urls(self) -> list[URLPattern]:
        """The pages of the actions beside Django's own."""
        own = [*order_actions.urls(self), *packing.urls(self), *comparing.urls(self)]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The record of one order, and what can be done with it."""
        return record.page(self, request, object_id, order_actions.possible)

    # Columns.

    @admin.display(description="Order", ordering="number")
    def number_shown(self, order: Order) -> SafeString:
        """The number, with a mark on orders of the demo."""
        return format_html('<span class="number">{}</span>', order.number)

    @admin.display(description="Placed", ordering="placed_at")
    def placed(self, order: Order) -> str:
        """When, in the shop's time zone."""
        return date_format(timezone.localtime(order.placed_at), "M j, Y, g:i a")

    @admin.display(description="Customer", ordering="name")
    def customer(self, order: Order) -> SafeString:
        """Who, and where to write to."""
        return format_html('{}<br><span class="quiet">{}</span>', order.name, order.email)

    @admin.display(description="Items")
    def items(self, order: Order) -> str:
        """What, short."""
        return items_summary(order)

    @admin.display(description="Total", ordering="total_cents")
    def total(self, order: Order) -> SafeString:
        """What it cost."""
        return format_html(
            '<span class="num">{}</span>', format_cents(order.total_cents, order.currency)
        )

    @admin.display(description="Status", ordering="status")
    def status_shown(self, order: Order) -> SafeString:
        """The status with its mark, how fast it must leave, and how much has left."""
        return format_html("{} {}", order_badge(order), work_badges(order))

    @admin.display(description="Shipping", ordering="shipping_name")
    def shipping(self, order: Order) -> str:
        """How it is sent."""
        return order.shipping_name

    @admin.action(description="Print packing slips", permissions=["view"])
    def print_packing_slips(
        self, request: HttpRequest, queryset: "QuerySet[Order]"
    ) -> HttpResponse:
        """One page per order, ready to print."""
        return packing.redirect_to_slips(queryset)
