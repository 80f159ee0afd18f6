"""A buyer pays a session: charge, decline, 3-D Secure. Card numbers here are test numbers only."""

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from stripe_sandbox import clock, events
from stripe_sandbox.bodies.balance import balance_transaction_body
from stripe_sandbox.bodies.charge import charge_body
from stripe_sandbox.bodies.payment import (
    CardDetails,
    payment_error,
    payment_intent_body,
    payment_method_body,
)
from stripe_sandbox.bodies.session import customer_details
from stripe_sandbox.cards import AUTHENTICATION_FAILED, Decline, card_with
from stripe_sandbox.models import StoredObject
from stripe_sandbox.sessions import current_session
from stripe_sandbox.store import find, keep


@dataclass(frozen=True)
class Outcome:
    """What a submitted payment led to. `status`: paid, declined, challenge, closed."""

    status: str
    session: StoredObject
    decline: Decline | None = None


def pay(session_id: str, card: CardDetails | None) -> Outcome:
    """Submit the payment page once. `card` is None only where nothing is due.

    The whole attempt is one write transaction, so the second of two submits finds the session
    complete and charges nothing.
    """
    current_session(session_id)
    with transaction.atomic():
        session = find("checkout.session", session_id, param="session")
        if session.body["status"] != "open":
            return Outcome("closed", session)
        if session.body["amount_total"] == 0:
            _complete(session, payment_status="no_payment_required", card=card)
            return Outcome("paid", session)
        if card is None:
            raise ValueError("a card is needed where money is due")
        intent = _intent_of(session)
        method = keep(payment_method_body(card, clock.now()), parent_id=intent.stripe_id)
        intent.change(payment_method=method.stripe_id)
        if card_with(card.number).asks_3ds:
            return _challenge(session, intent, card)
        return _charge(session, intent, card, authenticated=False)


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
        card = CardDetails(**intent.hidden["card"])
        intent.change(next_action=None, status="requires_payment_method")
        if passed:
            return _charge(session, intent, card, authenticated=True)
        _fail(intent, AUTHENTICATION_FAILED, charge_id=None)
        return Outcome("declined", session, AUTHENTICATION_FAILED)


def _intent_of(session: StoredObject) -> StoredObject:
    """The session's PaymentIntent; made at the first submit, as Stripe does."""
    if session.body["payment_intent"]:
        return find("payment_intent", session.body["payment_intent"], param="intent")
    data = session.hidden["payment_intent_data"]
    intent = keep(payment_intent_body(session.body, data, clock.now()), parent_id=session.stripe_id)
    session.change(payment_intent=intent.stripe_id)
    events.record("payment_intent.created", intent.body)
    return intent


def _challenge(session: StoredObject, intent: StoredObject, card: CardDetails) -> Outcome:
    intent.hidden["card"] = asdict(card)
    back = settings.SANDBOX_PUBLIC_URL + f"/c/pay/{session.stripe_id}"
    intent.change(
        status="requires_action",
        next_action={
            "redirect_to_url": {"return_url": back, "url": f"{back}/authenticate"},
            "type": "redirect_to_url",
        },
    )
    events.record("payment_intent.requires_action", intent.body)
    return Outcome("challenge", session)


def _charge(
    session: StoredObject, intent: StoredObject, card: CardDetails, *, authenticated: bool
) -> Outcome:
    decline = card_with(card.number).decline
    charge = keep(
        charge_body(intent.body, card, clock.now(), decline=decline, authenticated=authenticated),
        parent_id=intent.stripe_id,
    )
    if decline:
        intent.change(latest_charge=charge.stripe_id)
        events.record("charge.failed", charge.body)
        _fail(intent, decline, charge_id=charge.stripe_id)
        return Outcome("declined", session, decline)
    intent.change(
        status="succeeded",
        amount_received=intent.body["amount"],
        latest_charge=charge.stripe_id,
        last_payment_error=None,
        next_action=None,
    )
    events.record("charge.succeeded", charge.body)
    events.record("payment_intent.succeeded", intent.body)
    _complete(session, payment_status="paid", card=card)
    _settle_balance(charge)
    return Outcome("paid", session)


def _fail(intent: StoredObject, decline: Decline, *, charge_id: str | None) -> None:
    method = find("payment_method", intent.body["payment_method"], param="payment_method")
    intent.change(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=payment_error(decline, method.body, charge_id),
    )
    events.record("payment_intent.payment_failed", intent.body)


def _complete(session: StoredObject, *, payment_status: str, card: CardDetails | None) -> None:
    email = card.email if card else session.body["customer_email"]
    details = customer_details(
        email=email,
        name=card.name if card else None,
        postal_code=(card.postal_code or None) if card else None,
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
    events.record("checkout.session.completed", session.body)


def _settle_balance(charge: StoredObject) -> None:
    """With `automatic_async` capture the balance transaction follows the charge in an update."""
    amount = charge.body["amount"]
    fee = round(amount * 0.029) + 30
    balance = keep(
        balance_transaction_body(
            charge.body, kind="charge", amount=amount, fee=fee, now=clock.now()
        ),
        parent_id=charge.stripe_id,
    )
    charge.change(balance_transaction=balance.stripe_id)
    events.record("charge.updated", charge.body, previous={"balance_transaction": None})
