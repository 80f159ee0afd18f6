"""What Stripe's objects say, in the shop's own words. No request is made here."""

import json
from datetime import UTC, datetime
from typing import Any

import stripe

from orders.gateways.base import (
    BalanceChange,
    ChargeState,
    CheckoutState,
    DisputeState,
    FraudWarningState,
    RefundState,
    WebhookEvent,
)

# With these no money comes any more, unless on a page of its own (docs.stripe.com/payments/paymentintents/lifecycle).
FAILED_INTENTS = frozenset({"requires_payment_method", "canceled"})


def checkout_state(session: stripe.checkout.Session) -> CheckoutState:
    """Translate a session; with the intent expanded it also tells whether a delayed payment failed."""
    intent = session.payment_intent
    reference = id_of(intent) or session.id
    status = session.status or ""
    # Nothing due is "no_payment_required" from the start; it counts once the page was submitted.
    is_paid = status == "complete" and session.payment_status in {"paid", "no_payment_required"}
    if status == "complete" and not is_paid:
        status = "failed" if _has_failed(intent) else "processing"
    return CheckoutState(
        session_id=session.id,
        status=status,
        is_paid=is_paid,
        amount_cents=session.amount_total or 0,
        currency=(session.currency or "").upper(),
        payment_reference=reference,
        fee_cents=fee_of(intent),
        metadata=plain(session.metadata),
        failed_charge=_failed_charge(intent) if status == "open" else "",
    )


def charge_state(charge: stripe.Charge) -> ChargeState:
    """Translate a charge. Its metadata is a copy of its payment intent's."""
    kind = charge.payment_method_details.type if charge.payment_method_details else "card"
    outcome = charge.outcome
    return ChargeState(
        reference=charge.id,
        is_declined_card=charge.status == "failed" and kind == "card",
        reason=(outcome.reason if outcome else None) or charge.failure_code or "",
        tried_at=_moment(charge.created),
        metadata=plain(charge.metadata),
    )


def refund_state(refund: stripe.Refund) -> RefundState:
    """Translate a refund."""
    intent = refund.payment_intent
    return RefundState(
        reference=refund.id,
        status=refund.status or "pending",
        amount_cents=refund.amount,
        payment_reference=id_of(intent),
        # Stripe leaves the field out unless the refund failed.
        failure=refund.failure_reason or "" if "failure_reason" in refund else "",
        metadata=plain(refund.metadata),
        payment_metadata=metadata_of(intent),
    )


def balance_change(change: stripe.BalanceTransaction) -> BalanceChange:
    """Translate a balance transaction; with its source expanded it names the payment."""
    # Sources are of many types; as plain data each tells what it has.
    source: Any = change.source
    is_id = source is None or isinstance(source, str)
    subject: dict[str, Any] = {"id": source or ""} if is_id else source.to_dict()
    intent = subject.get("payment_intent") or ""
    is_charge = subject.get("object") == "charge"
    charge = subject["id"] if is_charge else subject.get("charge") or ""
    return BalanceChange(
        reference=change.id,
        type=change.type,
        source=subject["id"],
        payment_reference=intent if isinstance(intent, str) else intent["id"],
        amount_cents=change.amount,
        fee_cents=change.fee,
        currency=change.currency.upper(),
        is_dispute=subject.get("object") == "dispute",
        charge=charge if isinstance(charge, str) else charge["id"],
        is_charge_paid=not is_charge or subject.get("status") == "succeeded",
        metadata=dict(subject.get("metadata") or {}),
    )


def dispute_state(dispute: stripe.Dispute) -> DisputeState:
    """Translate a dispute, with what it did to our balance."""
    details = dispute.evidence_details
    due_by = details.due_by if details else None
    return DisputeState(
        reference=dispute.id,
        status=dispute.status,
        reason=dispute.reason or "",
        amount_cents=dispute.amount,
        currency=dispute.currency.upper(),
        payment_reference=id_of(dispute.payment_intent),
        opened_at=_moment(dispute.created),
        evidence_due_at=_moment(due_by) if due_by else None,
        entries=[balance_change(change) for change in dispute.balance_transactions],
        payment_metadata=metadata_of(dispute.payment_intent),
    )


def fraud_warning_state(warning: stripe.radar.EarlyFraudWarning) -> FraudWarningState:
    """Translate an early fraud warning."""
    return FraudWarningState(
        reference=warning.id,
        fraud_type=warning.fraud_type,
        payment_reference=id_of(warning.payment_intent),
        received_at=_moment(warning.created),
        payment_metadata=metadata_of(warning.payment_intent),
    )


def fee_of(intent: "stripe.PaymentIntent | str | None") -> int | None:
    """Return the fee of an intent's charge in cents, None where it is not told (yet).

    Nor is it told in the charge's currency where Stripe settles in another one.
    """
    charge = _latest_charge(intent)
    if charge is None:
        return None
    entry = charge.balance_transaction
    if entry is None or isinstance(entry, str) or entry.currency != charge.currency:
        return None
    return entry.fee


def currencies_of(balance: stripe.Balance) -> set[str]:
    """Return the currencies that a balance is kept in, in capitals."""
    parts = [part.currency for part in balance.available]
    return {currency.upper() for currency in [*parts, *(part.currency for part in balance.pending)]}


def webhook_event(event: stripe.Event, body: bytes | None = None) -> WebhookEvent:
    """Translate an event. Its object is of any type: the text itself is the plainest way to its id."""
    text = body if body is not None else json.dumps(event.to_dict(for_json=True))
    subject = json.loads(text)["data"]["object"]
    metadata = subject.get("metadata") or {}
    return WebhookEvent(
        event_id=str(event.id),
        type=str(event.type),
        object_id=str(subject.get("id") or ""),
        api_version=str(event.api_version or ""),
        metadata={str(key): str(value) for key, value in metadata.items()},
    )


def _has_failed(intent: "stripe.PaymentIntent | str | None") -> bool:
    """Say whether the money of a submitted page will not come. Only its intent, expanded, tells.

    A bank debit may be refused days later; until then the intent is "processing", and where the buyer
    still has to do something (confirm small deposits, pay a voucher, send a transfer) "requires_action".
    """
    if intent is None or isinstance(intent, str):
        return False
    return intent.status in FAILED_INTENTS


def _failed_charge(intent: "stripe.PaymentIntent | str | None") -> str:
    charge = _latest_charge(intent)
    return str(charge.id) if charge is not None and charge.status == "failed" else ""


def _latest_charge(intent: "stripe.PaymentIntent | str | None") -> stripe.Charge | None:
    """Return an intent's newest charge; None where either of them was not expanded, or is not there."""
    charge = None if intent is None or isinstance(intent, str) else intent.latest_charge
    return None if isinstance(charge, str) else charge


def id_of(value: Any) -> str:
    """Return the id of something that may be expanded, an id, or nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value.id)


def metadata_of(intent: "stripe.PaymentIntent | str | None") -> dict[str, str]:
    """Return what a payment is marked with; nothing where it was not expanded."""
    return plain(None if isinstance(intent, str) or not intent else intent.metadata)


def plain(metadata: Any) -> dict[str, str]:
    """Return Stripe's metadata as a plain dictionary."""
    return dict(metadata.to_dict()) if metadata else {}


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, tz=UTC)
