"""Writing a review: by the open form, or as the answer to a request that came by mail."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reviews import links, reading, visitors
from reviews.forms import InvitedForm, OpenForm
from reviews.models import Invitation
from reviews.submitting import RequestEnded
from reviews.views.refusing import photo_is_too_often, too_often
from shop.lib.caching import private_page, public_page
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from shop.lib.uploads import takes_a_picture
from throttle.limits import address_block

ENDED = (
    "The link in your email has ended since you opened this page. Your words are still here: please copy "
    "them into the form that is open to everybody."
)


@same_origin_post
@takes_a_picture
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Show the form that is open to everybody; take a review and lead to its author's own page."""
    return _send(request) if request.method == "POST" else _blank(request)


@same_origin_post
@takes_a_picture
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form of one request; take its answer. Opening it changes nothing: mail programs open links."""
    asked = links.find_invitation(token)
    if asked is None:
        raise Http404
    if earlier := visitors.answered(asked):
        return redirect(links.own_path(earlier))
    now = timezone.now()
    if request.method == "POST":
        return _answer(request, asked, token)
    if asked.expires_at <= now:
        context = {"meta": _private_meta("This link has ended"), "product": asked.product}
        return render(request, "reviews/request_ended.html", context)
    name = visitors.suggested_name(asked.order.name)
    form = InvitedForm(initial={"author_name": name}, now=now)
    return _invited_page(request, asked, token, form, status=200)


@public_page
def _blank(request: HttpRequest) -> HttpResponse:
    return _open_page(request, OpenForm(now=timezone.now()), status=200)


@private_page
def _send(request: HttpRequest) -> HttpResponse:
    now, sender = timezone.now(), address_block(request)
    form = OpenForm(request.POST, request.FILES, now=now)

    def page(status: int) -> HttpResponse:
        return _open_page(request, form, status=status)

    if refused := photo_is_too_often(form, page, sender=sender, now=now):
        return refused
    if not form.is_valid():
        return page(422)
    about = reading.primary_product()
    if about is None:
        raise Http404
    data = form.cleaned_data
    try:
        review = visitors.write(
            form.content, about, email=data["email"], tie=data["tie"], sender=sender, now=now
        )
    except visitors.TooOften as refusal:
        return too_often(form, page, refusal, now=now)
    return redirect(f"{links.own_path(review)}?received=1")


def _answer(request: HttpRequest, asked: Invitation, token: str) -> HttpResponse:
    now, sender = timezone.now(), address_block(request)
    form = InvitedForm(request.POST, request.FILES, now=now)

    def page(status: int) -> HttpResponse:
        return _invited_page(request, asked, token, form, status=status)

    if refused := photo_is_too_often(form, page, sender=sender, now=now):
        return refused
    if not form.is_valid():
        return page(422)
    try:
        review = visitors.answer(
            asked, form.content, tie=form.cleaned_data["tie"], sender=sender, now=now
        )
    except RequestEnded:
        form.refuse(ENDED)
        return page(410)
    return redirect(f"{links.own_path(review)}?received=1")


def _open_page(request: HttpRequest, form: OpenForm, *, status: int) -> HttpResponse:
    path = reverse("review_write")
    meta = PageMeta(
        title="Write a review of the B12 Patch",
        description="Tell others how the patch stuck, how it was on your skin and how your order went. "
        "No account needed; we show poor ratings like good ones.",
        path=path,
        breadcrumbs=(("Reviews", reverse("reviews")), ("Write a review", path)),
        robots="noindex",
    )
    context = {"meta": meta, "form": form, "product": reading.primary_product()}
    return render(request, "reviews/write.html", context, status=status)


def _invited_page(
    request: HttpRequest, asked: Invitation, token: str, form: InvitedForm, *, status: int
) -> HttpResponse:
    context = {
        "meta": _private_meta("Your review"),
        "form": form,
        "product": asked.product,
        "invitation": asked,
        "token": token,
    }
    return render(request, "reviews/write.html", context, status=status)


def _private_meta(title: str) -> PageMeta:
    return PageMeta(
        title=title,
        description="This page is for one buyer alone.",
        path=reverse("review_write"),
        breadcrumbs=(("Reviews", reverse("reviews")), (title, reverse("review_write"))),
        robots="noindex",
    )
