"""The page on which staff decide on a review: its words, its photo, what the rules noticed, and no stars.

One path for all of them. Nothing on the page, in its address or in what follows it tells the stars or any
other rating; tests/reviews/test_decisions_blind.py and test_admin_deciding.py hold that.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from claims.staff_words import category_words
from reviews import decisions, readings, screening, second_look, submitting
from reviews.admin import course
from reviews.admin.decision_forms import DecisionForm, PhotoForm
from reviews.models import Flag, Review, ReviewVersion

PERMISSION = "reviews.moderate_review"
ABOUT: dict[str, type[DecisionForm]] = {"words": DecisionForm, "photo": PhotoForm}


@dataclass(frozen=True)
class Noticed:
    """What a rule noticed: in words, with the sentence or the detail."""

    what: str
    detail: str


@dataclass(frozen=True)
class Claim:
    """A sentence that the claims check flags today, and the way to let it stand."""

    kind: str
    sentence: str
    holds: bool
    ask_path: str
    is_asked: bool


def view(model_admin: "ModelAdmin[Review]", request: HttpRequest, review_id: int) -> HttpResponse:
    """Show the page, or take one decision and go on to the next review. Raises PermissionDenied, Http404."""
    return _view(request, model_admin, review_id)


@require_http_methods(["GET", "HEAD", "POST"])
def _view(request: HttpRequest, model_admin: "ModelAdmin[Review]", review_id: int) -> HttpResponse:
    if not may_decide(model_admin, request):
        raise PermissionDenied
    review = course.find(review_id)
    about = request.POST.get("about", "")
    if about == "look":
        return _look_again(request, review)
    form = ABOUT[about](review, request.POST) if about in ABOUT else None
    if form is not None and form.is_valid():
        try:
            review_now = _decide(form, request.user.get_username(), timezone.now())
        except decisions.NotPossible as error:
            # It may stand elsewhere now: the page is shown anew, with what was typed.
            review = course.find(review_id)
            form = type(form)(review, request.POST)
            form.add_error(None, str(error))
        else:
            return _go_on(request, review_now, form)
    return _page(request, model_admin, review, form)


def may_decide(model_admin: "ModelAdmin[Review]", request: HttpRequest) -> bool:
    """Say whether this member of staff may decide on reviews."""
    return model_admin.has_view_permission(request) and request.user.has_perm(PERMISSION)


def next_after(review: Review | None, actor: str) -> Review | None:
    """Return the next review that waits for somebody else's or `actor`'s decision; None when none does.

    The oldest first, and none that waits for a second person because of `actor`.
    """
    rows = second_look.without_wishes_of(actor, Review.objects.needing_a_person())
    if review is None:
        return rows.first()
    rows = rows.exclude(pk=review.pk)
    return rows.filter(number__gt=review.number).first() or rows.first()


def _decide(form: DecisionForm, actor: str, now: datetime) -> Review:
    data, pk = form.cleaned_data, form.review.pk
    known = {"version_id": data["version"], "seen": data["seen"], "actor": actor, "now": now}
    withheld = {"reason": data["decision"], "note": data["note"]}
    if form.about == "photo":
        if form.shows:
            return decisions.show_photo(pk, **known, note=data["note"])
        return decisions.withhold_photo(pk, **known, **withheld)
    if form.shows:
        return decisions.show(pk, **known, note=data["note"])
    return decisions.withhold(pk, **known, **withheld)


def _go_on(request: HttpRequest, review: Review, form: DecisionForm) -> HttpResponse:
    actor = request.user.get_username()
    now_is = "shown" if form.shows else "withheld, and its author is told"
    if form.about == "words" and review.state == Review.State.WAITING:
        now_is = "noted: a second person decides. Until then nobody else sees the review"
    name = f"The photo of review {review.number}" if form.about == "photo" else f"{review}"
    messages.success(request, f"{name} is {now_is}.")
    if next_after(None, actor) is None:
        messages.info(request, "Nothing else waits.")
    still = second_look.without_wishes_of(actor, Review.objects.needing_a_person())
    if still.filter(pk=review.pk).exists():
        return redirect("admin:reviews_review_decide", review.pk)
    return to_next(review, actor)


def to_next(review: Review | None, actor: str) -> HttpResponse:
    """Lead to the next review that waits for `actor` after `review`, to the list where none does."""
    following = next_after(review, actor)
    if following is None:
        return redirect("admin:reviews_review_changelist")
    return redirect("admin:reviews_review_decide", following.pk)


def _look_again(request: HttpRequest, review: Review) -> HttpResponse:
    if submitting.look_again(review.pk, now=timezone.now()):
        state = course.find(review.pk).get_state_display().lower()
        messages.success(request, f"Looked at again: {review} is now {state}.")
    else:
        messages.info(request, "Looked at again: it stays as it was.")
    return redirect("admin:reviews_review_decide", review.pk)


def _page(
    request: HttpRequest,
    model_admin: "ModelAdmin[Review]",
    review: Review,
    bound: DecisionForm | None,
) -> HttpResponse:
    claims = _claims(review)
    actor, past = request.user.get_username(), second_look.Past(review)
    wish = past.open_wish
    is_open = review.state != Review.State.WITHDRAWN
    is_held_by_claim = any(one.holds for one in claims) and review.state == Review.State.WITHHELD
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"Decide on {str(review).lower()}",
        "review": review,
        "seen": decisions.last_entry(review),
        "noticed": _noticed(review, claims),
        "claims": claims,
        "earlier": _earlier(review),
        "photo": course.photo_of(review),
        "log": course.lines(review),
        "form": _form(DecisionForm, review, bound) if is_open and not is_held_by_claim else None,
        "photo_form": _form(PhotoForm, review, bound) if is_open and _has_photo(review) else None,
        "bound": bound,
        "next": next_after(review, actor),
        "told": past.is_told,
        "wish": wish,
        "is_own_wish": wish is not None and wish.actor == actor,
        "waiting": Review.objects.needing_a_person().count(),
    }
    return TemplateResponse(request, "admin/reviews/review/decide.html", context)


def _form(kind: type[DecisionForm], review: Review, bound: DecisionForm | None) -> DecisionForm:
    return bound if type(bound) is kind else kind(review)


def _has_photo(review: Review) -> bool:
    return review.photo_state != Review.PhotoState.NONE


def _claims(review: Review) -> list[Claim]:
    if review.current is None:
        return []
    words = screening.words_of(review.current)
    return [
        Claim(
            kind=category_words(one.finding.category),
            sentence=readings.author_words(one.sentence, words.text) or one.sentence,
            holds=screening.holds(one, words),
            ask_path=one.ask_path,
            is_asked=bool(one.override_state),
        )
        for one in screening.claims_in(review.current)
    ]


def _noticed(review: Review, claims: list[Claim]) -> list[Noticed]:
    """Return what was noticed when it came; claims stand beside it as they are today."""
    of_claims = {Flag.Kind.CLAIM, Flag.Kind.OTHER_CLAIM}
    if review.current is None:
        return []
    return [
        Noticed(flag.get_kind_display(), flag.detail)
        for flag in review.current.flags.all()
        if flag.kind not in of_claims
    ]


def _earlier(review: Review) -> list[ReviewVersion]:
    words = ("place", "written_at", "title", "body", "author_name", "review")
    rows = ReviewVersion.objects.filter(review=review).exclude(pk=review.current_id or 0)
    return list(rows.only(*words).order_by("-place"))
