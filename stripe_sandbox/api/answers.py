"""What goes back over the wire, with Stripe's headers."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from stripe_sandbox.events import API_VERSION


@dataclass
class Answer:
    """What goes back."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


def response_of(request: HttpRequest, answer: Answer, request_id: str) -> HttpResponse:
    """The answer as HTTP, with the headers by which callers tell requests and replays apart."""
    response = HttpResponse(
        json.dumps(answer.body, indent=2), status=answer.status, content_type="application/json"
    )
    response["Request-Id"] = request_id
    response["Stripe-Version"] = request.headers.get("Stripe-Version") or API_VERSION
    response["Cache-Control"] = "no-cache, no-store"
    if key := request.headers.get("Idempotency-Key"):
        response["Idempotency-Key"] = key
        response.setdefault("Original-Request", request_id)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="Stripe"'
    for name, value in answer.headers.items():
        response[name] = value
    return response
