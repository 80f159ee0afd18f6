"""Delayed payments: what the bank answers to a debit, by the clock or by the control route."""

from django.db import transaction

from stripe_sandbox import charging, clock, events
from stripe_sandbox.bodies.payment import BankDetails
from stripe_sandbox.cards import Decline
from stripe_sandbox.errors import Refused
from stripe_sandbox.events import NOBODY
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find

NO_MONEY = Decline(
    "payment_intent_payment_attempt_failed",
    "The customer's account has insufficient funds to cover this payment.",
    "insufficient_funds",
)


def answer(intent_id: str, *, succeeded: bool | None = None) -> StoredObject:
    """The bank answers a debit that is under way, as its account was chosen to or as told.

    Raises Refused for an intent that is not processing.
    """
    with transaction.atomic():
        intent = find("payment_intent", intent_id, param="intent")
        if intent.body["status"] != "processing":
            raise Refused(f"{intent_id} is {intent.body['status']}, so no bank is asked about it.")
        bank = charging.payer_of(charging.method_of(intent))
        if succeeded is None:
            succeeded = not (isinstance(bank, BankDetails) and bank.fails)
        charge = find("charge", intent.body["latest_charge"], param="charge")
        if succeeded:
            _arrive(intent, charge)
        else:
            _bounce(intent, charge)
    return intent


def answer_overdue() -> int:
    """Let the bank answer every debit whose time has come; returns how many."""
    overdue = StoredObject.objects.filter(
        object_type="payment_intent", expires_at__lte=clock.now(), body__status="processing"
    )
    ids = list(overdue.values_list("stripe_id", flat=True))
    for intent_id in ids:
        try:
            answer(intent_id)
        except Refused:
            continue  # the control route was quicker
    return len(ids)


def _arrive(intent: StoredObject, charge: StoredObject) -> None:
    charge.change(status="succeeded", paid=True)
    events.record("charge.succeeded", charge.body)
    charging.succeed(intent, NOBODY)
    _tell_session(intent, "checkout.session.async_payment_succeeded", payment_status="paid")
    charging.settle(charge)


def _bounce(intent: StoredObject, charge: StoredObject) -> None:
    charge.change(
        status="failed",
        amount_captured=0,
        captured=False,
        failure_code=NO_MONEY.decline_code,
        failure_message=NO_MONEY.message,
    )
    charging.leave_balance(charge)
    events.record("charge.failed", charge.body)
    charging.fail(intent, NO_MONEY, NOBODY, charge_id=charge.stripe_id)
    _tell_session(intent, "checkout.session.async_payment_failed")


def _tell_session(intent: StoredObject, event: str, **changes: str) -> None:
    """A session stays complete whatever the bank says; only its payment status moves."""
    session = charging.session_of(intent)
    if session is None:
        return
    if changes:
        session.change(**changes)
    events.record(event, session.body)
