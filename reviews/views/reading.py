"""The reviews' page: figures, the list with its filters, and the rules."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reviews import gathering, reading, summary
from reviews.filtering import Wish, read_wish
from shop.lib.caching import public_page
from shop.lib.seo import PageMeta

DESCRIPTION = (
    "Who can review the B12 Patch, what we publish, what we hold back and why. "
    "The same rules for one dot and for five."
)


@dataclass(frozen=True)
class NobodysProduct:
    """Stands for the product in a shop that has none yet."""

    pk: int = 0
    name: str = "B12 Patch"


@require_safe
@public_page
def reviews(request: HttpRequest) -> HttpResponse:
    """Show what buyers say, ten at a time, and by which rules."""
    product = reading.primary_product() or NobodysProduct()
    wish, number = read_wish(request.GET), _page_number(request)
    figures = summary.read(product.pk)
    listing = reading.read(product.pk, figures, wish, number)
    if listing is None:
        raise Http404
    is_front = wish.is_plain and number == 1
    context = {
        "product_name": product.name,
        "summary": figures,
        "listing": listing,
        "base": f"?{wish.query}&" if wish.query else "?",
        "decide_days": settings.REVIEW_DECIDE_DAYS,
        "shows_rules": is_front,
        "questions": gathering.questions() if is_front else [],
        "meta": _meta(wish, number),
    }
    return render(request, "reviews/reviews.html", context)


def _page_number(request: HttpRequest) -> int:
    wanted = request.GET.get("page", "")
    return int(wanted) if re.fullmatch("[0-9]{1,6}", wanted) else 1


def _meta(wish: Wish, number: int) -> PageMeta:
    path = reverse("reviews")
    is_further = wish.is_plain and number > 1
    return PageMeta(
        title=f"Customer reviews, page {number}"
        if is_further
        else "Customer reviews and how they work",
        description=f"Page {number} of what buyers say, the newest first."
        if is_further
        else DESCRIPTION,
        path=f"{path}?page={number}" if is_further else path,
        breadcrumbs=(("Reviews", path),),
        robots="" if wish.is_plain else "noindex, follow",
    )
