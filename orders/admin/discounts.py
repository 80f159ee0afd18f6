"""Discount codes for staff."""

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.form_checks import ClaimsChecked, ClaimsForm
from orders.models import DiscountCode
from orders.promised_codes import promise_of
from orders.published_texts import DISCOUNT_CODE
from orders.templatetags.order_state import mark
from shop.lib.form_fields import CentsField, MomentField, PercentOrAmount
from shop.lib.money import format_cents

TYPEABLE = re.compile(r"[A-Z0-9-]{3,40}")
# More than half off, for everybody and for good, is more often a slip than a plan.
GENEROUS_BASIS_POINTS = 5_000
NO_LIMIT = "In the shop's time zone. Empty: no limit."


class DiscountCodeForm(PercentOrAmount, ClaimsForm[DiscountCode]):
    """A code that takes a percentage or an amount off, never both. Its name promises nothing."""

    claims_texts = DISCOUNT_CODE
    minimum_cents = CentsField(
        required=False, label="From goods worth ($)", help_text="Empty: from the first cent."
    )
    starts_at = MomentField(label="From", required=False, help_text=NO_LIMIT)
    ends_at = MomentField(label="Until", required=False, help_text=NO_LIMIT)

    class Meta:
        model = DiscountCode
        fields = (
            "code",
            "percent_basis_points",
            "amount_cents",
            "minimum_cents",
            "starts_at",
            "ends_at",
            "max_uses",
            "max_uses_per_customer",
            "is_active",
            "note",
        )

    def clean_code(self) -> str:
        """Codes are kept in capitals; the same code in small letters is the same code."""
        code = self.cleaned_data["code"].strip().upper()
        if not TYPEABLE.fullmatch(code):
            message = "Use 3 to 40 letters A to Z, digits and hyphens: customers type it."
            raise forms.ValidationError(message)
        if DiscountCode.objects.filter(code=code).exclude(pk=self.instance.pk).exists():
            message = "This code exists already."
            raise forms.ValidationError(message)
        return str(code)

    def clean(self) -> dict[str, Any]:
        """Dates in order; limits not below what was used."""
        cleaned = super().clean() or {}
        cleaned["minimum_cents"] = cleaned.get("minimum_cents") or 0
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "The end must come after the start.")
        limit = cleaned.get("max_uses")
        if limit is not None and limit < self.instance.uses:
            self.add_error("max_uses", f"It has been used {self.instance.uses} times already.")
        return cleaned


def is_boundless(code: DiscountCode) -> bool:
    """Say whether `code` takes more than half off, with no end and no limit on how often."""
    has_bound = code.ends_at or code.max_uses is not None or code.max_uses_per_customer is not None
    return code.is_active and code.percent_basis_points > GENEROUS_BASIS_POINTS and not has_bound


@admin.register(DiscountCode)
class DiscountCodeAdmin(ClaimsChecked[DiscountCode]):
    """Codes. One that was used stays, switched off, because orders name it; one that was promised, as it is."""

    form = DiscountCodeForm
    list_display = ("code", "takes_off", "minimum", "period", "used", "state", "note")
    list_filter = ("is_active",)
    search_fields = ("code", "note")
    ordering = ("-is_active", "code")
    readonly_fields = ("uses",)
    show_facets = admin.ShowFacets.NEVER
    fieldsets = (
        (None, {"fields": ("code", "percent_basis_points", "amount_cents", "minimum_cents")}),
        ("When", {"fields": ("starts_at", "ends_at", "is_active")}),
        ("Limits", {"fields": ("max_uses", "max_uses_per_customer", "uses")}),
        ("For colleagues", {"fields": ("note",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: DiscountCode | None = None) -> Any:
        """One that was promised is told in words, with the reason why it stays."""
        if obj and promise_of(obj.pk):
            shown = ("code", "takes_off", "minimum", "period", "used", "state", "note", "promised")
            return ((None, {"fields": shown}),)
        return super().get_fieldsets(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: DiscountCode | None = None) -> bool:
        """Only a code that nobody was promised."""
        if obj and promise_of(obj.pk):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: DiscountCode | None = None) -> bool:
        """Only a code that no order has used and nobody was promised, and one by one."""
        if obj is None or obj.used_by.exists() or promise_of(obj.pk):
            return False
        return super().has_delete_permission(request, obj)

    def save_model(
        self,
        request: HttpRequest,
        obj: DiscountCode,
        form: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        """Save the code, and say so where it gives away much without any bound."""
        super().save_model(request, obj, form, change)
        if is_boundless(obj):
            message = (
                f"{obj.code} takes {obj.percent_basis_points / 100:g} % off every order, without an "
                "end and without a limit. Is that meant?"
            )
            self.message_user(request, message, messages.WARNING)

    @admin.display(description="Takes off")
    def takes_off(self, code: DiscountCode) -> str:
        """What the code is worth."""
        if code.amount_cents:
            return format_cents(code.amount_cents)
        return f"{code.percent_basis_points / 100:g} %"

    @admin.display(description="From")
    def minimum(self, code: DiscountCode) -> str:
        """The least value of goods."""
        return format_cents(code.minimum_cents) if code.minimum_cents else "–"

    @admin.display(description="When")
    def period(self, code: DiscountCode) -> str:
        """From when until when."""
        start, end = (
            date_format(timezone.localtime(moment), "M j, Y") if moment else ""
            for moment in (code.starts_at, code.ends_at)
        )
        return (
            " ".join(filter(None, [start and f"from {start}", end and f"until {end}"])) or "always"
        )

    @admin.display(description="Why it stays")
    def promised(self, code: DiscountCode) -> SafeString | str:
        """What promised it, on its own page."""
        promise = promise_of(code.pk)
        if promise is None:
            return "–"
        return format_html('{} <a href="{}">{}</a>', promise.words, promise.path, promise.name)

    @admin.display(description="Used", ordering="uses")
    def used(self, code: DiscountCode) -> str:
        """How often, and out of how many."""
        return f"{code.uses} of {code.max_uses}" if code.max_uses is not None else str(code.uses)

    @admin.display(description="State", ordering="is_active")
    def state(self, code: DiscountCode) -> SafeString:
        """Whether a customer who types it now gets it."""
        now = timezone.now()
        if not code.is_active:
            return mark("plain", "Off")
        if code.starts_at and now < code.starts_at:
            return mark("info", "Not yet")
        if code.ends_at and now >= code.ends_at:
            return mark("plain", "Over")
        if code.max_uses is not None and code.uses >= code.max_uses:
            return mark("plain", "Used up")
        return mark("good", "On")
