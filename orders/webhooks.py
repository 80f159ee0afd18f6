"""Stripe's webhook: a signed hint that something changed. The truth is fetched from Stripe."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders import payments, refunds
from orders.gateways import gateway
from orders.gateways.base import GatewayRefused, GatewayUnavailable, WebhookEvent, WebhookInvalid
from orders.models import WebhookDelivery

logger = logging.getLogger(__name__)

Verdict = WebhookDelivery.Verdict
STATUS = {Verdict.DONE: 200, Verdict.IGNORED: 200, Verdict.INVALID: 400, Verdict.RETRY: 503}


def _settle_session(event: WebhookEvent, now: datetime) -> tuple[Verdict, str]:
    try:
        payments.record_payment(session_id=event.object_id, now=now)
    except payments.UnknownSession:
        if _is_ours(event):
            return Verdict.RETRY, "Ours, but no order is known (yet)"
        return Verdict.IGNORED, "Not from this shop"
    return Verdict.DONE, ""


def _settle_refund(event: WebhookEvent, now: datetime) -> tuple[Verdict, str]:
    if refunds.refresh(reference=event.object_id, now=now) is None:
        return Verdict.IGNORED, "The payment is not from this shop"
    return Verdict.DONE, ""


HANDLERS: dict[str, Callable[[WebhookEvent, datetime], tuple[Verdict, str]]] = {
    "checkout.session.completed": _settle_session,
    "checkout.session.async_payment_succeeded": _settle_session,
    "checkout.session.async_payment_failed": _settle_session,
    "checkout.session.expired": _settle_session,
    "refund.created": _settle_refund,
    "refund.updated": _settle_refund,
    "refund.failed": _settle_refund,
}


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Take one delivery. 400: not signed by Stripe. 503: come again. 200: done, or not for us."""
    body = request.body
    now = timezone.now()
    try:
        event = gateway().read_webhook(body, request.headers.get("Stripe-Signature", ""), now=now)
    except WebhookInvalid as error:
        return _answer(body, None, Verdict.INVALID, str(error))
    handler = HANDLERS.get(event.type)
    if handler is None:
        return _answer(body, event, Verdict.IGNORED, "Nothing to do for this type")
    try:
        verdict, detail = handler(event, now)
    except GatewayUnavailable as error:
        verdict, detail = Verdict.RETRY, f"Stripe could not be asked: {error}"
    except GatewayRefused as error:
        # A refusal may be our key's fault. What is not there and not marked as ours is a stranger's.
        logger.warning("Stripe refused to show the object of event %s", event.event_id)
        is_strange = error.code == "resource_missing" and not _is_ours(event)
        verdict = Verdict.IGNORED if is_strange else Verdict.RETRY
        detail = f"Stripe refused: {error.code}"
    return _answer(body, event, verdict, detail)


def _is_ours(event: WebhookEvent) -> bool:
    return bool(event.metadata.get("deployment") == settings.DEPLOYMENT)


def _answer(body: bytes, event: WebhookEvent | None, verdict: Verdict, detail: str) -> HttpResponse:
    WebhookDelivery.objects.create(
        event_id=event.event_id[:120] if event else "",
        event_type=event.type[:80] if event else "",
        object_id=event.object_id[:120] if event else "",
        api_version=event.api_version[:40] if event else "",
        verdict=verdict,
        detail=detail[:300],
        body_sha256=hashlib.sha256(body).hexdigest(),
    )
    return HttpResponse(verdict.label, status=STATUS[verdict], content_type="text/plain")
