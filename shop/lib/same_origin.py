"""Forms on cacheable pages carry no CSRF token: where the request came from is checked instead."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def is_same_origin(request: HttpRequest) -> bool:
    """Say whether `request` was sent by one of our own pages.

    Every browser since 2023 sends Sec-Fetch-Site (w3.org/TR/fetch-metadata); older ones send Origin or
    Referer with a form. A request with none of the three is refused.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if not source:
        return False
    try:
        parts = urlsplit(source)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc) == (request.scheme, request.get_host())


def same_origin_post(view: View) -> View:
    """Let a POST through to `view` only when it came from our own pages; others get a 403 page."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not is_same_origin(request):
            return render(request, "403.html", status=403)
        return view(request, *args, **kwargs)

    return wrapped
