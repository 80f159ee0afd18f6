"""Who may keep a page: everybody, or nobody."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.cache import patch_cache_control

View = Callable[..., HttpResponse]

PUBLIC_SECONDS = 60


def public_page(view: View) -> View:
    """Mark a page as the same for everybody: any cache may keep it for a minute.

    A minute bounds how long a changed price or a sold-out state can be seen elsewhere; the cart
    always reads both afresh.
    """

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        if response.status_code == HTTPStatus.OK:
            patch_cache_control(response, public=True, max_age=PUBLIC_SECONDS)
        return response

    return wrapped


def private_page(view: View) -> View:
    """Mark a page as one visitor's own: no cache keeps it, no search engine lists it.

    A view may set a Cache-Control of its own.
    """

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex"
        # The address holds the visitor's own token: it must not travel to other sites.
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped
