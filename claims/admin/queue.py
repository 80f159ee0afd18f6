"""The queue: published sentences that the rules of today flag and that nobody has allowed."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from claims import nightly, sources
from claims.check import CATEGORIES
from claims.desk import ask_path
from claims.models import StandingFinding
from claims.staff_words import category_words, place_words
from shop.lib.read_only_admin import ReadOnlyAdmin


class CategoryFilter(admin.SimpleListFilter):
    """What kind of claim it is."""

    title = "kind of claim"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The categories of which something stands now."""
        rows = sources.readable(StandingFinding.objects.all(), request.user)
        found = set(rows.order_by().values_list("category", flat=True).distinct())
        return [(name, category_words(name)) for name in CATEGORIES if name in found]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[StandingFinding]"
    ) -> "QuerySet[StandingFinding]":
        """Only this kind."""
        return queryset.filter(category=self.value()) if self.value() else queryset


class PlaceFilter(admin.SimpleListFilter):
    """In what sort of text it stands."""

    title = "place"
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The sorts of texts in which something stands now."""
        rows = sources.readable(StandingFinding.objects.all(), request.user)
        subjects = rows.order_by().values_list("subject", flat=True).distinct()
        prefixes = sorted({subject.partition(":")[0] for subject in subjects})
        return [(prefix, place_words(prefix)) for prefix in prefixes]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[StandingFinding]"
    ) -> "QuerySet[StandingFinding]":
        """Only texts of this sort."""
        return queryset.filter(subject__startswith=f"{self.value()}:") if self.value() else queryset


@admin.register(StandingFinding)
class StandingFindingAdmin(ReadOnlyAdmin[StandingFinding]):
    """Written by the nightly check. A sentence leaves it when it is changed or allowed."""

    list_display = ("sentence", "place", "kind", "suggestion", "found_at", "what_to_do")
    list_display_links = None
    list_filter = (CategoryFilter, PlaceFilter)
    search_fields = ("sentence", "label")
    search_help_text = "Words of the sentence, or where it stands."
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/claims/standingfinding/change_list.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """What nobody has allowed, and whether somebody asked."""
        rows: Any = super().get_queryset(request)
        return sources.readable(rows.open().with_requests(), request.user)

    @admin.display(description="where", ordering="label")
    def place(self, row: StandingFinding) -> SafeString | str:
        """What it stands in, leading to where that is edited."""
        if not row.edit_path:
            return f"{row.label} (changed with the code)"
        return format_html('<a href="{}">{}</a>', row.edit_path, row.label)

    @admin.display(description="kind of claim", ordering="category")
    def kind(self, row: StandingFinding) -> str:
        """The category in words."""
        return category_words(row.category)

    @admin.display(description="what to do")
    def what_to_do(self, row: Any) -> SafeString | str:
        """Change it, or ask to let it stand."""
        if row.is_requested:
            return "Waits for a second person"
        address = ask_path(
            subject=row.subject, field=row.field, rule=row.rule, sentence=row.sentence
        )
        return format_html(
            '<a href="{}">Ask to let this sentence stand<span class="visually-hidden">: {}</span></a>',
            address,
            row.sentence,
        )

    def get_urls(self) -> list[URLPattern]:
        """The button that has everything looked at now."""
        view = self.admin_site.admin_view(require_POST(self.check_now))
        return [path("check/", view, name="claims_standingfinding_check"), *super().get_urls()]

    def check_now(self, request: HttpRequest) -> HttpResponse:
        """Do what the night would do. Raises PermissionDenied."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        outcome = nightly.check_everything(timezone.now())
        self.message_user(request, f"{outcome}.", messages.SUCCESS)
        return redirect("admin:claims_standingfinding_changelist")
