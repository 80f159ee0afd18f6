"""No more emails that ask for a review: one click, as RFC 8058 has it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from reviews import invitations, links
from shop.lib.caching import private_page
from shop.lib.seo import PageMeta


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and stop on POST. Mail programs post here on their own, so from any origin.

    What was stopped before is answered in the same way.
    """
    if request.method == "POST":
        is_known = invitations.stop(token, now=timezone.now())
    else:
        is_known = links.find_stop(token) is not None
    if not is_known:
        raise Http404
    path = reverse("reviews")
    meta = PageMeta(
        title="No more emails about reviews",
        description="Stop our emails that ask for a review.",
        path=path,
        breadcrumbs=(("Reviews", path), ("No more emails", path)),
        robots="noindex",
    )
    context = {"meta": meta, "token": token, "is_done": request.method == "POST"}
    return render(request, "reviews/stop.html", context)
