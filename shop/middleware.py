"""The shop's own manners: what every answer carries, and what only some pages get.

Sessions, log-ins and messages are there only where staff work; compression only for what everybody sees.

Public pages must set no cookie and must not vary on one, so that any cache may keep them; and a
page that needs no session should not pay for the machinery either.
"""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.http import escape_leading_slashes
from simple_history.middleware import HistoryRequestMiddleware

STAFF_PATH = "/admin/"
# What leads elsewhere today must not be learned by heart.
FOR_A_WHILE = {HTTPStatus.FOUND, HTTPStatus.TEMPORARY_REDIRECT}


# Nothing here asks for a camera, a place or a payment sheet, and no frame of ours may.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class OneHostMiddleware:
    """Lead from the host's other name (with www., or without) and from http to the one of SITE_URL.

    In one step: an old address of the blog, or one that lacks its slash, is asked what it leads to first.
    Host names that are neither are left to ALLOWED_HOSTS.
    """

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        site = urlsplit(settings.SITE_URL)
        if request.method not in {"GET", "HEAD"} or not _comes_by_another_name(request, site):
            return self.get_response(request)
        request.META["HTTP_HOST"] = site.netloc
        path, is_for_good = request.get_full_path(), True
        if request.path.startswith("/blog") or (request.path == "/" and request.GET):
            _claim_scheme(request, site.scheme)
            answer = self.get_response(request)
            if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
                return answer  # it would be the same there
            path = answer.headers.get("Location", path)
            is_for_good = answer.status_code not in FOR_A_WHILE
        elif not request.path.endswith("/") and is_valid_path(f"{request.path_info}/"):
            path = request.get_full_path(force_append_slash=True)
        if path.startswith("/"):
            # Two slashes would be somebody else's host.
            path = f"{settings.SITE_URL}{escape_leading_slashes(path)}"
        return HttpResponsePermanentRedirect(path) if is_for_good else HttpResponseRedirect(path)


def _comes_by_another_name(request: HttpRequest, site: SplitResult) -> bool:
    own = site.hostname or ""
    try:
        name = urlsplit(f"//{request.META.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:  # brackets that are no IPv6 address
        return False
    if name.removeprefix("www.") != own.removeprefix("www.") or "." not in own:
        return False
    is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
    return name != own or (is_plain and request.path != "/healthz/")


def _claim_scheme(request: HttpRequest, scheme: str) -> None:
    """Let the page be asked as it would be after the redirect, without being one itself."""
    request.META["wsgi.url_scheme"] = scheme
    if settings.SECURE_PROXY_SSL_HEADER:
        header, value = settings.SECURE_PROXY_SSL_HEADER
        request.META[header] = value if scheme == "https" else ""


class MannersMiddleware:
    """What every answer owes its reader, whoever made it. Stands outermost."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        if not isinstance(response, HttpResponse):
            return response
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            # The page goes into the answer that is there: it carries the security headers already.
            response.content = render_to_string("405.html", request=request)
            response["Content-Type"] = "text/html; charset=utf-8"
            response["Content-Length"] = str(len(response.content))
        if request.method == "HEAD":
            # The server would drop the body, and complain in the log that there was one.
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class StaffSessionMiddleware(SessionMiddleware):
    """Sessions under /admin/ only."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(STAFF_PATH):
            return self.get_response(request)  # type: ignore[return-value]
        return super().__call__(request)  # type: ignore[return-value]


class StaffAuthenticationMiddleware(AuthenticationMiddleware):
    """Who is logged in, under /admin/ only."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(STAFF_PATH):
            return self.get_response(request)  # type: ignore[return-value]
        return super().__call__(request)  # type: ignore[return-value]


class StaffMessageMiddleware(MessageMiddleware):
    """One-time messages, under /admin/ only."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(STAFF_PATH):
            return self.get_response(request)  # type: ignore[return-value]
        return super().__call__(request)  # type: ignore[return-value]


class StaffHistoryMiddleware:
    """Tell django-simple-history who edits, under /admin/ only."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.with_history = HistoryRequestMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(STAFF_PATH):
            return self.get_response(request)
        return self.with_history(request)  # type: ignore[no-any-return]


class PublicGZipMiddleware(GZipMiddleware):
    """Compress pages that are the same for everybody.

    Only those: compressing a page that holds something secret beside something a stranger can choose
    gives the secret away by its length (the BREACH attack).
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
        """Leave every other page as it is."""
        if "public" not in response.get("Cache-Control", ""):
            return response
        return super().process_response(request, response)  # type: ignore[return-value]
