"""An author's own page: where the review stands, everything that happened, changing it, taking it back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from reviews import decisions, links, visitors
from reviews.author_page import own_page
from reviews.forms import ChangeForm
from reviews.models import Review
from reviews.views.refusing import photo_is_too_often, too_often
from shop.lib.caching import private_page
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from shop.lib.uploads import takes_a_picture
from throttle.limits import address_block

# What has just happened, by the word in the address.
NOTICES = {
    "received": (
        "Thank you",
        "We have your review. The link to this page is in our email to you, too.",
    ),
    "changed": ("Thank you", "We have your new version. The earlier ones stay on record."),
    "unchanged": ("Done", "Nothing was different, so nothing was changed."),
    "withdrawn": ("Done", "You took it back. Nobody else sees its words any more."),
}


@require_safe
@private_page
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Show an author where the review stands, and why. Opening it changes nothing."""
    review = _review(token)
    notice = next((NOTICES[name] for name in NOTICES if name in request.GET), None)
    context = {
        "meta": _meta(f"Your review, number {review.number}"),
        "token": token,
        "page": own_page(review),
        "notice": notice,
    }
    return render(request, "reviews/own.html", context)


@same_origin_post
@takes_a_picture
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form with what was written last; take a new version. It brings back what was taken back."""
    review = _review(token)
    version = review.current
    if version is None or version.is_erased:
        return redirect("review_own", token)
    if request.method == "POST":
        return _take_change(request, review, token)
    content = visitors.content_of(version)
    reacted = {True: "yes", False: "no", None: ""}[content.skin_reacted]
    initial = {**vars(content), "skin_reacted": reacted, "photo_choice": "keep", "photo": None}
    form = ChangeForm(initial=initial, has_photo=content.keeps_photo, now=timezone.now())
    return _change_page(request, review, token, form, status=200)


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to take the review back, and do so on POST."""
    review = _review(token)
    if request.method == "POST":
        decisions.withdraw(review.pk, now=timezone.now())
    if request.method == "POST" or review.state == Review.State.WITHDRAWN:
        return redirect(f"{links.own_path(review)}?withdrawn=1")
    context = {"meta": _meta("Take it back"), "token": token, "review": review}
    return render(request, "reviews/own_withdraw.html", context)


def _take_change(request: HttpRequest, review: Review, token: str) -> HttpResponse:
    now, sender = timezone.now(), address_block(request)
    has_photo = hasattr(review.current, "photo")
    form = ChangeForm(request.POST, request.FILES, has_photo=has_photo, now=now)

    def page(status: int) -> HttpResponse:
        return _change_page(request, review, token, form, status=status)

    if refused := photo_is_too_often(form, page, sender=sender, now=now):
        return refused
    if not form.is_valid():
        return page(422)
    try:
        is_new = visitors.change(review, form.content, now=now)
    except visitors.TooOften as refusal:
        return too_often(form, page, refusal, now=now)
    return redirect(f"{links.own_path(review)}?{'changed' if is_new else 'unchanged'}=1")


def _change_page(
    request: HttpRequest, review: Review, token: str, form: ChangeForm, *, status: int
) -> HttpResponse:
    context = {"meta": _meta("Change your review"), "form": form, "review": review, "token": token}
    return render(request, "reviews/own_change.html", context, status=status)


def _review(token: str) -> Review:
    review = links.find_review(token)
    if review is None or review.current is None:
        raise Http404
    return review


def _meta(title: str) -> PageMeta:
    path = reverse("reviews")
    return PageMeta(
        title=title,
        description="This page is for the author of one review alone.",
        path=path,
        breadcrumbs=(("Reviews", path), (title, path)),
        robots="noindex",
    )
