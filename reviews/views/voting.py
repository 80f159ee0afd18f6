"""The button that says a review helped."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from reviews import voting
from reviews.models import Review
from shop.lib.caching import private_page
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from shop.lib.too_often import TOO_MANY_REQUESTS, retry_after
from throttle.limits import address_block

COOKIE = "review_voter"
# Nothing else lies below it: the cookie goes along with votes, and no other page ever sees it.
COOKIE_PATH = "/reviews/helpful/"
A_YEAR = 365 * 24 * 3600


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def helpful(request: HttpRequest, number: int) -> HttpResponse:
    """Count the visitor's vote and say so; pressed again it counts no more. Who opens the address is led on."""
    if request.method != "POST":
        return redirect("reviews")
    now = timezone.now()
    token = request.COOKIES.get(COOKIE, "")
    try:
        voted = voting.vote(number, token=token, sender=address_block(request), now=now)
    except Review.DoesNotExist:
        raise Http404 from None
    except voting.TooManyVotes as refusal:
        response = _page(request, number, None, status=TOO_MANY_REQUESTS)
        return retry_after(response, refusal.opens_at, now=now)
    response = _page(request, number, voted.count, status=200)
    if voted.token != token:
        response.set_cookie(
            COOKIE,
            voted.token,
            max_age=A_YEAR,
            path=COOKIE_PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _page(request: HttpRequest, number: int, count: int | None, *, status: int) -> HttpResponse:
    path = reverse("reviews")
    title = "Thank you" if count is not None else "That was often"
    meta = PageMeta(
        title=title,
        description="Your word that a review helped you.",
        path=path,
        breadcrumbs=(("Reviews", path), (title, request.path)),
        robots="noindex",
    )
    context = {"meta": meta, "number": number, "count": count, "back": _back(request, number)}
    return render(request, "reviews/helpful.html", context, status=status)


def _back(request: HttpRequest, number: int) -> str:
    """Return where the visitor pressed the button, at the review: a page of ours, or the list."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        parts = urlsplit("")
    path = reverse("reviews")
    if parts.netloc == request.get_host() and parts.path in {path, reverse("product_information")}:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return f"{path}#review-{number}"
