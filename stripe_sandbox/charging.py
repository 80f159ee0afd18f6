"""One attempt to take the money of a PaymentIntent, wherever it comes from: page or API.

Card numbers here are test numbers only. What a session does with the result is in payments.py.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings

from stripe_sandbox import clock, events
from stripe_sandbox.aftermath import follow_payment
from stripe_sandbox.bodies.balance import balance_transaction_body
from stripe_sandbox.bodies.charge import charge_body
from stripe_sandbox.bodies.payment import (
    BankDetails,
    CardDetails,
    Payer,
    payment_error,
    payment_intent_body,
    payment_method_body,
)
from stripe_sandbox.cards import AUTHENTICATION_FAILED, Decline, card_with, number_to_keep
from stripe_sandbox.events import NOBODY, Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find, keep


@dataclass(frozen=True)
class Attempt:
    """How an attempt ended. `status`: succeeded, requires_capture, processing, requires_action, declined."""

    status: str
    charge: StoredObject | None = None
    decline: Decline | None = None


def open_intent(
    data: dict[str, Any],
    *,
    amount: int,
    currency: str,
    method_types: list[str],
    cause: Cause,
    parent_id: str = "",
) -> StoredObject:
    """Store a PaymentIntent that waits for a PaymentMethod."""
    body = payment_intent_body(
        data, clock.now(), amount=amount, currency=currency, method_types=method_types
    )
    intent = keep(body, parent_id=parent_id)
    events.record("payment_intent.created", intent.body, cause)
    return intent


def keep_method(payer: Payer, *, parent_id: str = "") -> StoredObject:
    """Store a PaymentMethod, and beside it, hidden, how it behaves. Real card numbers are not kept."""
    name = "bank"
    if isinstance(payer, CardDetails):
        name, payer = "card", replace(payer, number=number_to_keep(payer.number))
    body = payment_method_body(payer, clock.now())
    return keep(body, parent_id=parent_id, hidden={name: asdict(payer)})


def payer_of(method: StoredObject) -> Payer:
    """What `keep_method` was given."""
    if "bank" in method.hidden:
        return BankDetails(**method.hidden["bank"])
    return CardDetails(**method.hidden["card"])


def method_of(intent: StoredObject) -> StoredObject:
    """The PaymentMethod that an intent is to be paid with."""
    return find("payment_method", intent.body["payment_method"], param="payment_method")


def attempt(
    intent: StoredObject,
    method: StoredObject,
    cause: Cause = NOBODY,
    *,
    challenge: dict[str, Any] | None = None,
) -> Attempt:
    """Try to take the intent's amount. `challenge` is the `next_action` of a card that asks for
    3-D Secure; None when the buyer has authenticated already.
    """
    intent.change(payment_method=method.stripe_id, next_action=None)
    payer = payer_of(method)
    if isinstance(payer, BankDetails):
        return _debit_later(intent, payer, cause)
    if challenge is not None and card_with(payer.number).asks_3ds:
        intent.change(status="requires_action", next_action=challenge)
        events.record("payment_intent.requires_action", intent.body, cause)
        return Attempt("requires_action")
    return _charge_card(intent, payer, cause, authenticated=challenge is None)


def refuse_authentication(intent: StoredObject, cause: Cause = NOBODY) -> Attempt:
    """The buyer failed the 3-D Secure challenge: no charge is made."""
    fail(intent, AUTHENTICATION_FAILED, cause, charge_id=None)
    return Attempt("declined", decline=AUTHENTICATION_FAILED)


def fail(intent: StoredObject, decline: Decline, cause: Cause, *, charge_id: str | None) -> None:
    """Back to `requires_payment_method`, with the reason."""
    intent.expires_at = None
    intent.change(
        status="requires_payment_method",
        last_payment_error=payment_error(decline, method_of(intent).body, charge_id),
        payment_method=None,
        next_action=None,
        processing=None,
    )
    events.record("payment_intent.payment_failed", intent.body, cause)


def succeed(intent: StoredObject, cause: Cause, *, received: int | None = None) -> None:
    """The money has come in: the whole amount, or what was captured of it."""
    intent.expires_at = None
    intent.change(
        status="succeeded",
        amount_received=intent.body["amount"] if received is None else received,
        last_payment_error=None,
        next_action=None,
        processing=None,
    )
    events.record("payment_intent.succeeded", intent.body, cause)


def session_of(intent: StoredObject) -> StoredObject | None:
    """The Checkout Session that opened an intent; None where a request did."""
    sessions = StoredObject.objects.filter(object_type="checkout.session")
    return sessions.filter(stripe_id=intent.parent_id).first()


def tell_session_captured(intent: StoredObject) -> None:
    """A session whose payment was only authorized is paid once it is captured."""
    session = session_of(intent)
    if session:
        session.change(payment_status="paid")


def settle(charge: StoredObject, cause: Cause = NOBODY) -> None:
    """The last step of every payment that came in: its fee and its balance transaction.

    With `automatic_async` capture they follow a card's charge in an update; a bank debit has them already.
    """
    if charge.body["balance_transaction"] is None:
        _enter_balance(charge, "charge")
        events.record("charge.updated", charge.body, cause, previous={"balance_transaction": None})
    follow_payment(charge)


def leave_balance(charge: StoredObject) -> None:
    """Take a bank debit that failed out of the balance again.

    That both transactions are about the charge, and that the fee comes back, is assumed.
    """
    entered = find("balance_transaction", charge.body["balance_transaction"], param="id").body
    left = keep(
        balance_transaction_body(
            charge.body,
            kind="payment_failure_refund",
            amount=-entered["amount"],
            fee=-entered["fee"],
            now=clock.now(),
        ),
        parent_id=charge.stripe_id,
    )
    charge.change(failure_balance_transaction=left.stripe_id)


def _enter_balance(charge: StoredObject, kind: str) -> None:
    amount = charge.body["amount_captured"]
    fee = round(amount * 0.029) + 30
    entered = keep(
        balance_transaction_body(charge.body, kind=kind, amount=amount, fee=fee, now=clock.now()),
        parent_id=charge.stripe_id,
    )
    charge.change(balance_transaction=entered.stripe_id)


def _charge_card(
    intent: StoredObject, card: CardDetails, cause: Cause, *, authenticated: bool
) -> Attempt:
    decline = card_with(card.number).decline
    authenticated = authenticated and card_with(card.number).asks_3ds
    body = charge_body(intent.body, card, clock.now(), decline=decline, authenticated=authenticated)
    charge = keep(body, parent_id=intent.stripe_id)
    intent.change(latest_charge=charge.stripe_id)
    if decline:
        events.record("charge.failed", charge.body, cause)
        fail(intent, decline, cause, charge_id=charge.stripe_id)
        return Attempt("declined", charge, decline)
    if intent.body["capture_method"] == "manual":
        events.record("charge.succeeded", charge.body, cause)
        intent.change(
            status="requires_capture",
            amount_capturable=intent.body["amount"],
            last_payment_error=None,
        )
        events.record("payment_intent.amount_capturable_updated", intent.body, cause)
        return Attempt("requires_capture", charge)
    events.record("charge.succeeded", charge.body, cause)
    succeed(intent, cause)
    return Attempt("succeeded", charge)


def _debit_later(intent: StoredObject, bank: BankDetails, cause: Cause) -> Attempt:
    """A bank debit: pending until the bank has answered, which delayed.py plays."""
    body = charge_body(intent.body, bank, clock.now(), decline=None, authenticated=False)
    charge = keep(body, parent_id=intent.stripe_id)
    # Once it is on its way to the bank, it stands in the balance, whatever the bank will say (support.
    # stripe.com/questions/changes-to-balance-transaction-behavior-for-debit-payment-methods).
    _enter_balance(charge, "payment")
    intent.expires_at = clock.now() + settings.SANDBOX_BANK_SECONDS
    intent.change(status="processing", latest_charge=charge.stripe_id, last_payment_error=None)
    events.record("charge.pending", charge.body, cause)
    events.record("payment_intent.processing", intent.body, cause)
    return Attempt("processing", charge)
