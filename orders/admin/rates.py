"""Ways of shipping and their rates for staff."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from claims.form_checks import ClaimsChecked, ClaimsForm
from orders.admin.tax_form import country_field
from orders.models import ShippingMethod, ShippingRate
from orders.published_texts import SHIPPING_METHOD
from shop.lib.form_fields import CentsField
from shop.lib.money import format_cents


class ShippingMethodForm(ClaimsForm[ShippingMethod]):
    """A way of shipping."""

    claims_texts = SHIPPING_METHOD

    class Meta:
        model = ShippingMethod
        fields = ("code", "name", "promise", "min_days", "max_days", "position", "is_active")

    def clean(self) -> dict[str, Any]:
        """The most days are not fewer than the fewest."""
        cleaned = super().clean() or {}
        fewest, most = cleaned.get("min_days"), cleaned.get("max_days")
        if fewest is not None and most is not None and most < fewest:
            self.add_error("max_days", f"That is fewer than {fewest}.")
        return cleaned


class ShippingRateForm(forms.ModelForm[ShippingRate]):
    """What it costs to one country."""

    country = country_field()
    min_items_cents = CentsField(label="From goods worth ($)", initial=0)
    price_cents = CentsField(label="Price ($)")

    class Meta:
        model = ShippingRate
        fields = ("country", "min_items_cents", "max_weight_grams", "price_cents")


class ShippingRateFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The rates of one method."""

    def clean(self) -> None:
        """Two rates of one country that begin at the same value would leave the price to chance."""
        super().clean()
        seen: set[tuple[Any, ...]] = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if not data or data.get("DELETE"):
                continue
            key = (data.get("country"), data.get("min_items_cents"), data.get("max_weight_grams"))
            if key in seen:
                form.add_error("min_items_cents", "There is a rate like this above.")
            seen.add(key)


class ShippingRateInline(admin.TabularInline[ShippingRate, ShippingMethod]):
    """The rates, on the page of their method."""

    model = ShippingRate
    form = ShippingRateForm
    formset = ShippingRateFormSet
    extra = 1
    ordering = ("country", "min_items_cents")


@admin.register(ShippingMethod)
class ShippingMethodAdmin(ClaimsChecked[ShippingMethod]):
    """Ways of shipping. One that orders name stays, switched off."""

    form = ShippingMethodForm
    list_display = ("name", "code", "promise", "rates_shown", "is_active")
    ordering = ("position", "pk")
    inlines = (ShippingRateInline,)
    prepopulated_fields = {"code": ("name",)}

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ShippingMethod]":
        """Every method with its rates."""
        return super().get_queryset(request).prefetch_related("rates")

    def get_readonly_fields(
        self, request: HttpRequest, obj: ShippingMethod | None = None
    ) -> tuple[str, ...]:
        """The code is written into orders: it stays."""
        return ("code",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: ShippingMethod | None = None
    ) -> dict[str, Any]:
        """Nothing to fill in where the code is fixed."""
        return {} if obj else dict(self.prepopulated_fields)

    @admin.display(description="Rates")
    def rates_shown(self, method: ShippingMethod) -> str:
        """All rates, short."""
        rates = sorted(method.rates.all(), key=lambda rate: (rate.country, rate.min_items_cents))
        return ", ".join(
            f"{rate.country} {format_cents(rate.price_cents)}"
            + (f" from {format_cents(rate.min_items_cents)}" if rate.min_items_cents else "")
            for rate in rates
        )
