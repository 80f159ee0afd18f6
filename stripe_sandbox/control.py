"""Private routes under /_control/ for clock, faults, endpoints and reset, and the state of it all."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from stripe_sandbox import clock, deliveries, queue
from stripe_sandbox.api.calls import HANDLERS
from stripe_sandbox.control_answers import done, refused
from stripe_sandbox.due import do_what_is_due
from stripe_sandbox.models import (
    Delivery,
    Event,
    Fault,
    IdempotentAnswer,
    StoredObject,
    Switch,
    WebhookEndpoint,
)
from stripe_sandbox.wakeup import wake_deliveries
from stripe_sandbox.webhook_setup import ENDPOINT_ID, roll_secret, set_webhook

USUAL_STATUS: dict[str, int] = {Fault.Kind.HTML: 502, Fault.Kind.EMPTY: 200}
STATUSES = range(200, 600)
COUNTS = range(1, 1_000_001)
LONGEST_DELAY = 600  # seconds


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """`advance` seconds, or `reset`; what falls due by that has happened when this answers."""
    if "reset" in request.POST:
        clock.reset()
    else:
        try:
            clock.advance(clock.span(request.POST.get("advance", "")))
        except ValueError:
            return refused(request, "advance must be a number of seconds, within a century")
    do_what_is_due()
    wake_deliveries()
    return done(request, now=clock.now())


@require_POST
def arm_fault(request: HttpRequest) -> HttpResponse:
    """The next `count` requests whose method and path prefix match fail as `kind` says."""
    kind = request.POST.get("kind", "")
    if kind not in Fault.Kind.values:
        return refused(request, f"kind must be one of {', '.join(Fault.Kind.values)}")
    try:
        status = int(request.POST.get("status") or USUAL_STATUS.get(kind, 500))
        seconds = float(request.POST.get("seconds") or 0)
        count = int(request.POST.get("count") or 1)
    except ValueError:
        return refused(request, "status and count are integers, seconds is a number")
    in_range = status in STATUSES and count in COUNTS and 0 <= seconds <= LONGEST_DELAY
    if not in_range:
        return refused(
            request,
            f"status is from {STATUSES[0]} to {STATUSES[-1]}, seconds from 0 to {LONGEST_DELAY},"
            f" count from {COUNTS[0]} to {COUNTS[-1]}",
        )
    Fault.objects.create(
        kind=kind,
        method=request.POST.get("method", "").upper()[:6],
        path=request.POST.get("path", "")[:200],
        status=status,
        code=request.POST.get("code", "")[:40],
        should_retry=request.POST.get("should_retry", "")[:5],
        seconds=seconds,
        remaining=count,
    )
    return done(request)


@require_POST
def clear_faults(request: HttpRequest) -> HttpResponse:
    """Disarm every fault."""
    Fault.objects.all().delete()
    return done(request)


@require_POST
def set_endpoint(request: HttpRequest) -> HttpResponse:
    """Deliver to another `url`, signed with each `secret` given, only the `event`s given."""
    set_webhook(
        request.POST.get("url", ""),
        request.POST.getlist("secret"),
        request.POST.getlist("event"),
    )
    return done(request)


@require_POST
def roll(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Give an endpoint a new secret; the old ones sign along for `seconds` more (Stripe: up to a day)."""
    endpoint = WebhookEndpoint.objects.filter(stripe_id=endpoint_id).first()
    if endpoint is None:
        return refused(request, "no such webhook endpoint")
    try:
        seconds = int(request.POST.get("seconds") or 0)
    except ValueError:
        return refused(request, "seconds is a whole number")
    return done(request, secret=roll_secret(endpoint, seconds))


@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """Forget everything but the webhook address of the start; clock and switches return to normal."""
    with transaction.atomic():
        for model in (Delivery, Event, StoredObject, IdempotentAnswer, Fault, Switch):
            model._default_manager.all().delete()
        WebhookEndpoint.objects.exclude(stripe_id=ENDPOINT_ID).delete()
    return done(request)


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """What the sandbox holds, for tests and for the curious; the newest 200 of each."""
    return JsonResponse(
        {
            "now": clock.now(),
            "paused": deliveries.is_paused(),
            "queue": queue.modes(),
            "objects": [
                {"id": row.stripe_id, "object": row.object_type, "status": row.body.get("status")}
                for row in StoredObject.objects.all()[:200]
            ],
            "events": [_event_facts(row) for row in Event.objects.all()[:200]],
            "deliveries": [_delivery_facts(row) for row in _deliveries()[:200]],
            "endpoints": [_endpoint_facts(row) for row in WebhookEndpoint.objects.all()],
            "faults": [str(fault) for fault in Fault.objects.filter(remaining__gt=0)],
        }
    )


@require_GET
def served(request: HttpRequest) -> HttpResponse:
    """Every endpoint of Stripe's that the sandbox serves, as `METHOD /v1/path/{id}`."""
    return JsonResponse({"endpoints": sorted(f"{method} {path}" for method, path in HANDLERS)})


def _deliveries() -> Any:
    return Delivery.objects.select_related("event", "endpoint").prefetch_related("log")


def _event_facts(row: Event) -> dict[str, Any]:
    return {
        "id": row.stripe_id,
        "type": row.type,
        "object": row.object_id,
        "pending_webhooks": row.pending_webhooks,
    }


def _endpoint_facts(row: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": row.stripe_id,
        "url": row.url,
        "is_enabled": row.is_enabled,
        "enabled_events": row.enabled_events,
        "secrets": row.signing_secrets(clock.now()),
    }


def _delivery_facts(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "event": row.event.stripe_id,
        "type": row.event.type,
        "object": row.event.object_id,
        "endpoint": row.endpoint.stripe_id,
        "state": row.state,
        "is_copy": row.is_copy,
        "due_at": row.due_at,
        "tries": [
            {"at": one.at, "status_code": one.status_code, "answer": one.answer}
            for one in row.log.all()
        ],
    }
