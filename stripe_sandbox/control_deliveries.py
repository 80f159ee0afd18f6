"""Private routes that steer deliveries: one of them, all that wait, or what comes next."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from stripe_sandbox import clock, deliveries, queue
from stripe_sandbox.control_answers import done, is_page, refused
from stripe_sandbox.control_page import show
from stripe_sandbox.ids import new_id
from stripe_sandbox.models import Delivery, DeliveryTry, Event

WAITING, LOST = Delivery.State.WAITING, Delivery.State.LOST
Deed = Callable[[Delivery, HttpRequest], dict[str, Any]]
VERBS: dict[str, Callable[[], Any]] = {
    "pause": deliveries.pause,
    "resume": deliveries.resume,
    "run": deliveries.deliver_waiting_now,
}


@require_POST
def all_waiting(request: HttpRequest, verb: str) -> HttpResponse:
    """`pause` and `resume` the queue, or `run`: try everything that waits, once, and wait for it."""
    if verb not in VERBS:
        return refused(request, f"unknown verb {verb}")
    return done(request, result=VERBS[verb]())


@require_POST
def one(request: HttpRequest, delivery_id: int, verb: str) -> HttpResponse:
    """Do one of DEEDS to a delivery."""
    if verb not in DEEDS:
        return refused(request, f"unknown verb {verb}")
    delivery = Delivery.objects.filter(pk=delivery_id).select_related("event", "endpoint").first()
    if delivery is None:
        return refused(request, "no such delivery")
    try:
        return done(request, **DEEDS[verb](delivery, request))
    except ValueError as error:
        return refused(request, str(error))


@require_POST
def set_queue(request: HttpRequest) -> HttpResponse:
    """Set any of the queue's modes; those not named stay as they are."""
    typed = {name: request.POST[name] for name in queue.MODES if name in request.POST}
    wanted, wrong = dict[str, int](), dict[str, str]()
    for name, text in typed.items():
        try:
            wanted[name] = queue.mode_of(text)
        except ValueError as error:
            wrong[name] = str(error)
    if wrong and is_page(request):
        return show(request, typed=typed, wrong=wrong)
    if wrong:
        return refused(request, " ".join(f"{name}: {words}" for name, words in wrong.items()))
    with transaction.atomic():
        queue.set_modes(wanted)
    return done(request, queue=queue.modes())


def _facts(sent: DeliveryTry) -> dict[str, Any]:
    return {"status_code": sent.status_code, "answer": sent.answer}


def _again(delivery: Delivery, request: HttpRequest) -> dict[str, Any]:
    """Send it, whatever became of it; answers with the receiver's status."""
    return _facts(deliveries.attempt(delivery))


def _lose(delivery: Delivery, request: HttpRequest) -> dict[str, Any]:
    """It never arrives; its event stays listable as undelivered."""
    open_states = (WAITING, Delivery.State.GIVEN_UP)
    if not Delivery.objects.filter(pk=delivery.pk, state__in=open_states).update(state=LOST):
        raise ValueError("only a delivery that has not arrived can be lost")
    return {}


def _delay(delivery: Delivery, request: HttpRequest) -> dict[str, Any]:
    """It comes `seconds` later by the sandbox's clock."""
    try:
        due_at = clock.precise_now() + clock.span(request.POST.get("seconds", "60"))
    except ValueError:
        raise ValueError("seconds is a number, within a century") from None
    states = (WAITING, LOST, Delivery.State.GIVEN_UP)
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=states)
    if not rows.update(state=WAITING, due_at=due_at):
        raise ValueError("it has arrived already")
    return {"due_at": due_at}


def _duplicate(delivery: Delivery, request: HttpRequest) -> dict[str, Any]:
    """The same event comes once more, with the same id."""
    with transaction.atomic():
        return {"delivery": queue.copy_of(delivery).pk}


def _duplicate_as_new(delivery: Delivery, request: HttpRequest) -> dict[str, Any]:
    """The same news come as another event with an id of its own, which Stripe warns of."""
    with transaction.atomic():
        event: Event = delivery.event
        event_id = new_id("evt_3")
        twin = Event.objects.create(
            stripe_id=event_id,
            type=event.type,
            created=event.created,
            object_id=event.object_id,
            body=event.body | {"id": event_id},
            pending_webhooks=1,
        )
        queue.queue(twin, [delivery.endpoint])
    return {"event": event_id}


def _flawed(flaw: Delivery.Flaw) -> Deed:
    def send(delivery: Delivery, request: HttpRequest) -> dict[str, Any]:
        """A waiting delivery carries the flaw at its next try; any other is sent with it now."""
        delivery.flaw = flaw
        if Delivery.objects.filter(pk=delivery.pk, state=WAITING).update(flaw=flaw):
            return {}
        return _facts(deliveries.attempt(delivery))

    return send


DEEDS: dict[str, Deed] = {
    "again": _again,
    "lose": _lose,
    "delay": _delay,
    "duplicate": _duplicate,
    "duplicate_as_new": _duplicate_as_new,
    "bad_signature": _flawed(Delivery.Flaw.BAD_SIGNATURE),
    "old_stamp": _flawed(Delivery.Flaw.OLD_STAMP),
}
