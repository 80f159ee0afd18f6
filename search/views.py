"""The search page. What is typed stands in the address only: it is written to no log and no table."""

import re
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from search import finding
from search.finding import PER_PAGE, Wish
from search.models import Kind
from search.queries import LONGEST_QUERY, read_query
from shop.lib.caching import public_page
from shop.lib.seo import PageMeta

_PLURALS = {
    Kind.POST: "Posts",
    Kind.PAGE: "Pages",
    Kind.QUESTION: "Questions",
    Kind.PRODUCT: "Products",
}


@require_safe
@public_page
def search(request: HttpRequest) -> HttpResponse:
    """Show the form, and what was found for `?q=`, all or one kind of it (`?kind=`), ten on a page."""
    wish = _wish(request)
    found = finding.search(wish, now=timezone.now())
    path = reverse("search")
    context = {
        "query": wish.query,
        "longest_query": LONGEST_QUERY,
        "found": found,
        "page": Paginator(range(found.count), PER_PAGE).page(found.page),
        "base": f"?{_address(wish)}&",
        "kinds": _kinds(wish),
        "kind": wish.kind,
        "exact_address": f"?{_address(wish, is_exact=True)}",
        "meant_address": f"?{urlencode({'q': found.meant})}",
        "first_number": (found.page - 1) * PER_PAGE + 1,
        "meta": PageMeta(
            title="Search",
            description="Search the posts, pages, questions and products of this shop.",
            path=path,
            breadcrumbs=(("Search", path),),
            robots="noindex, follow" if wish.query else "",
        ),
    }
    return render(request, "search/search.html", context)


def _wish(request: HttpRequest) -> Wish:
    page = request.GET.get("page", "")
    return Wish(
        query=read_query(request.GET.get("q", "")),
        kind=next((kind for kind in Kind if kind.slug == request.GET.get("kind")), None),
        page=int(page) if re.fullmatch("[0-9]{1,3}", page) else 1,
        is_exact=request.GET.get("exact") == "1",
    )


def _address(wish: Wish, *, kind: Kind | None = None, is_exact: bool = False) -> str:
    parts = {"q": wish.query.text}
    if shown := kind or wish.kind:
        parts["kind"] = shown.slug
    if is_exact or wish.is_exact:
        parts["exact"] = "1"
    return urlencode(parts)


def _kinds(wish: Wish) -> list[dict[str, object]]:
    """Return the links that show everything or one kind. Nothing is counted for them."""
    everything = Wish(wish.query, is_exact=wish.is_exact)
    links: list[dict[str, object]] = [
        {"label": "All", "address": f"?{_address(everything)}", "is_shown": wish.kind is None}
    ]
    for kind in Kind:
        address = f"?{_address(everything, kind=kind)}"
        links.append({"label": _PLURALS[kind], "address": address, "is_shown": wish.kind == kind})
    return links
