"""Stripe's webhook: a signed hint that something changed. The truth is fetched from Stripe."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders import declines, disputes, fraud_warnings, payments, refund_answers
from orders.gateways import gateway
from orders.gateways.base import (
    GatewayRefused,
    GatewayUnavailable,
    WebhookEvent,
    WebhookForged,
    WebhookInvalid,
)
from orders.marks import is_ours
from orders.models import WebhookDelivery

logger = logging.getLogger(__name__)

Verdict = WebhookDelivery.Verdict
STATUS = {Verdict.DONE: 200, Verdict.IGNORED: 200, Verdict.INVALID: 400, Verdict.RETRY: 503}


def _settle_session(event: WebhookEvent, now: datetime) -> tuple[Verdict, str]:
    try:
        payments.record_payment(session_id=event.object_id, now=now)
    except payments.UnknownSession:
        if is_ours(event.metadata):
            return Verdict.RETRY, "Ours, but no order is known (yet)"
        return Verdict.IGNORED, "Not from this shop"
    return Verdict.DONE, ""


def _refresh(
    refresh: Callable[..., object | None],
) -> Callable[[WebhookEvent, datetime], tuple[Verdict, str]]:
    """Return what handles an event about a refund, dispute or warning: its subject is asked about."""

    def handler(event: WebhookEvent, now: datetime) -> tuple[Verdict, str]:
        try:
            known = refresh(reference=event.object_id, now=now)
        except refund_answers.UnknownPayment:
            return Verdict.RETRY, "Ours, but its payment is not recorded (yet)"
        if known is None:
            return Verdict.IGNORED, "The payment is not from this shop"
        return Verdict.DONE, ""

    return handler


def _count_decline(event: WebhookEvent, now: datetime) -> tuple[Verdict, str]:
    try:
        is_counted = declines.refresh(reference=event.object_id, now=now)
    except declines.UnknownPage:
        return Verdict.RETRY, "Ours, but no payment page is known (yet)"
    if not is_counted:
        return Verdict.IGNORED, "Not a card declined on a page of this shop"
    return Verdict.DONE, ""


_settle_refund = _refresh(refund_answers.refresh)
_settle_dispute = _refresh(disputes.refresh)
_settle_warning = _refresh(fraud_warnings.refresh)


HANDLERS: dict[str, Callable[[WebhookEvent, datetime], tuple[Verdict, str]]] = {
    "checkout.session.completed": _settle_session,
    "checkout.session.async_payment_succeeded": _settle_session,
    "checkout.session.async_payment_failed": _settle_session,
    "checkout.session.expired": _settle_session,
    "refund.created": _settle_refund,
    "refund.updated": _settle_refund,
    "refund.failed": _settle_refund,
    "charge.failed": _count_decline,
    "charge.dispute.created": _settle_dispute,
    "charge.dispute.updated": _settle_dispute,
    "charge.dispute.closed": _settle_dispute,
    "charge.dispute.funds_withdrawn": _settle_dispute,
    "charge.dispute.funds_reinstated": _settle_dispute,
    "radar.early_fraud_warning.created": _settle_warning,
    "radar.early_fraud_warning.updated": _settle_warning,
}


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Take one delivery. 400: not signed by Stripe. 503: come again. 200: done, or not for us.

    The answer to what Stripe has not signed is always the same, and leaves no row: anybody can send it, as
    often as they like. 413: no event is as large as that.
    """
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse("Too large", status=413, content_type="text/plain")
    now = timezone.now()
    try:
        event = gateway().read_webhook(body, request.headers.get("Stripe-Signature", ""), now=now)
    except WebhookForged as error:
        logger.info("A delivery to the webhook was refused: %s", error)
        return _say(Verdict.INVALID)
    except WebhookInvalid as error:
        return _answer(body, None, Verdict.INVALID, str(error))
    try:
        verdict, detail = handle(event, now)
    except GatewayUnavailable as error:
        verdict, detail = Verdict.RETRY, f"Stripe could not be asked: {error}"
    except GatewayRefused as error:
        logger.warning("Stripe refused to show the object of event %s", event.event_id)
        verdict, detail = Verdict.RETRY, f"Stripe refused: {error.code}"
    return _answer(body, event, verdict, detail)


def handle(event: WebhookEvent, now: datetime) -> tuple[Verdict, str]:
    """Do what follows from an event, however we learned of it; return what came of it, and why.

    May be called any number of times for the same event. Raises GatewayUnavailable; GatewayRefused,
    which may be our key's fault.
    """
    handler = HANDLERS.get(event.type)
    if handler is None:
        return Verdict.IGNORED, "Nothing to do for this type"
    try:
        return handler(event, now)
    except GatewayRefused as error:
        # What is not there and not marked as ours is a stranger's.
        if error.code != "resource_missing" or is_ours(event.metadata):
            raise
        return Verdict.IGNORED, f"Stripe refused: {error.code}"


def _answer(body: bytes, event: WebhookEvent | None, verdict: Verdict, detail: str) -> HttpResponse:
    WebhookDelivery.objects.create(
        **(columns_of(event) if event else {}),
        verdict=verdict,
        detail=detail[:300],
        body_sha256=hashlib.sha256(body).hexdigest(),
    )
    return _say(verdict)


def columns_of(event: WebhookEvent) -> dict[str, str]:
    """Return what is kept of an event, cut to the columns of a delivery."""
    return {
        "event_id": event.event_id[:120],
        "event_type": event.type[:80],
        "object_id": event.object_id[:120],
        "api_version": event.api_version[:40],
    }


def _say(verdict: Verdict) -> HttpResponse:
    return HttpResponse(verdict.label, status=STATUS[verdict], content_type="text/plain")
