"""The tax table for staff: to be compared with a list, taken along as CSV, and read from one."""

import csv

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from orders.admin import tax_import
from orders.admin.tax_form import TaxRateForm
from orders.admin.tax_import import COLUMNS, ImportForm
from orders.models import TaxRate
from orders.templatetags.order_state import mark
from shop.lib.money import percent_string


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
    change_list_template = "admin/orders/taxrate/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """The page that reads the table from a file."""
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="orders_taxrate_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Read a file and say what it would change; change it once that was looked at."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form = ImportForm(
            request.POST if request.method == "POST" else None,
            request.FILES if request.method == "POST" else None,
        )
        plan = tax_import.read(form.cleaned_data["text"]) if form.is_valid() else None
        if plan and not plan.problems and "confirmed" in request.POST:
            tax_import.carry_out(plan)
            message = f"Tax rates added: {len(plan.new)}, changed: {len(plan.changed)}."
            self.message_user(request, message, messages.SUCCESS)
            return redirect("admin:orders_taxrate_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Import tax rates",
            "opts": self.opts,
            "form": form,
            "plan": plan,
            "has_problems": bool(plan and plan.problems),
            "list_path": reverse("admin:orders_taxrate_changelist"),
            "import_path": reverse("admin:orders_taxrate_import"),
            "columns": ",".join(COLUMNS),
        }
        return render(request, "admin/orders/taxrate/import.html", context)

    @admin.display(description="Rate", ordering="rate_percent")
    def rate(self, row: TaxRate) -> str:
        """The rate as a percentage."""
        return f"{percent_string(row.rate_percent)}\N{NO-BREAK SPACE}%"

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
        writer.writerow(COLUMNS)
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
