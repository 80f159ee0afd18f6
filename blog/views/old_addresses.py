"""Addresses of the blog that WordPress served: each leads to its place in one step."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog import old_addresses
from redirects.gone import gone_page
from shop.lib.caching import public_page


@require_safe
@public_page
def to_post(request: HttpRequest, slug: str, **_: str) -> HttpResponse:
    """Lead to the post: from its address below a category or a day, with or without /trackback/."""
    return _lead(request, old_addresses.public_path(slug, timezone.now()))


@require_safe
@public_page
def to_upload(request: HttpRequest, path: str) -> HttpResponse:
    """Lead to the picture that a file of wp-content/uploads has become."""
    return _lead(request, old_addresses.path_of_upload(path))


@require_safe
@public_page
def to_feed(request: HttpRequest, start: str = "") -> HttpResponse:
    """Lead from a format that nobody reads any more to RSS 2.0."""
    return _lead(request, f"/blog/{start}feed/")


@require_safe
@public_page
def to_blog(request: HttpRequest) -> HttpResponse:
    """Lead from /blog to where its parameters point, else to /blog/: in one step."""
    found = old_addresses.by_query(request.GET, timezone.now())
    return redirect(found, permanent=True) if found else _lead(request, "/blog/")


@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    """Say that there is nothing here any more: the blog has no comments."""
    return gone_page(request)


def _lead(request: HttpRequest, path: str | None) -> HttpResponse:
    if path is None:
        raise Http404
    return redirect(old_addresses.with_query(path, request.GET), permanent=True)
