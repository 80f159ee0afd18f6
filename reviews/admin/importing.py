"""Reviews from elsewhere as CSV, and all of them as a ZIP file for a regulator. Who did it is on record."""

import tempfile
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reviews import export_tables, exporting, import_file, importing
from reviews.importing import Plan
from reviews.models import Review
from shop.lib.file_forms import FileThenTextForm

PERMISSION = "reviews.export_review"
# The rules read each review: so many take a minute. More of them: manage.py import_reviews.
MOST_REVIEWS = 300
LIST = "admin:reviews_review_changelist"


class ImportForm(FileThenTextForm):
    """Reviews as CSV."""

    most_bytes = import_file.MOST_BYTES

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        most = f"UTF-8, at most {import_file.MOST_BYTES // 1000} KB and {MOST_REVIEWS} reviews."
        self.fields["file"].help_text = most

    def text_of(self, data: bytes) -> str:
        """Read UTF-8."""
        try:
            return import_file.decode(data)
        except import_file.UnreadableFile as error:
            raise forms.ValidationError(str(error)) from error


class ExportForm(forms.Form):
    """What goes into the file."""

    without_people = forms.BooleanField(
        required=False,
        label=f"Leave out {export_tables.PEOPLE.file}, the email addresses of authors and buyers",
    )


class InAndOut:
    """The two pages, for the admin of reviews to inherit before ModelAdmin."""

    def get_urls(self) -> list[URLPattern]:
        """The pages that read reviews from a file and write them to one."""
        site: Any = self.admin_site  # type: ignore[attr-defined]

        def page(view: Any) -> Any:
            return site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(view))

        return [
            path("import/", page(self.import_view), name="reviews_review_import"),
            path("export/", page(self.export_view), name="reviews_review_export"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Read a file and say line by line what it would do; do it once that was looked at."""
        _check(request)
        is_sent = request.method == "POST"
        form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
        plan = _plan(request, form) if form.is_valid() else None
        if plan and "confirmed" in request.POST:
            words = f"The file is imported: {plan.summary}."
            _put_on_record(request, "Reviews imported", words)
            messages.success(request, words)
            return redirect(LIST)
        context = {
            "title": "Import reviews from elsewhere",
            "form": form,
            "plan": plan,
            "has_problems": bool(plan and plan.is_empty),
            "import_path": reverse("admin:reviews_review_import"),
        }
        return self._page(request, "import", context)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Ask what goes into the file; write it, note who got it, and send it."""
        _check(request)
        form = ExportForm(request.POST if request.method == "POST" else None)
        if request.method != "POST" or not form.is_valid():
            context = {"title": "Export all reviews", "form": form, "tables": export_tables.TABLES}
            return self._page(request, "export", context)
        with_people = not form.cleaned_data["without_people"]
        words = "With" if with_people else "Without"
        _put_on_record(request, "Reviews exported", f"{words} email addresses.")
        file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        exporting.write(file, with_people=with_people)
        file.seek(0)
        name = f"reviews-{timezone.localdate()}.zip"
        response = FileResponse(file, as_attachment=True, filename=name)
        response["Cache-Control"] = "private, no-store"
        return response

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        frame = {**site.each_context(request), "opts": Review._meta, "list_path": reverse(LIST)}
        return render(request, f"admin/reviews/review/{name}.html", {**frame, **context})


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _plan(request: HttpRequest, form: ImportForm) -> Plan | None:
    act = importing.carry_out if "confirmed" in request.POST else importing.plan
    try:
        return act(form.cleaned_data["text"], now=timezone.now(), most_reviews=MOST_REVIEWS)
    except import_file.UnreadableFile as error:
        form.add_error("file", str(error))
        return None


def _put_on_record(request: HttpRequest, what: str, words: str) -> None:
    by: Any = request.user
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(Review),
        object_repr=what,
        action_flag=CHANGE,
        change_message=words,
    )
