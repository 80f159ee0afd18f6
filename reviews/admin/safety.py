"""The queue of reported skin reactions: what to say first, what to ask, what to write down.

Only who has the permission `reviews.handle_safetycase` sees any of it: it is about people's health.
"""

from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from reviews import safety
from reviews.admin import course
from reviews.admin.safety_forms import FORMS, CaseForm, forms_for
from reviews.models import Review, SafetyCase
from shop.lib.read_only_admin import ReadOnlyAdmin

PERMISSION = "reviews.handle_safetycase"


def mail_link(review: Review) -> str:
    """Return the address that opens a mail to the author with the questions in it; empty without an address.

    The subject names no health matter: subjects are read on locked screens and by mail servers.
    """
    if not review.email:
        return ""
    subject = quote(f"A question about your review {review.number}")
    return (
        f"mailto:{quote(review.email, safe='@')}?subject={subject}&body={quote(mail_text(review))}"
    )


def mail_text(review: Review) -> str:
    """Return the words of that mail: what to do first, then the questions."""
    name = review.current.author_name if review.current else ""
    first = [f"- {line}" for line in safety.FIRST]
    asked = [f"{place}. {text}" for place, text in enumerate(safety.QUESTIONS.values(), start=1)]
    lines = [
        f"Hello {name}," if name else "Hello,",
        "",
        "thank you for telling us how it went with the patch. Your review stays as you wrote it.",
        "",
        "First of all:",
        *first,
        "",
        "We cannot say what it is. A doctor or pharmacist can look at it.",
        "",
        "May we ask you a few things? Answer what you like; “I do not know” is an answer too.",
        *asked,
        "",
        "We keep your answers in a record of reports about the patch. Only the few people who look after",
        "these reports read it.",
        "",
    ]
    return "\r\n".join(lines)


@admin.register(SafetyCase)
class SafetyCaseAdmin(ReadOnlyAdmin[SafetyCase]):
    """The list of the cases, and the page of one."""

    list_display = ("opened_at", "name", "state", "severity", "closed_at")
    list_display_links = ("opened_at", "name")
    list_filter = ("state", "severity", "opened_at")
    list_select_related = ("review",)
    search_fields = ("=review__number", "lot")
    search_help_text = "The number of the review, or a lot number."
    actions = None

    @admin.display(description="Case", ordering="review__number")
    def name(self, case: SafetyCase) -> str:
        """The review that it is about. None of its words: lists stand open on desks."""
        return str(case.review)

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """What waits stands first, the oldest of it on top."""
        states = SafetyCase.State
        place = Case(
            When(state=states.OPEN, then=Value(0)),
            When(state=states.ASKED, then=Value(1)),
            default=Value(2),
        )
        return (place.asc(), "opened_at", "pk")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one case, or take one step of it. Raises PermissionDenied, Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = SafetyCase.objects.select_related("review__product", "review__current__photo")
        case = get_object_or_404(rows, pk=course.key_of(object_id))
        kind = FORMS.get(request.POST.get("act", "")) if request.method == "POST" else None
        bound = kind(case, request.POST) if kind else None
        if bound is not None and bound.is_valid() and _taken(bound, request):
            messages.success(request, bound.done)
            return redirect("admin:reviews_safetycase_change", case.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Safety case {case.pk}",
            "case": case,
            "review": case.review,
            "version": case.review.current,
            "photo": course.photo_of(case.review),
            "first": safety.FIRST,
            "questions": _checklist(case),
            "mail_link": mail_link(case.review),
            "forms": forms_for(case, bound),
            "bound": bound,
            "entries": case.entries.all(),
        }
        status = 422 if bound is not None else 200
        template = "admin/reviews/safetycase/case.html"
        return TemplateResponse(request, template, context, status=status)

    def has_view_permission(self, request: HttpRequest, obj: SafetyCase | None = None) -> bool:
        """Only those who handle the reports."""
        return request.user.has_perm(PERMISSION)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The app is listed for who sees anything of it."""
        return self.has_view_permission(request) or super().has_module_permission(request)


def _taken(form: CaseForm, request: HttpRequest) -> bool:
    """Take the step of a valid form; say on the form why it was not possible."""
    try:
        form.take(by=request.user.get_username(), now=timezone.now())
    except safety.NotPossible as error:
        form.add_error(None, str(error))
        return False
    return True


def _checklist(case: SafetyCase) -> list[tuple[str, str]]:
    """Return each question with what is known of it, empty where nothing is."""
    return [(question, getattr(case, name)) for name, question in safety.QUESTIONS.items()]
