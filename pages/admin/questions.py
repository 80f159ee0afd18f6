"""The inbox of visitors' questions: answer one for the FAQ, point to an answer that is there, or decline."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pages import questions
from pages.admin.question_forms import AnsweredThereForm, AnswerForm, DeclineForm
from pages.models import AlreadySettled, VisitorQuestion
from shop.lib.read_only_admin import ReadOnlyAdmin

Act = Callable[..., object]


def _answer(question: VisitorQuestion, form: Any, **by_whom: Any) -> None:
    questions.answer(question, form.instance, **by_whom)


def _answered_there(question: VisitorQuestion, form: Any, **by_whom: Any) -> None:
    questions.answer_with(question, form.cleaned_data["item"], **by_whom)


def _decline(question: VisitorQuestion, form: Any, **by_whom: Any) -> None:
    data = form.cleaned_data
    questions.decline(question, data["reason"], note=data["note"], **by_whom)


# What staff may do with a question: the form, the verb, and what is said afterwards.
ACTS: dict[str, tuple[type[Any], Act, str]] = {
    "answer": (AnswerForm, _answer, "Question {} is answered; the answer is in the FAQ."),
    "answered-there": (AnsweredThereForm, _answered_there, "Question {} is answered by that row."),
    "decline": (DeclineForm, _decline, "Question {} is declined."),
}


@admin.register(VisitorQuestion)
class VisitorQuestionAdmin(ReadOnlyAdmin[VisitorQuestion]):
    """Read-only but for the moves away from new. Nobody sees the email: the shop itself writes to it."""

    list_display = ("question", "asked_at", "state_word", "wants_mail", "answered_in")
    list_filter = ("state", "decline_reason", "asked_at")
    search_fields = ("question",)
    list_select_related = ("faq_item",)
    fields = (
        *("question", "asked_at", "name", "wants_mail", "state_word", "answered_in"),
        *("settled_at", "settled_by", "note"),
    )
    readonly_fields = fields

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What waits stands first, the oldest of it on top; then the newest of the rest."""
        is_done = Case(When(state=VisitorQuestion.State.NEW, then=Value(0)), default=Value(1))
        waiting = Case(When(state=VisitorQuestion.State.NEW, then="asked_at"))
        return [is_done, waiting, "-asked_at", "-pk"]

    @admin.display(description="State", ordering="state")
    def state_word(self, question: VisitorQuestion) -> str:
        """New, answered, or declined with its reason."""
        word = question.get_state_display()
        reason = question.get_decline_reason_display()
        return f"{word}: {reason}" if reason else word

    @admin.display(description="Gets a mail", boolean=True)
    def wants_mail(self, question: VisitorQuestion) -> bool:
        """Whether somebody waits for our mail."""
        return bool(question.email)

    @admin.display(description="Answered in")
    def answered_in(self, question: VisitorQuestion) -> SafeString | str:
        """The row of the FAQ that answers it."""
        if question.faq_item is None:
            return "–"
        url = reverse("admin:pages_faqitem_change", args=[question.faq_item.pk])
        return format_html('<a href="{}">{}</a>', url, question.faq_item)

    @admin.display(description="To do")
    def to_do(self, question: VisitorQuestion) -> SafeString | str:
        """The way to the page on which it is settled."""
        if not question.is_new:
            return "–"
        url = reverse("admin:pages_visitorquestion_answer", args=[question.pk])
        return format_html('<a href="{}">Answer or decline</a>', url)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Show the way to answer to those who may."""
        may = self.has_answer_permission(request)
        return (*self.list_display, "to_do") if may else self.list_display

    def get_urls(self) -> list[URLPattern]:
        """The page on which one question is settled; each of its forms has an address of its own."""
        view = self.admin_site.admin_view(self.settle_view)
        own = [
            path(
                f"<int:question_id>/{act}/",
                view,
                {"act": act},
                name=f"pages_visitorquestion_{act.replace('-', '_')}",
            )
            for act in ACTS
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The question, with the way to answer it."""
        context = {"can_answer": self.has_answer_permission(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def settle_view(self, request: HttpRequest, question_id: int, act: str) -> HttpResponse:
        """Show one question with its three forms, and take one of them.

        Raises PermissionDenied, Http404.
        """
        if not (self.has_view_permission(request) and self.has_answer_permission(request)):
            raise PermissionDenied
        question = get_object_or_404(VisitorQuestion, pk=question_id)
        sent = {act: request.POST} if request.method == "POST" else {}
        filled = {name: form(question, sent.get(name)) for name, (form, _, _) in ACTS.items()}
        if sent and question.is_new and filled[act].is_valid():
            self._settle(request, question, act, filled[act])
            return redirect("admin:pages_visitorquestion_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Answer question {question.pk}",
            "opts": self.opts,
            "question": question,
            "others": questions.others_of_sender(question),
            "forms": {name.replace("-", "_"): form for name, form in filled.items()},
        }
        return render(request, "admin/pages/visitorquestion/answer.html", context)

    def _settle(
        self, request: HttpRequest, question: VisitorQuestion, act: str, form: forms.BaseForm
    ) -> None:
        _, verb, said = ACTS[act]
        try:
            verb(question, form, by=request.user.get_username(), now=timezone.now())
        except AlreadySettled:
            messages.warning(request, f"A colleague has settled question {question.pk} before you.")
        else:
            messages.success(request, said.format(question.pk))

    def has_answer_permission(self, request: HttpRequest) -> bool:
        """Who may answer and decline."""
        return request.user.has_perm("pages.answer_visitorquestion")
