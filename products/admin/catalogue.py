"""The catalogue for staff: one page with all that a product's page shows."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.form_checks import ClaimsChecked, form_of
from products import published_texts
from products.admin.stock import change_stock_link
from products.forms import (
    ProductImageForm,
    ProductImageFormSet,
    SaleBlockForm,
    VariantForm,
)
from products.models import Ingredient, Product, ProductImage, SaleBlock, Variant
from shop.lib import picture_sources
from shop.lib.history_pages import HistoryAdmin
from shop.lib.seen_soon import SeenSoon

PREVIEW_WIDTH = 160


class IngredientInline(admin.TabularInline[Ingredient, Product]):
    """The rows of the label."""

    model = Ingredient
    form = form_of(published_texts.INGREDIENT)
    extra = 0


class VariantInline(admin.StackedInline[Variant, Product]):
    """The packs. What is in the shelves is shown; the link beside it changes it."""

    model = Variant
    form = VariantForm
    extra = 0
    fields = (
        ("sku", "name", "units"),
        ("price_cents", "weight_grams", "gtin"),
        ("position", "low_stock_at", "is_active"),
        "stock",
    )
    readonly_fields = ("stock",)

    @admin.display(description="stock")
    def stock(self, variant: Variant) -> SafeString | str:
        """How many packs there are, and the way to change that."""
        if variant._state.adding:
            return "Save the pack first, then book its stock."
        return _stock_and_link(variant)


class ProductImageInline(admin.StackedInline[ProductImage, Product]):
    """The pictures; the first one is the main one."""

    model = ProductImage
    form = ProductImageForm
    formset = ProductImageFormSet
    extra = 0
    fields = ("preview", "upload", "alt", ("credit", "position"))
    readonly_fields = ("preview",)

    @admin.display(description="picture")
    def preview(self, image: ProductImage) -> SafeString | str:
        """The picture, small."""
        if not image.renditions:
            return "None yet."
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="{}">',
            picture_sources.smallest_url(image),
            PREVIEW_WIDTH,
            round(PREVIEW_WIDTH * image.height / image.width),
            image.alt,
        )


class SaleBlockInline(admin.TabularInline[SaleBlock, Product]):
    """The countries to which the product is not sold."""

    model = SaleBlock
    form = SaleBlockForm
    extra = 0
    classes = ("collapse",)


@admin.register(Product)
class ProductAdmin(ClaimsChecked[Any], SeenSoon[Any], HistoryAdmin):
    """The product with everything that its page shows."""

    form = form_of(published_texts.PRODUCT)
    list_display = ("name", "form", "is_published", "updated_at")
    inlines = (VariantInline, IngredientInline, ProductImageInline, SaleBlockInline)
    readonly_fields = ("updated_at",)
    formfield_overrides = {
        models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}
    }
    fieldsets = (
        (None, {"fields": (("name", "slug"), "form", "tagline", "is_published")}),
        ("What it is", {"fields": ("description", "size_text", "wear_text", "b12_mcg_per_unit")}),
        ("How to use and keep it", {"fields": ("directions", "storage", "shelf_life")}),
        ("Limits", {"fields": ("evidence_note", "warnings", "free_from")}),
        ("Promises beside the price", {"fields": ("delivery_note", "returns_note")}),
        (None, {"fields": ("updated_at",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The slug stays: settings name the product by it."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Orders and the stock's books refer to it: take it off sale instead."""
        return False


def _stock_and_link(variant: Variant) -> SafeString:
    return format_html(
        "{} on hand, {} of them promised to orders, {} available. {}",
        variant.stock_on_hand,
        variant.stock_reserved,
        variant.available,
        change_stock_link(variant),
    )
