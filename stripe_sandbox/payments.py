"""A buyer pays a session on its page: charge, decline, 3-D Secure, a bank debit that takes time."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from stripe_sandbox import charging, customers, events
from stripe_sandbox.bodies.payment import Payer
from stripe_sandbox.bodies.session import customer_details
from stripe_sandbox.cards import Decline
from stripe_sandbox.charging import Attempt
from stripe_sandbox.events import NOBODY, Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.pricing import reprice
from stripe_sandbox.promotions import drop_spent_code, redeem
from stripe_sandbox.sessions import current_session
from stripe_sandbox.store import find

PAYMENT_STATUS = {"succeeded": "paid", "requires_capture": "unpaid", "processing": "unpaid"}


@dataclass(frozen=True)
class Outcome:
    """What a submitted payment led to. `status`: paid, declined, challenge, closed,
    changed (the discount is gone, so the buyer has to see the new total first)."""

    status: str
    session: StoredObject
    decline: Decline | None = None


def pay(session_id: str, payer: Payer | None, *, email: str = "") -> Outcome:
    """Submit the payment page once. `payer` is None only where nothing is due.

    The whole attempt is one write transaction, so the second of two submits finds the session
    complete and charges nothing.
    """
    current_session(session_id)
    with transaction.atomic():
        session = find("checkout.session", session_id, param="session")
        if session.body["status"] != "open":
            return Outcome("closed", session)
        reprice(session, located=True)
        if drop_spent_code(session):
            return Outcome("changed", session)
        if session.body["amount_total"] == 0:
            _complete(session, "no_payment_required", payer, email=email)
            return Outcome("paid", session)
        if payer is None:
            raise ValueError("a card is needed where money is due")
        intent = _intent_of(session)
        method = charging.keep_method(payer, parent_id=intent.stripe_id)
        return confirm(session, intent, method)


def confirm(
    session: StoredObject, intent: StoredObject, method: StoredObject, cause: Cause = NOBODY
) -> Outcome:
    """Try to pay the session with a stored PaymentMethod, inside the caller's transaction."""
    back = settings.SANDBOX_PUBLIC_URL + f"/c/pay/{session.stripe_id}"
    challenge = {
        "redirect_to_url": {"return_url": back, "url": f"{back}/authenticate"},
        "type": "redirect_to_url",
    }
    attempt = charging.attempt(intent, method, cause, challenge=challenge)
    return _follow(session, attempt, charging.payer_of(method), cause)


def authenticate(session_id: str, *, passed: bool) -> Outcome:
    """Answer the 3-D Secure challenge that is open on a session."""
    current_session(session_id)
    with transaction.atomic():
        session = find("checkout.session", session_id, param="session")
        if session.body["status"] != "open":
            return Outcome("closed", session)
        intent = _intent_of(session)
        if intent.body["status"] != "requires_action":
            return Outcome("declined", session)
        if passed and drop_spent_code(session):
            intent.change(status="requires_payment_method", payment_method=None, next_action=None)
            return Outcome("changed", session)
        method = charging.method_of(intent)
        attempt = (
            charging.attempt(intent, method) if passed else charging.refuse_authentication(intent)
        )
        return _follow(session, attempt, charging.payer_of(method), NOBODY)


def intent_to_pay(session: StoredObject, cause: Cause) -> StoredObject:
    """The open session's intent with all amounts known, for a confirmation without the page."""
    reprice(session, located=True)
    return _intent_of(session, cause)


def complete_free(session: StoredObject, cause: Cause) -> None:
    """Complete a session on which nothing is due."""
    _complete(session, "no_payment_required", None, cause)


def _follow(session: StoredObject, attempt: Attempt, payer: Payer, cause: Cause) -> Outcome:
    if attempt.status == "requires_action":
        return Outcome("challenge", session)
    if attempt.decline:
        return Outcome("declined", session, attempt.decline)
    _complete(session, PAYMENT_STATUS[attempt.status], payer, cause)
    if attempt.status == "succeeded" and attempt.charge:
        charging.settle(attempt.charge, cause)
    return Outcome("paid", session)


def _intent_of(session: StoredObject, cause: Cause = NOBODY) -> StoredObject:
    """The session's PaymentIntent; made at the first submit, as Stripe does."""
    body = session.body
    if body["payment_intent"]:
        intent = find("payment_intent", body["payment_intent"], param="intent")
        if intent.body["amount"] != body["amount_total"]:
            intent.change(amount=body["amount_total"])
        return intent
    intent = charging.open_intent(
        session.hidden["payment_intent_data"] | {"customer": body["customer"]},
        amount=body["amount_total"],
        currency=body["currency"],
        method_types=body["payment_method_types"],
        cause=cause,
        parent_id=session.stripe_id,
    )
    session.change(payment_intent=intent.stripe_id)
    return intent


def _complete(
    session: StoredObject,
    payment_status: str,
    payer: Payer | None,
    cause: Cause = NOBODY,
    *,
    email: str = "",
) -> None:
    details = customer_details(
        email=payer.email if payer else session.body["customer_email"] or email or None,
        name=payer.name if payer else None,
        postal_code=(payer.postal_code or None) if payer else None,
    )
    session.expires_at = None
    changes: dict[str, Any] = {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer_details": details,
        "collected_information": {
            "business_name": None,
            "individual_name": None,
            "shipping_details": None,
        },
    }
    if session.body["automatic_tax"]["enabled"]:
        changes["automatic_tax"] = session.body["automatic_tax"] | {"status": "complete"}
    session.change(**changes)
    customers.remember_buyer(session, cause)
    redeem(session)
    events.record("checkout.session.completed", session.body, cause)
