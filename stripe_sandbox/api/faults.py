"""Trouble on demand: the next requests that match fail in the ways real networks and APIs fail."""

import socket
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from stripe_sandbox.api.answers import Answer, response_of
from stripe_sandbox.errors import (
    ApiError,
    Broken,
    Forbidden,
    RateLimited,
    Unauthorized,
    key_in_use,
)
from stripe_sandbox.models import Fault

# These answer instead of the work; the others come after it or only slow it down.
INSTEAD = (Fault.Kind.ERROR, Fault.Kind.HTML, Fault.Kind.EMPTY, Fault.Kind.DROP)


def take_fault(method: str, path: str) -> Fault | None:
    """The oldest armed fault for this request, counted down by one; None when there is none."""
    if not Fault.objects.filter(remaining__gt=0).exists():
        return None
    with transaction.atomic():
        for fault in Fault.objects.filter(remaining__gt=0).order_by("pk"):
            if fault.method in ("", method) and path.startswith(fault.path):
                fault.remaining -= 1
                fault.save()
                return fault
    return None


def trouble(request: HttpRequest, fault: Fault, request_id: str) -> HttpResponse:
    """The answer that a fault asks for."""
    if fault.kind in (Fault.Kind.DROP, Fault.Kind.DROP_AFTER):
        drop_connection(request)
        return HttpResponse(status=500)
    if fault.kind == Fault.Kind.HTML:
        return HttpResponse("<html><body>Bad gateway</body></html>", status=fault.status)
    if fault.kind == Fault.Kind.EMPTY:
        return HttpResponse(b"", status=fault.status, content_type="application/json")
    answer = Answer(fault.status, error_of(fault).body())
    if fault.should_retry:
        answer.headers["Stripe-Should-Retry"] = fault.should_retry
    return response_of(request, answer, request_id)


def error_of(fault: Fault) -> ApiError:
    """Stripe's words for the status of a fault."""
    match fault.status:
        case HTTPStatus.UNAUTHORIZED:
            return Unauthorized("Invalid API Key provided: sk_test_********.")
        case HTTPStatus.FORBIDDEN:
            return Forbidden(
                "The provided key does not have the required permissions for this endpoint."
            )
        case HTTPStatus.CONFLICT:
            return key_in_use()
        case HTTPStatus.TOO_MANY_REQUESTS if fault.code == "lock_timeout":
            return RateLimited(
                "This object cannot be accessed right now because another API request or Stripe"
                " process is currently accessing it. If you see this error intermittently, retry"
                " the request. If you see this error frequently and are making multiple concurrent"
                " requests to a single object, make your requests serially or at a lower rate.",
                code="lock_timeout",
            )
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited("Request rate limit exceeded.", code="rate_limit")
    return Broken("An unknown error occurred (asked for by a fault).")


def drop_connection(request: HttpRequest) -> None:
    """Close the client's socket, so that it never learns the outcome."""
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
