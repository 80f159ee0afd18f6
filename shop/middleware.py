"""The shop's own manners: what every answer carries, and what only some pages get.

Sessions, log-ins and messages are there only where staff work; compression only for what everybody sees.

Public pages must set no cookie and must not vary on one, so that any cache may keep them; and a
page that needs no session should not pay for the machinery either.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from simple_history.middleware import HistoryRequestMiddleware

STAFF_PATH = "/admin/"


# Nothing here asks for a camera, a place or a payment sheet, and no frame of ours may.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


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
