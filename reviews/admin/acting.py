"""What staff do with a review besides deciding: reply, label, erase. GET shows a form, POST acts once.

What the domain refuses becomes a message at the form, with what was typed kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from claims.form_checks import ASK, ClaimsForm
from reviews import erasing, labels, replying
from reviews.admin import course
from reviews.models import Insider, Review, StaffReply
from reviews.published_texts import REPLY

REFUSED = (
    *(replying.ReplyRefused, labels.LabelRefused),
    *(erasing.NothingToErase, erasing.NotTakenBack),
)
NOTHING_TO_ERASE = "Its words were erased before."
WHO_SPEAKS = "Customer care"


class ReplyForm(ClaimsForm[StaffReply]):
    """The answer of the shop. It sells as well, so the claims check reads it."""

    claims_texts = REPLY

    class Meta:
        model = StaffReply
        fields = ("body", "role")
        widgets = {"body": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "body": "Everybody reads it below the review. No personal data, no advice on an illness.",
        }

    def __init__(self, review: Review, data: Mapping[str, Any] | None = None) -> None:
        row = StaffReply.objects.filter(review=review).first()
        super().__init__(data, instance=row or StaffReply(review=review, role=WHO_SPEAKS))


class NoteForm(forms.Form):
    """Why something is done, for the log."""

    note = forms.CharField(label="Why?", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, review: Review, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.review = review
        self.fields["note"].error_messages["required"] = "Say why: it is kept in the log."


class LabelForm(NoteForm):
    """What ties the author to us, and how we know."""

    tie = forms.ChoiceField(
        label="What stands beside the review",
        choices=[*Insider.Tie.choices, ("", "No label")],
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ("tie", "note")

    def __init__(self, review: Review, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(review, data)
        stands = {str(tie.label): tie.value for tie in Insider.Tie}
        self.initial = {"tie": stands.get(review.insider_label, "")}
        self.fields["note"].label = "How do we know?"


class EraseForm(NoteForm):
    """How the wish reached us, and that it is meant."""

    sure = forms.BooleanField(
        label="Erase the words for good",
        error_messages={"required": "Tick this to erase. It cannot be undone."},
    )

    def __init__(self, review: Review, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(review, data)
        note = self.fields["note"]
        note.label = "How did the wish reach us?"
        note.help_text = (
            "Such as “By mail on November 3”. Do not quote the author here: this stays."
        )


@dataclass(frozen=True)
class Act:
    """Something staff do. `run` makes the one call into the domain and returns what to tell."""

    name: str
    title: str
    button: str
    permission: str
    form: Callable[..., Any]
    run: Callable[[HttpRequest, Review, Any], str]
    is_possible: Callable[[Review], bool]
    is_danger: bool = False


def _reply(request: HttpRequest, review: Review, form: ReplyForm) -> str:
    data, by = form.cleaned_data, request.user.get_username()
    replying.reply(review.pk, data["body"], data["role"], actor=by, now=timezone.now())
    return "The reply stands below the review."


def _take_back(request: HttpRequest, review: Review, form: NoteForm) -> str:
    note, by = form.cleaned_data["note"], request.user.get_username()
    replying.take_back(review.pk, actor=by, note=note, now=timezone.now())
    return "The reply is gone. The log keeps what it said."


def _label(request: HttpRequest, review: Review, form: LabelForm) -> str:
    data, by = form.cleaned_data, request.user.get_username()
    labels.label(review.pk, data["tie"], actor=by, note=data["note"], now=timezone.now())
    return "The label stands beside the review." if data["tie"] else "The label is gone."


def _erase(request: HttpRequest, review: Review, form: EraseForm) -> str:
    note, by = form.cleaned_data["note"], request.user.get_username()
    erasing.erase(review.pk, actor=by, note=note, now=timezone.now())
    return f"The words of {str(review).lower()} are erased."


def _has_reply(review: Review) -> bool:
    return getattr(review, "reply", None) is not None


def _may_be_erased(review: Review) -> bool:
    is_there = review.current is not None and not review.current.is_erased
    return is_there and erasing.may_be_erased(review)


ACTS = (
    Act(
        name="reply",
        title="Reply",
        button="Put it below the review",
        permission="reviews.reply_review",
        form=ReplyForm,
        run=_reply,
        is_possible=lambda review: review.is_shown,
    ),
    Act(
        name="take_back",
        title="Take the reply back",
        button="Take it back",
        permission="reviews.reply_review",
        form=NoteForm,
        run=_take_back,
        is_possible=_has_reply,
        is_danger=True,
    ),
    Act(
        name="label",
        title="Label as ours",
        button="Set the label",
        permission="reviews.moderate_review",
        form=LabelForm,
        run=_label,
        is_possible=lambda review: True,
    ),
    Act(
        name="erase",
        title="Erase the words",
        button="Erase the words",
        permission="reviews.moderate_review",
        form=EraseForm,
        run=_erase,
        is_possible=_may_be_erased,
        is_danger=True,
    ),
)


def possible(request: HttpRequest, review: Review) -> dict[str, str]:
    """Return what this member of staff can do with the review now: {name: title}."""
    return {
        act.name: act.title
        for act in ACTS
        if act.is_possible(review) and request.user.has_perm(act.permission)
    }


def view_of(model_admin: "ModelAdmin[Review]", act: Act) -> Callable[..., HttpResponse]:
    """Return the view of `act`. It raises PermissionDenied and Http404."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, review_id: int) -> HttpResponse:
        if not model_admin.has_view_permission(request) or not request.user.has_perm(
            act.permission
        ):
            raise PermissionDenied
        review = course.find(review_id)
        if not act.is_possible(review):
            return _show(request, model_admin, review, act, None)
        form = act.form(review, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                messages.success(request, act.run(request, review, form))
            except REFUSED as error:
                form.add_error(None, str(error) or NOTHING_TO_ERASE)
            else:
                return redirect("admin:reviews_review_change", review.pk)
        return _show(request, model_admin, review, act, form)

    return view


def _show(
    request: HttpRequest,
    model_admin: "ModelAdmin[Review]",
    review: Review,
    act: Act,
    form: Any,
) -> HttpResponse:
    may_ask = request.user.has_perm(ASK)
    refused = getattr(form, "claims_refused", []) if may_ask else []
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"{act.title}: {str(review).lower()}",
        "act": act,
        "review": review,
        "form": form,
        "ask": [one for one in refused if one.ask_path],
    }
    return TemplateResponse(request, f"admin/reviews/review/{act.name}.html", context)
