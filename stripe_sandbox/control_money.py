"""Private routes that play the banks: disputes, refunds, fraud warnings, reviews."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from stripe_sandbox import delayed, disputes, radar, refunds
from stripe_sandbox.control_answers import done, refused
from stripe_sandbox.errors import ApiError, InvalidRequest, Refused
from stripe_sandbox.events import NOBODY
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find

Deed = Callable[[str, HttpRequest], StoredObject]


def _win(dispute_id: str, request: HttpRequest) -> StoredObject:
    dispute = find("dispute", dispute_id, param="dispute")
    disputes.win(dispute, fee_back=bool(request.POST.get("fee_back")))
    return dispute


def _lose(dispute_id: str, request: HttpRequest) -> StoredObject:
    dispute = find("dispute", dispute_id, param="dispute")
    disputes.lose(dispute)
    return dispute


def _escalate(dispute_id: str, request: HttpRequest) -> StoredObject:
    dispute = find("dispute", dispute_id, param="dispute")
    disputes.escalate(dispute)
    return dispute


def _dispute(charge_id: str, request: HttpRequest) -> StoredObject:
    amount = request.POST.get("amount", "")
    return disputes.open_dispute(
        charge_named(charge_id),
        reason=request.POST.get("reason") or "fraudulent",
        is_inquiry=bool(request.POST.get("inquiry")),
        amount=_positive(amount) if amount else None,
    )


def _warn(charge_id: str, request: HttpRequest) -> StoredObject:
    """A network may report one payment several times; the page's button, with `once`, does not."""
    charge = charge_named(charge_id)
    if request.POST.get("once") and radar.warnings_of(charge).exists():
        raise Refused("This payment has an early fraud warning already.")
    return radar.warn(charge, request.POST.get("fraud_type") or "made_with_stolen_card")


def _review(charge_id: str, request: HttpRequest) -> StoredObject:
    charge = charge_named(charge_id)
    if radar.open_reviews_of(charge).exists():
        raise Refused("This payment is being reviewed already.")
    return radar.open_review(charge)


def _succeed(refund_id: str, request: HttpRequest) -> StoredObject:
    return refunds.succeed(refund_id)


def _fail(refund_id: str, request: HttpRequest) -> StoredObject:
    return refunds.fail(refund_id, request.POST.get("reason") or "expired_or_canceled_card")


def _require_action(refund_id: str, request: HttpRequest) -> StoredObject:
    return refunds.require_action(refund_id)


def _refund(charge_id: str, request: HttpRequest) -> StoredObject:
    """As if somebody had pressed Refund in Stripe's dashboard."""
    amount = request.POST.get("amount", "")
    params: dict[str, Any] = {"charge": charge_named(charge_id).stripe_id}
    if amount:
        params["amount"] = _positive(amount)
    return refunds.refund(params, NOBODY)


def _arrive(intent_id: str, request: HttpRequest) -> StoredObject:
    return delayed.answer(intent_id, succeeded=True)


def _bounce(intent_id: str, request: HttpRequest) -> StoredObject:
    return delayed.answer(intent_id, succeeded=False)


def _positive(amount: str) -> int:
    if not (amount.isascii() and amount.isdigit() and int(amount) > 0):
        raise InvalidRequest("amount is a whole number, in the smallest unit")
    return int(amount)


DEEDS: dict[tuple[str, str], Deed] = {
    ("disputes", "win"): _win,
    ("disputes", "lose"): _lose,
    ("disputes", "close"): _lose,
    ("disputes", "escalate"): _escalate,
    ("charges", "dispute"): _dispute,
    ("charges", "warn"): _warn,
    ("charges", "review"): _review,
    ("charges", "refund"): _refund,
    ("delayed", "succeed"): _arrive,
    ("delayed", "fail"): _bounce,
    ("refunds", "succeed"): _succeed,
    ("refunds", "fail"): _fail,
    ("refunds", "require_action"): _require_action,
}


def charge_named(stripe_id: str) -> StoredObject:
    """The charge with this id, or the last one of this PaymentIntent or Checkout Session."""
    if stripe_id.startswith("cs_"):
        session = find("checkout.session", stripe_id, param="session")
        stripe_id = session.body["payment_intent"] or stripe_id
    if stripe_id.startswith("pi_"):
        intent = find("payment_intent", stripe_id, param="payment_intent")
        stripe_id = intent.body["latest_charge"] or ""
    return find("charge", stripe_id, param="charge")


@require_POST
def act(request: HttpRequest, kind: str, stripe_id: str, verb: str) -> HttpResponse:
    """Do one deed of DEEDS and answer with the object; what Stripe would not allow is a 400."""
    deed = DEEDS.get((kind, verb))
    if deed is None:
        return refused(request, f"unknown deed {kind}/{verb}")
    try:
        with transaction.atomic():
            made = deed(stripe_id, request)
    except ApiError as error:
        return refused(request, error.message)
    return done(request, object=made.body)
