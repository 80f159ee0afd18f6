"""The delivery engine: rows are the queue, one thread works it off, failed tries come back later.

Signatures follow Stripe's scheme: HMAC-SHA256 over `<t>.<raw body>`, one `v1` per secret, a fresh
`t` at each try. Everything but a 2xx within the time-out is a failure, redirects included.
"""

import hashlib
import hmac
import http.client
import json
import logging
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections, transaction
from django.db.models import F

from stripe_sandbox import clock, queue
from stripe_sandbox.due import do_what_is_due
from stripe_sandbox.models import Delivery, DeliveryTry, Switch
from stripe_sandbox.wakeup import wait_for_work, wake_deliveries
from stripe_sandbox.webhook_setup import new_secret

log = logging.getLogger(__name__)

PAUSED = "deliveries_paused"
WORKERS = 4
ANSWER_KEPT = 300
TOO_OLD = 400  # seconds; the library takes 300


def signature_header(payload: bytes, secrets: list[str], timestamp: int) -> str:
    """The value of `Stripe-Signature` for these exact bytes."""
    signed = f"{timestamp}.".encode() + payload
    signatures = [
        "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets
    ]
    return ",".join([f"t={timestamp}", *signatures])


def payload_of(delivery: Delivery) -> bytes:
    """The exact bytes that are signed and sent: compact JSON."""
    return json.dumps(delivery.event.as_stripe(), separators=(",", ":")).encode()


def attempt(delivery: Delivery) -> DeliveryTry:
    """Send one delivery now, whatever its state, and write down what happened."""
    started = time.monotonic()
    status, answer = _post(delivery)
    done = DeliveryTry(
        delivery=delivery,
        at=clock.precise_now(),
        status_code=status,
        answer=answer,
        milliseconds=int((time.monotonic() - started) * 1000),
    )
    with transaction.atomic():
        done.save()
        _settle(delivery, succeeded=done.succeeded)
    return done


def _post(delivery: Delivery) -> tuple[int | None, str]:
    payload = payload_of(delivery)
    target = urlsplit(delivery.endpoint.url)
    connection = http.client.HTTPConnection(
        target.hostname or "", target.port, timeout=settings.SANDBOX_DELIVERY_TIMEOUT
    )
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks) stripe_sandbox",
        # Real time, not the sandbox's: the receiver compares it with its own clock.
        "Stripe-Signature": _signature(payload, delivery),
    }
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        connection.request("POST", path, body=payload, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(ANSWER_KEPT).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return None, f"{type(error).__name__}: {error}"[:ANSWER_KEPT]
    finally:
        connection.close()


def _signature(payload: bytes, delivery: Delivery) -> str:
    """The true signature, or what the flaw of this try makes of it."""
    secrets, stamp = delivery.endpoint.signing_secrets(clock.now()), int(time.time())
    if delivery.flaw == Delivery.Flaw.BAD_SIGNATURE:
        secrets = [new_secret()]
    elif delivery.flaw == Delivery.Flaw.OLD_STAMP:
        stamp -= TOO_OLD
    return signature_header(payload, secrets, stamp)


def _settle(delivery: Delivery, *, succeeded: bool) -> None:
    """Move the row on after a try. A resent delivery that had already arrived changes nothing."""
    row = Delivery.objects.select_related("event").get(pk=delivery.pk)
    row.tries += 1
    row.flaw = ""
    already_there = row.state == Delivery.State.DELIVERED
    if succeeded and not already_there:
        row.state = Delivery.State.DELIVERED
        if not row.is_copy:
            event = row.event
            event.pending_webhooks = F("pending_webhooks") - 1
            event.save(update_fields=["pending_webhooks"])
    elif not succeeded and not already_there:
        gaps = settings.SANDBOX_RETRY_SECONDS
        if row.tries <= len(gaps):
            row.state = Delivery.State.WAITING
            row.due_at = clock.precise_now() + gaps[row.tries - 1]
        else:
            row.state = Delivery.State.GIVEN_UP
    row.save()


def deliver_waiting_now() -> int:
    """Try every waiting delivery once, in order or shuffled, due or not, paused or not; returns how many."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING).order_by("pk")
    tried = 0
    batch = list(waiting.select_related("event", "endpoint"))
    if Switch.read(queue.SHUFFLE):
        random.shuffle(batch)
    for delivery in batch:
        if _claim(delivery):
            attempt(delivery)
            tried += 1
    return tried


def deliver_before_return() -> None:
    """With the switch on: answer the buyer's browser only when the news of the payment has arrived.

    Waits at most for one time-out of a receiver.
    """
    if not Switch.read(queue.EARLY):
        return
    deliver_waiting_now()
    deadline = time.monotonic() + settings.SANDBOX_DELIVERY_TIMEOUT
    while time.monotonic() < deadline:
        if not Delivery.objects.filter(state=Delivery.State.SENDING).exists():
            return
        time.sleep(0.02)


def _claim(delivery: Delivery) -> bool:
    """Take a waiting row, so that nobody else sends it at the same time."""
    taken = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    return taken.update(state=Delivery.State.SENDING) == 1


def is_paused() -> bool:
    """Whether the thread leaves the queue alone."""
    return bool(Switch.read(PAUSED))


def pause() -> None:
    """Leave the queue alone until `resume`."""
    Switch.write(PAUSED, 1)


def resume() -> None:
    """Work the queue off again."""
    Switch.write(PAUSED, 0)
    wake_deliveries()


class DeliveryThread:
    """Sends what is due and does what its time has come for, until told to stop."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deliveries", daemon=True)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="delivery")

    def start(self) -> None:
        """Take back what a killed process left half sent, then begin."""
        Delivery.objects.filter(state=Delivery.State.SENDING).update(state=Delivery.State.WAITING)
        self._thread.start()

    def stop(self) -> None:
        """End soon; a try that is under way is not waited for, it stays due."""
        self._stopping.set()
        wake_deliveries()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                do_what_is_due()
                if not is_paused():
                    self._send_due()
            except Exception:
                log.exception("the delivery thread stumbled and goes on")
            wait_for_work(self._pause_length())
        connections.close_all()

    def _send_due(self) -> None:
        due = Delivery.objects.filter(
            state=Delivery.State.WAITING, due_at__lte=clock.precise_now()
        ).order_by("due_at", "pk")
        batch = list(due.select_related("event", "endpoint")[:50])
        if Switch.read(queue.SHUFFLE):
            random.shuffle(batch)
        for delivery in batch:
            if not self._stopping.is_set() and _claim(delivery):
                self._pool.submit(self._send, delivery)

    def _send(self, delivery: Delivery) -> None:
        try:
            attempt(delivery)
        except Exception:
            log.exception("a delivery could not be recorded; it stays due")
            Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.WAITING)
        wake_deliveries()

    def _pause_length(self) -> float:
        """Until the next row is due, at most half a second: sessions expire on the same beat."""
        waiting = Delivery.objects.filter(state=Delivery.State.WAITING).order_by("due_at").first()
        if waiting is None or is_paused():
            return 0.5
        return min(0.5, max(0.01, waiting.due_at - clock.precise_now()))
