"""The page at /: what the sandbox holds, what it sent, and buttons to steer it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from stripe_sandbox import clock, deliveries, queue
from stripe_sandbox.currencies import money_text
from stripe_sandbox.models import Delivery, DeliveryTry, Fault, StoredObject, WebhookEndpoint
from stripe_sandbox.store import body_of

SHOWN = 30
OPEN = ("needs_response", "under_review")
ASKING = ("warning_needs_response", "warning_under_review")
PROCESSING = "processing"
# The buttons beside a charge, refund or dispute, and in which states they are there.
DEEDS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "payment_intent": (("succeed", (PROCESSING,)), ("fail", (PROCESSING,))),
    "charge": tuple((verb, ("succeeded",)) for verb in ("dispute", "warn", "review", "refund")),
    "refund": (
        ("succeed", ("pending", "requires_action")),
        ("fail", ("pending", "succeeded", "requires_action")),
        ("require_action", ("pending",)),
    ),
    "dispute": (
        ("win", OPEN),
        ("lose", OPEN),
        ("escalate", ASKING),
        ("close", ASKING),
    ),
}

LABELS = {
    "dispute": "Dispute",
    "warn": "Warn of fraud",
    "review": "Review",
    "refund": "Refund",
    "succeed": "Succeed",
    "fail": "Fail",
    "require_action": "Ask the buyer",
    "win": "We win",
    "lose": "We lose",
    "escalate": "Escalate",
    "close": "Close",
}
DELIVERY_DEEDS = {
    "again": "Send again",
    "lose": "Lose",
    "delay": "Delay a minute",
    "duplicate": "Duplicate",
    "duplicate_as_new": "Duplicate as new event",
    "bad_signature": "Forge",
    "old_stamp": "Stamp as old",
}
UNSENT = tuple(DELIVERY_DEEDS)
SENT = tuple(verb for verb in DELIVERY_DEEDS if verb not in ("lose", "delay"))


@never_cache
@require_GET
def control_page(request: HttpRequest) -> HttpResponse:
    """Sessions and deliveries, newest first."""
    return show(request, typed={}, wrong={})


def show(request: HttpRequest, *, typed: dict[str, str], wrong: dict[str, str]) -> HttpResponse:
    """The page; once more, answered 400, with what was `typed` and why some of it is `wrong`."""
    modes = queue.modes()
    rows = Delivery.objects.select_related("event", "endpoint").prefetch_related("log")
    sessions = StoredObject.objects.filter(object_type="checkout.session")[:SHOWN]
    context = {
        "sessions": [_session_row(session) for session in sessions],
        "charges": [_money_row(row) for row in _kept("charge") if row.body["paid"]],
        "delayed": [
            _money_row(row) for row in _kept("payment_intent") if row.body["status"] == PROCESSING
        ],
        "refunds": [_money_row(row) for row in _kept("refund")],
        "disputes": [_money_row(row) for row in _kept("dispute")],
        "queue": modes,
        "typed": modes | typed,
        "wrong": wrong,
        "delivery_deeds": tuple(DELIVERY_DEEDS.items()),
        "fault_kinds": Fault.Kind.choices,
        "deliveries": [_delivery_row(delivery) for delivery in rows[:SHOWN]],
        "waiting": Delivery.objects.filter(state=Delivery.State.WAITING).count(),
        "is_paused": deliveries.is_paused(),
        "endpoints": WebhookEndpoint.objects.exclude(url=""),
        "faults": Fault.objects.filter(remaining__gt=0),
        "now": _time(clock.now()),
        "offset": _span(clock.offset()),
    }
    status = 400 if wrong else 200
    return render(request, "stripe_sandbox/control.html", context, status=status)


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


def _span(seconds: float) -> str:
    """Such as `1 day, 0:30:00 ahead`; nothing where it is the machine's time."""
    span = timedelta(seconds=abs(int(seconds)))
    return f"{span} {'ahead' if seconds > 0 else 'behind'}" if span else ""


def _kept(object_type: str) -> list[StoredObject]:
    return list(StoredObject.objects.filter(object_type=object_type)[:SHOWN])


def _money_row(row: StoredObject) -> dict[str, Any]:
    body = row.body
    return {
        "id": row.stripe_id,
        "short": f"{row.stripe_id[:6]}…{row.stripe_id[-4:]}",
        "created": _time(row.created),
        "amount": money_text(body["amount"], body["currency"]),
        "status": body["status"],
        "reason": body.get("reason") or "",
        "deeds": [
            (verb, LABELS[verb])
            for verb, states in DEEDS[row.object_type]
            if body["status"] in states
        ],
    }


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
        "is_copy": delivery.is_copy,
        "deeds": UNSENT if delivery.state != Delivery.State.DELIVERED else SENT,
        "is_bad": bool(last and not last.succeeded),
        "tries": delivery.tries,
        "answer": _answer(last) if last else "",
    }


def _answer(one: DeliveryTry) -> str:
    return f"HTTP {one.status_code}" if one.status_code else "no answer"
