"""The table of redirects for staff: one by one, and as CSV."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from redirects import csv_file, importing, table
from redirects.forms import ImportForm, RedirectForm
from redirects.importing import Plan
from redirects.models import Redirect
from shop.lib.history_pages import HistoryAdmin
from shop.lib.seen_soon import SeenSoon

MOST_SHOWN = 300


@admin.register(Redirect)
class RedirectAdmin(SeenSoon[Any], HistoryAdmin):
    """Every change goes through redirects.table, which leaves no chain and no loop."""

    form = RedirectForm
    list_display = ("old_path", "leads_to", "kind", "hits", "last_hit_at", "source", "note")
    list_filter = ("kind", "source")
    search_fields = ("old_path", "new_path", "note", "created_by")
    search_help_text = "Old or new address, note, or who made it."
    actions = ("download_csv",)
    fields = (
        "old_path",
        "new_path",
        "kind",
        "note",
        "source",
        "created_at",
        "created_by",
        "hits",
        "last_hit_at",
    )
    readonly_fields = ("source", "created_at", "created_by", "hits", "last_hit_at")
    change_list_template = "admin/redirects/redirect/change_list.html"
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 100

    @admin.display(description="new address", ordering="new_path")
    def leads_to(self, row: Redirect) -> str:
        """Where visitors are led."""
        return row.new_path or "nowhere"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A new one has no past."""
        return self.fields if obj else self.fields[:4]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The old address stays: for another one make another redirect."""
        return (*self.readonly_fields, "old_path") if obj else self.readonly_fields

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form. What it checks still holds when it is stored: nobody else changes the table."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            table.take_turn()
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Redirect, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Put what the form asks for into the table."""
        by = request.user.get_username()
        source = Redirect.Source.STAFF
        stored = table.put(form.wish, source=source, by=by, now=timezone.now())
        obj.pk = stored.pk
        obj.refresh_from_db()

    def get_urls(self) -> list[URLPattern]:
        """The pages that read the table from a file and write it to one."""
        guarded = self.admin_site.admin_view
        reading = guarded(require_http_methods(["GET", "HEAD", "POST"])(self.import_view))
        return [
            path("import/", reading, name="redirects_redirect_import"),
            path("export/", guarded(require_safe(self.export)), name="redirects_redirect_export"),
            *super().get_urls(),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Read a file and say line by line what it would do; do it once that was looked at."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
        plan = self._plan(request, form) if form.is_valid() else None
        if plan and "confirmed" in request.POST and not plan.refused:
            self.message_user(request, f"The file is imported: {plan.summary}.", messages.SUCCESS)
            return redirect("admin:redirects_redirect_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Import redirects",
            "opts": self.opts,
            "form": form,
            "plan": plan,
            "has_problems": bool(plan and plan.refused),
            "list_path": reverse("admin:redirects_redirect_changelist"),
            "import_path": reverse("admin:redirects_redirect_import"),
            "shown": plan.lines[:MOST_SHOWN] if plan else [],
            "led_on": plan.led_on[:MOST_SHOWN] if plan else [],
        }
        return render(request, "admin/redirects/redirect/import.html", context)

    def _plan(self, request: HttpRequest, form: ImportForm) -> Plan | None:
        text = form.cleaned_data["text"]
        try:
            if "confirmed" not in request.POST:
                return importing.plan(text)
            return importing.carry_out(text, by=request.user.get_username(), now=timezone.now())
        except csv_file.UnreadableFile as error:
            form.add_error("file", str(error))
            return None

    def export(self, request: HttpRequest) -> HttpResponse:
        """Write all redirects as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return _as_csv(Redirect.objects.all())

    @admin.action(description="Download as CSV", permissions=["view"])
    def download_csv(self, request: HttpRequest, queryset: "QuerySet[Redirect]") -> HttpResponse:
        """The chosen rows as CSV."""
        return _as_csv(queryset)


def _as_csv(rows: "QuerySet[Redirect]") -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="redirects.csv"'}
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    csv_file.write(rows, response)  # type: ignore[arg-type]
    return response
