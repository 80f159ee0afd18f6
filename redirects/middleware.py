"""Where nothing is found, the table of redirects has the last word."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control

from redirects import not_found, table
from redirects.addresses import BadAddress, is_not_ours, key_of, with_query
from redirects.gone import gone_page
from redirects.models import Redirect
from redirects.pointers import Kind
from shop.lib.caching import PUBLIC_SECONDS

logger = logging.getLogger(__name__)


class RedirectMiddleware:
    """Lead visitors of old addresses on. A page that is there costs nothing here.

    Stands outside CommonMiddleware, so that an address that only lacks its slash gets it; where the
    table knows that address, visitors are led to the end at once instead of by way of the slash.
    """

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method not in {"GET", "HEAD"} or not _is_ours(request):
            return response
        is_missing = response.status_code == HTTPStatus.NOT_FOUND
        if not is_missing and not _only_adds_the_slash(request, response):
            return response
        try:
            if found := table.lookup(request.path_info):
                return _answer(request, found) or response
            if is_missing:
                not_found.note(request, now=timezone.now())
        except DatabaseError as error:
            # "Not found" is an answer that needs no database.
            logger.warning("No look at the redirects: %s", type(error).__name__)
        return response


def _is_ours(request: HttpRequest) -> bool:
    return not is_not_ours(request.path_info.rstrip("/")) and not not_found.is_secret(request)


def _only_adds_the_slash(request: HttpRequest, response: HttpResponseBase) -> bool:
    if response.status_code != HTTPStatus.MOVED_PERMANENTLY or request.path.endswith("/"):
        return False
    with_slash = request.get_full_path(force_append_slash=True)
    return bool(response.headers.get("Location") == with_slash)


def _answer(request: HttpRequest, found: Redirect) -> HttpResponse | None:
    if found.target_key and found.target_key == _key(request):
        return None  # the same address in other letters: it would lead to itself
    if found.kind == Kind.GONE:
        answer = gone_page(request)
        # Further in, where this answer has not been.
        answer["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    else:
        is_for_good = found.kind == Kind.PERMANENT
        leads = HttpResponsePermanentRedirect if is_for_good else HttpResponseRedirect
        answer = leads(with_query(found.new_path, request.META.get("QUERY_STRING", "")))
        patch_cache_control(answer, public=True, max_age=PUBLIC_SECONDS)
    answer["Content-Length"] = str(len(answer.content))
    _count(found)
    return answer


def _key(request: HttpRequest) -> str:
    try:
        return key_of(request.path_info)
    except BadAddress:
        return ""


def _count(found: Redirect) -> None:
    try:
        table.count_hit(found, now=timezone.now())
    except DatabaseError as error:
        logger.warning("A hit was not counted: %s", type(error).__name__)
