"""Shipping and tax rates for staff."""

import csv
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from orders.addresses import region_choices
from orders.models import ShippingMethod, ShippingRate, TaxRate
from orders.templatetags.order_state import mark
from products.countries import country_names
from shop.lib.form_fields import CentsField, ExactPercentField
from shop.lib.money import format_cents, percent_string

MAX_TAX_PERCENT = 25  # the model's own bound


def _country_field() -> forms.ChoiceField:
    names = [(code, f"{name} ({code})") for code, name in country_names().items()]
    return forms.ChoiceField(choices=names, initial="US")


class ShippingMethodForm(forms.ModelForm[ShippingMethod]):
    """A way of shipping."""

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

    country = _country_field()
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
class ShippingMethodAdmin(admin.ModelAdmin[ShippingMethod]):
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


class TaxRateForm(forms.ModelForm[TaxRate]):
    """Sales tax at a place, from a day on."""

    country = _country_field()
    rate_percent = ExactPercentField(
        label="Rate (%)",
        max_percent=MAX_TAX_PERCENT,
        help_text="For example 8.875, with up to four decimals.",
    )

    class Meta:
        model = TaxRate
        fields = (
            "country",
            "region",
            "postal_prefix",
            "rate_percent",
            "taxes_shipping",
            "effective_from",
            "effective_until",
            "source",
        )

    def clean_region(self) -> str:
        """Keep the state as addresses have it, in capitals."""
        return str(self.cleaned_data["region"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """The state belongs to the country, the dates are in order, the row is the only one of its kind."""
        cleaned = super().clean() or {}
        country, region = cleaned.get("country", ""), cleaned.get("region", "")
        known = {code.upper() for code, _ in region_choices(country)} if country else set()
        if region and known and region not in known:
            self.add_error("region", f"“{region}” is not a state code of {country}, such as IL.")
        start, end = cleaned.get("effective_from"), cleaned.get("effective_until")
        if start and end and end < start:
            self.add_error("effective_until", "The last day must not be before the first.")
        if start and self._has_twin(country, region, cleaned.get("postal_prefix", ""), start):
            message = "There is a rate for this place from this day already."
            self.add_error("effective_from", message)
        return cleaned

    def _has_twin(self, country: str, region: str, postal_prefix: str, start: date) -> bool:
        same = TaxRate.objects.filter(
            country=country, region=region, postal_prefix=postal_prefix, effective_from=start
        )
        return same.exclude(pk=self.instance.pk).exists()


@admin.register(TaxRate)
class TaxRateAdmin(admin.ModelAdmin[TaxRate]):
    """The tax table: one column per fact, to be compared with a list and taken along as CSV."""

    form = TaxRateForm
    list_display = (
        "country",
        "region",
        "postal_prefix",
        "rate",
        "taxes_shipping",
        "effective_from",
        "effective_until",
        "state",
        "source",
    )
    list_display_links = ("country", "region")
    list_filter = ("country", "effective_from")
    search_fields = ("region", "postal_prefix", "source")
    search_help_text = "State, ZIP prefix or source."
    ordering = ("country", "region", "postal_prefix", "-effective_from")
    list_per_page = 200
    show_facets = admin.ShowFacets.NEVER
    actions = ("download_csv",)

    @admin.display(description="Rate", ordering="rate_percent")
    def rate(self, row: TaxRate) -> str:
        """The rate as a percentage."""
        return f"{percent_string(row.rate_percent)} %"

    @admin.display(description="State of it")
    def state(self, row: TaxRate) -> SafeString:
        """Whether it holds today."""
        today = timezone.localdate()
        if row.effective_from > today:
            return mark("info", "Not yet")
        if row.effective_until and row.effective_until < today:
            return mark("plain", "Over")
        return mark("good", "In force")

    @admin.action(description="Download as CSV", permissions=["view"])
    def download_csv(self, request: HttpRequest, queryset: "QuerySet[TaxRate]") -> HttpResponse:
        """The chosen rows with the names of the columns in the first line."""
        headers = {"Content-Disposition": 'attachment; filename="tax-rates.csv"'}
        response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
        writer = csv.writer(response)
        names = ["country", "region", "postal_prefix", "percent", "taxes_shipping"]
        writer.writerow([*names, "effective_from", "effective_until", "source"])
        for row in queryset:
            writer.writerow(
                _without_formula(str(value))
                for value in (
                    row.country,
                    row.region,
                    row.postal_prefix,
                    percent_string(row.rate_percent),
                    "yes" if row.taxes_shipping else "no",
                    row.effective_from.isoformat(),
                    row.effective_until.isoformat() if row.effective_until else "",
                    row.source,
                )
            )
        return response


def _without_formula(text: str) -> str:
    # A spreadsheet would run a cell that begins like this (owasp.org/www-community/attacks/CSV_Injection).
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
