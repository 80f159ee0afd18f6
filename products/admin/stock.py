"""The stock for staff. It is never a field: it changes by movements with a reason."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from products import stock
from products.forms import ChangeStockForm, ListPriceForm, PackPriceForm
from products.models import Reservation, StockMovement, Variant
from shop.lib.history_pages import HistoryAdmin
from shop.lib.money import format_cents
from shop.lib.read_only_admin import ReadOnlyAdmin
from shop.lib.seen_soon import SeenSoon


def change_stock_link(variant: Variant) -> SafeString:
    """Return the link to the form that books a movement of `variant`."""
    url = reverse("admin:products_variant_stock", args=[variant.pk])
    return format_html('<a href="{}">Change stock</a>', url)


@admin.register(Variant)
class VariantAdmin(SeenSoon[Any], HistoryAdmin):
    """Packs at a glance: what is in the shelves, and prices to be changed in place.

    Names and measures are changed on the product's page.
    """

    list_display = (
        "sku",
        "name",
        "price_cents",
        "stock_on_hand",
        "stock_reserved",
        "available",
        "low",
        "waiting",
        "is_active",
        "change_stock_link",
    )
    list_filter = ("is_active",)
    search_fields = ("sku", "name")
    list_editable = ("price_cents",)
    fields = (
        "product",
        "sku",
        "name",
        "price_cents",
        "low_stock_at",
        "is_active",
        "stock_on_hand",
        "stock_reserved",
        "available",
        "waiting",
        "change_stock_link",
    )
    readonly_fields = (
        "product",
        "sku",
        "name",
        "price",
        "stock_on_hand",
        "stock_reserved",
        "available",
        "waiting",
        "change_stock_link",
    )
    form = PackPriceForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many customers wait for each pack."""
        waiting = Count(
            "alerts", filter=Q(alerts__confirmed_at__isnull=False, alerts__mailed_at=None)
        )
        found: QuerySet[Any] = super().get_queryset(request).annotate(waiting_count=waiting)
        return found

    @admin.display(description="waiting customers", ordering="waiting_count")
    def waiting(self, variant: Any) -> int:
        """How many want an email when it is back. Only the number: it is no list to write to."""
        return int(variant.waiting_count)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The price in dollars also for those who may not change it."""
        return self._with_price(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The same on the pack's page."""
        return self._with_price(request, super().get_fields(request, obj))

    def _with_price(self, request: HttpRequest, names: Iterable[Any]) -> list[Any]:
        name = "price_cents" if self.has_change_permission(request) else "price"
        return [name if each == "price_cents" else str(each) for each in names]

    @admin.display(description="price", ordering="price_cents")
    def price(self, variant: Variant) -> str:
        """What the pack costs."""
        return format_cents(variant.price_cents)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[ListPriceForm]:
        """Prices in dollars, in the list as on the page."""
        return ListPriceForm

    @admin.display(description="level")
    def low(self, variant: Variant) -> str:
        """A word, marked where staff wanted to be told."""
        if variant.available <= 0:
            return format_html('<span class="state state-bad">{}</span>', "Sold out")
        if variant.available <= variant.low_stock_at:
            return format_html('<span class="state state-warn">{}</span>', "Low")
        return "Enough"

    @admin.display(description="stock")
    def change_stock_link(self, variant: Variant) -> SafeString:
        """The way to the form."""
        return change_stock_link(variant)

    def get_urls(self) -> list[URLPattern]:
        """The form that books a movement."""
        view = self.admin_site.admin_view(self.change_stock)
        own = path("<int:variant_id>/stock/", view, name="products_variant_stock")
        return [own, *super().get_urls()]

    def change_stock(self, request: HttpRequest, variant_id: int) -> HttpResponse:
        """Book a movement: received, returned, counted or lost, with a reason."""
        if not request.user.has_perm("products.add_stockmovement"):
            raise PermissionDenied
        variant = get_object_or_404(Variant.objects.select_related("product"), pk=variant_id)
        form = ChangeStockForm(request.POST or None)
        if form.is_valid() and _book(request, variant, form):
            variant.refresh_from_db()
            done = f"{variant}: now {variant.stock_on_hand} on hand, {variant.available} available."
            self.log_change(request, variant, f"Stock changed. {form.cleaned_data['reason']}")
            messages.success(request, done)
            return redirect("admin:products_variant_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Change stock: {variant}",
            "opts": self.opts,
            "form": form,
            "variant": variant,
            "movements": variant.movements.select_related("actor")[:10],
        }
        return render(request, "admin/products/variant/change_stock.html", context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Packs are added on the product's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders refer to packs: take one off sale instead."""
        return False


class RecordsOnly(ReadOnlyAdmin[Any]):
    """A list of records that nobody edits."""

    change_list_template = "admin/products/records.html"
    change_form_template = "admin/products/record.html"


@admin.register(StockMovement)
class StockMovementAdmin(RecordsOnly):
    """The stock's books. A row says everything, so it leads nowhere."""

    list_display = ("when", "variant", "kind", "packs", "reason", "about", "who")
    list_display_links = None
    list_filter = ("kind", "variant")
    list_select_related = ("variant", "actor")
    search_fields = ("reference", "reason", "variant__sku")
    fields = ("when", "variant", "kind", "packs", "reason", "about", "who")
    readonly_fields = ("when", "packs", "about", "who")

    @admin.display(ordering="created_at")
    def when(self, movement: StockMovement) -> datetime:
        """When it was booked."""
        return movement.created_at

    @admin.display(ordering="quantity")
    def packs(self, movement: StockMovement) -> str:
        """How many more or fewer."""
        return movement.packs

    @admin.display(description="order or delivery", empty_value="none")
    def about(self, movement: StockMovement) -> str:
        """What it belongs to."""
        return movement.reference or "none"

    @admin.display(ordering="actor")
    def who(self, movement: StockMovement) -> str:
        """Who booked it."""
        return str(movement.actor or "the shop")


@admin.register(Reservation)
class ReservationAdmin(RecordsOnly):
    """Packs that belong to orders and have not left yet."""

    list_display = ("order_number", "variant", "packs", "state", "since")
    list_display_links = None
    list_filter = ("state", "variant")
    list_select_related = ("variant",)
    search_fields = ("reference", "variant__sku")
    fields = ("order_number", "variant", "packs", "state", "since")
    readonly_fields = ("order_number", "packs", "since")

    @admin.display(description="order", ordering="reference")
    def order_number(self, reservation: Reservation) -> str:
        """Whose they are."""
        return reservation.reference

    @admin.display(ordering="quantity")
    def packs(self, reservation: Reservation) -> int:
        """How many."""
        return reservation.quantity

    @admin.display(ordering="created_at")
    def since(self, reservation: Reservation) -> datetime:
        """Since when."""
        return reservation.created_at


def _book(request: HttpRequest, variant: Variant, form: ChangeStockForm) -> bool:
    cleaned = form.cleaned_data
    try:
        stock.move(
            variant_id=variant.pk,
            kind=StockMovement.Kind(cleaned["kind"]),
            quantity=cleaned["quantity"],
            reason=cleaned["reason"],
            reference=cleaned["reference"],
            actor=request.user if request.user.is_authenticated else None,
            key=cleaned["key"],
        )
    except stock.StockRefused as refusal:
        form.add_error("quantity", str(refusal))
        return False
    return True
