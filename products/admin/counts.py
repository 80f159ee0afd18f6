"""Counting the stock: a page to type what was found, a page that shows the differences, then once."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from products import counting
from products.admin.stock import RecordsOnly
from products.forms import CountStockForm
from products.models import StockCount, Variant

PERMISSION = "products.count_stock"


@admin.register(StockCount)
class StockCountAdmin(RecordsOnly):
    """Past counts, and the way to a new one."""

    list_display = ("__str__", "counted_at", "reason", "result", "actor")
    list_select_related = ("actor",)
    search_fields = ("reason", "lines__variant__sku")
    fields = ("counted_at", "reason", "actor", "found")
    readonly_fields = ("found",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many packs were counted, and how many of them differed."""
        packs = Count("lines", distinct=True)
        differing = Count("lines", filter=~Q(lines__difference=0), distinct=True)
        counts = super().get_queryset(request)
        found: QuerySet[Any] = counts.annotate(packs=packs, with_difference=differing)
        return found

    @admin.display(description="result")
    def result(self, count: Any) -> str:
        """How many kinds of packs were counted, and how many were not as the shop believed."""
        return f"{count.packs} counted, {count.with_difference} with a difference"

    @admin.display(description="what was found")
    def found(self, count: StockCount) -> SafeString:
        """Each pack with what was expected and what was there."""
        lines = count.lines.select_related("variant")
        rows = format_html_join(
            "",
            "<li>{}: {} counted, {} expected, {}</li>",
            (
                (line.variant, line.counted, line.expected, _in_words(line.difference))
                for line in lines
            ),
        )
        return format_html("<ul>{}</ul>", rows)

    def get_urls(self) -> list[URLPattern]:
        """The page on which the stock is counted."""
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.count))
        return [path("new/", view, name="products_stockcount_new"), *super().get_urls()]

    def count(self, request: HttpRequest) -> HttpResponse:
        """Show the packs; show the differences; book them."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        # The marks first: what moves between the two questions makes them differ, never agree.
        marks = counting.marks()
        variants = list(
            Variant.objects.filter(pk__in=marks)
            .select_related("product")
            .order_by("product", "position", "pk")
        )
        form = CountStockForm(variants, marks, request.POST if request.method == "POST" else None)
        if not form.is_bound or not form.is_valid() or "change" in request.POST:
            return self._page(request, form)
        try:
            if "confirmed" not in request.POST:
                counting.check(form.counted)
                return self._page(request, form, is_confirming=True)
            count = counting.book(
                form.counted,
                reason=form.cleaned_data["reason"],
                key=form.cleaned_data["key"],
                now=timezone.now(),
                actor=request.user if request.user.is_authenticated else None,
            )
        except counting.CountRefused as refusal:
            return self._page(request, _with_problems(form, marks, refusal))
        return self._done(request, count)

    def _done(self, request: HttpRequest, count: StockCount) -> HttpResponse:
        booked = count.lines.exclude(difference=0).count()
        packs = "pack" if booked == 1 else "packs"
        messages.success(request, f"{count} is booked: {booked} {packs} with a difference.")
        if request.user.has_perm("products.view_stockcount"):
            return redirect("admin:products_stockcount_change", count.pk)
        return redirect("admin:index")

    def _page(
        self, request: HttpRequest, form: CountStockForm, *, is_confirming: bool = False
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Count the stock",
            "opts": self.opts,
            "form": form,
            "is_confirming": is_confirming,
            "kept": [(name, value) for name, value in form.data.items() if name in form.fields]
            if is_confirming
            else [],
        }
        return TemplateResponse(request, "admin/products/stockcount/count.html", context)


def _with_problems(
    form: CountStockForm, marks: dict[int, str], refusal: counting.CountRefused
) -> CountStockForm:
    """Return the form with what was typed, what is in the way, and the marks of now."""
    data: dict[str, Any] = {name: form.data.get(name, "") for name in form.fields}
    for variant_id in refusal.problems:
        if variant_id in marks:
            data[f"seen_{variant_id}"] = marks[variant_id]
    again = CountStockForm(form.variants, marks, data)
    again.is_valid()
    for variant_id, problem in refusal.problems.items():
        name = f"counted_{variant_id}"
        again.add_error(name if name in again.fields else None, problem)
    return again


def _in_words(difference: int) -> str:
    return f"difference {difference:+d}" if difference else "no difference"
