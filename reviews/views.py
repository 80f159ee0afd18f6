"""The reviews' page. Reviews themselves follow with their own issue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shop.lib.caching import public_page
from shop.lib.seo import PageMeta


@require_safe
@public_page
def reviews(request: HttpRequest) -> HttpResponse:
    """Show the rules for reviews; there are none yet, so there is no rating either."""
    path = reverse("reviews")
    meta = PageMeta(
        title="Customer reviews and how they work",
        description="Who can review the B12 Patch, what we publish, what we hold back and why. "
        "The same rules for one dot and for five.",
        path=path,
        breadcrumbs=(("Reviews", path),),
    )
    return render(request, "reviews/reviews.html", {"meta": meta})
