"""The page at /: what the sandbox holds, what it sent, and buttons to steer it."""

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from stripe_sandbox import clock, deliveries
from stripe_sandbox.currencies import money_text
from stripe_sandbox.models import Delivery, DeliveryTry, Fault, StoredObject, WebhookEndpoint
from stripe_sandbox.store import body_of

SHOWN = 30


@never_cache
@require_GET
def control_page(request: HttpRequest) -> HttpResponse:
    """Sessions and deliveries, newest first."""
    rows = Delivery.objects.select_related("event", "endpoint").prefetch_related("log")
    sessions = StoredObject.objects.filter(object_type="checkout.session")[:SHOWN]
    context = {
        "sessions": [_session_row(session) for session in sessions],
        "deliveries": [_delivery_row(delivery) for delivery in rows[:SHOWN]],
        "waiting": Delivery.objects.filter(state=Delivery.State.WAITING).count(),
        "is_paused": deliveries.is_paused(),
        "endpoint": WebhookEndpoint.objects.filter(is_enabled=True).first(),
        "faults": Fault.objects.filter(remaining__gt=0),
        "now": _time(clock.now()),
    }
    return render(request, "stripe_sandbox/control.html", context)


@require_GET
def show_object(request: HttpRequest, stripe_id: str) -> HttpResponse:
    """The JSON of one object."""
    body = body_of(stripe_id)
    if body is None:
        raise Http404
    return JsonResponse(body, json_dumps_params={"indent": 2})


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """For whoever waits for the server to be up."""
    return JsonResponse({"status": "ok", "simulation": True})


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _session_row(session: StoredObject) -> dict[str, Any]:
    body = session.body
    return {
        "id": session.stripe_id,
        "short": session.stripe_id[:14] + "…" + session.stripe_id[-4:],
        "created": _time(session.created),
        "total": money_text(body["amount_total"], body["currency"]),
        "status": body["status"],
        "payment_status": body["payment_status"],
        "url": body["url"],
        "reference": body["client_reference_id"] or "",
    }


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    log = list(delivery.log.all())
    last = log[-1] if log else None
    return {
        "id": delivery.pk,
        "type": delivery.event.type,
        "event": delivery.event.stripe_id,
        "object": delivery.event.object_id,
        "created": _time(delivery.event.created),
        "state": delivery.state,
        "is_bad": bool(last and not last.succeeded),
        "tries": delivery.tries,
        "answer": _answer(last) if last else "",
    }


def _answer(one: DeliveryTry) -> str:
    return f"HTTP {one.status_code}" if one.status_code else "no answer"
