"""The public record: the figures, every number, and the log for whoever wants to check it."""

import re
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import fairness_words, log, numbers
from shop.lib.caching import public_page
from shop.lib.seo import PageMeta, absolute_url


@require_safe
@public_page
def review_numbers(request: HttpRequest) -> HttpResponse:
    """Show what was received, shown and withheld, and every number, the newest first."""
    wanted = _page_number(request)
    read = numbers.page(wanted)
    if read is None:
        raise Http404
    page, rows = read
    figures, head = numbers.figures(), log.head()
    context = {
        "page": page,
        "rows": rows,
        "figures": figures,
        "waiting_days": _days(figures.waiting_since),
        "fairness": fairness_words.newest() if wanted == 1 else None,
        "head": head,
        "is_front": wanted == 1,
        "parts": numbers.parts(head.sequence),
        "log_address": absolute_url("/reviews/log/"),
        "stars": numbers.STARS,
        "meta": _meta(wanted),
    }
    return render(request, "reviews/review_numbers.html", context)


@require_safe
@public_page
def review_number(request: HttpRequest, number: int) -> HttpResponse:
    """Show what the log says of one number."""
    read = numbers.one(number)
    if read is None:
        raise Http404
    row, entries = read
    path = reverse("review_number", args=[number])
    meta = PageMeta(
        title=f"Review number {number}",
        description=f"What we recorded of review {number}: when it came, and where it stands.",
        path=path,
        breadcrumbs=(
            ("Reviews", reverse("reviews")),
            ("Numbers", reverse("review_numbers")),
            (f"Number {number}", path),
        ),
        robots="noindex, follow",
    )
    context = {"row": row, "entries": entries, "meta": meta}
    return render(request, "reviews/review_number.html", context)


@require_safe
@public_page
def review_log_part(_request: HttpRequest, part: int) -> HttpResponse:
    """Answer with one part of the log, line by line, for a machine."""
    lines = numbers.part(part) if part else None
    if lines is None:
        raise Http404
    answer = HttpResponse(lines, content_type="application/x-ndjson")
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _page_number(request: HttpRequest) -> int:
    wanted = request.GET.get("page", "1")
    # What is no number at all is ignored, like every parameter that the page does not know.
    return int(wanted) if re.fullmatch("[0-9]{1,9}", wanted) else 1


def _days(since: datetime | None) -> int:
    return (timezone.now() - since).days if since else 0


def _meta(number: int) -> PageMeta:
    path = reverse("review_numbers")
    return PageMeta(
        title="Every review has a number" if number == 1 else f"Review numbers, page {number}",
        description="How many reviews we got, showed and held back, by reason and by rating, and how "
        "you can check that none has vanished.",
        path=path if number == 1 else f"{path}?page={number}",
        breadcrumbs=(("Reviews", reverse("reviews")), ("Numbers", path)),
        robots="" if number == 1 else "noindex, follow",
    )
