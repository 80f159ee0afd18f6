"""Private routes under /_control/: for tests and for the buttons of the control page."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from stripe_sandbox import clock, deliveries
from stripe_sandbox.models import (
    Delivery,
    Event,
    Fault,
    IdempotentAnswer,
    StoredObject,
    Switch,
)
from stripe_sandbox.webhook_setup import set_webhook

VERBS: dict[str, Callable[[], Any]] = {
    "pause": deliveries.pause,
    "resume": deliveries.resume,
    "run": deliveries.deliver_waiting_now,
}


def _done(request: HttpRequest, **facts: Any) -> HttpResponse:
    """Back to the control page for people, JSON for programs."""
    if "text/html" in request.headers.get("Accept", ""):
        response = redirect("control")
        response.status_code = 303
        return response
    return JsonResponse({"ok": True, **facts})


def _refused(why: str) -> HttpResponse:
    return JsonResponse({"ok": False, "error": why}, status=400)


@require_POST
def delivery_verb(request: HttpRequest, verb: str) -> HttpResponse:
    """`pause` and `resume` the queue, or `run`: try everything that waits, once, and wait for it."""
    if verb not in VERBS:
        return _refused(f"unknown verb {verb}")
    return _done(request, result=VERBS[verb]())


@require_POST
def send_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send one delivery again, whatever became of it; answers with the receiver's status."""
    delivery = Delivery.objects.filter(pk=delivery_id).select_related("event", "endpoint").first()
    if delivery is None:
        return _refused("no such delivery")
    done = deliveries.attempt(delivery)
    return _done(request, status_code=done.status_code, answer=done.answer)


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """`advance` seconds, or `reset`."""
    if "reset" in request.POST:
        clock.reset()
    else:
        try:
            clock.advance(float(request.POST.get("advance", "")))
        except ValueError:
            return _refused("advance must be a number of seconds")
    return _done(request, now=clock.now())


@require_POST
def arm_fault(request: HttpRequest) -> HttpResponse:
    """The next `count` requests whose method and path prefix match fail as `kind` says."""
    kind = request.POST.get("kind", "")
    if kind not in Fault.Kind.values:
        return _refused(f"kind must be one of {', '.join(Fault.Kind.values)}")
    try:
        Fault.objects.create(
            kind=kind,
            method=request.POST.get("method", "").upper()[:6],
            path=request.POST.get("path", "")[:200],
            status=int(request.POST.get("status", 500)),
            seconds=float(request.POST.get("seconds", 0)),
            remaining=int(request.POST.get("count", 1)),
        )
    except ValueError:
        return _refused("status and count are integers, seconds is a number")
    return _done(request)


@require_POST
def clear_faults(request: HttpRequest) -> HttpResponse:
    """Disarm every fault."""
    Fault.objects.all().delete()
    return _done(request)


@require_POST
def set_endpoint(request: HttpRequest) -> HttpResponse:
    """Deliver to another `url`, signed with each `secret` given, only the `event`s given."""
    set_webhook(
        request.POST.get("url", ""),
        request.POST.getlist("secret"),
        request.POST.getlist("event"),
    )
    return _done(request)


@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """Forget everything but the webhook endpoint; clock and switches return to normal."""
    with transaction.atomic():
        for model in (Delivery, Event, StoredObject, IdempotentAnswer, Fault, Switch):
            model._default_manager.all().delete()
    return _done(request)


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """What the sandbox holds, for tests and for the curious."""
    return JsonResponse(
        {
            "now": clock.now(),
            "paused": deliveries.is_paused(),
            "objects": [
                {"id": row.stripe_id, "object": row.object_type, "status": row.body.get("status")}
                for row in StoredObject.objects.all()[:200]
            ],
            "deliveries": [_delivery_facts(row) for row in _deliveries()[:200]],
            "faults": [str(fault) for fault in Fault.objects.filter(remaining__gt=0)],
        }
    )


def _deliveries() -> Any:
    return Delivery.objects.select_related("event", "endpoint").prefetch_related("log")


def _delivery_facts(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "event": row.event.stripe_id,
        "type": row.event.type,
        "object": row.event.object_id,
        "state": row.state,
        "tries": [
            {"at": one.at, "status_code": one.status_code, "answer": one.answer}
            for one in row.log.all()
        ],
    }
