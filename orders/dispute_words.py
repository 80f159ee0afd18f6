"""Stripe's words about disputes, in plain ones for staff (docs.stripe.com/disputes/categories)."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from orders.models import Dispute, FraudWarning

OVERDUE = "overdue"
REASONS = {
    "bank_cannot_process": "the bank could not process the payment",
    "check_returned": "a check was returned",
    "credit_not_processed": "a refund that was promised has not come",
    "customer_initiated": "the customer disputes it",
    "debit_not_authorized": "the debit was not allowed",
    "duplicate": "charged twice",
    "fraudulent": "the cardholder did not make this payment",
    "general": "the bank gives no reason",
    "incorrect_account_details": "wrong account details",
    "insufficient_funds": "the account did not have enough money",
    "noncompliant": "the card network's rules were broken",
    "product_not_received": "the goods have not come",
    "product_unacceptable": "the goods are not as described",
    "subscription_canceled": "a subscription had been canceled",
    "unrecognized": "the cardholder does not know this payment",
}
STATUSES = {
    "warning_needs_response": "Inquiry: waits for our answer",
    "warning_under_review": "Inquiry: answered, the bank looks at it",
    "warning_closed": "Inquiry closed, no dispute followed",
    "needs_response": "Waits for our evidence",
    "under_review": "Evidence sent, the bank decides",
    "appeal_needs_response": "Appeal: waits for our evidence",
    "appeal_under_review": "Appeal: the bank decides",
    "won": "Won: the money is ours again",
    "lost": "Lost: the customer has the money",
    "prevented": "Prevented: settled before it became a dispute",
}
FRAUD_TYPES = {
    "card_never_received": "the card never reached its owner",
    "fraudulent_card_application": "the card was applied for by somebody else",
    "made_with_counterfeit_card": "a counterfeit card",
    "made_with_lost_card": "a lost card",
    "made_with_stolen_card": "a stolen card",
    "misc": "the bank does not say how",
    "unauthorized_use_of_card": "the card was used without its owner's leave",
}


def reason(dispute: Dispute) -> str:
    """Return why the payment is disputed; a word we do not know stands as Stripe wrote it."""
    return REASONS.get(dispute.reason, dispute.reason.replace("_", " ") or "no reason given")


def status(dispute: Dispute) -> str:
    """Return how far it is."""
    return status_named(dispute.status)


def status_named(code: str) -> str:
    """Return Stripe's word for how far a dispute is in ours; one we do not know stands as it is."""
    return STATUSES.get(code, code.replace("_", " ").capitalize())


def verdict(dispute: Dispute) -> tuple[str, str]:
    """Return how a dispute ended, and what that means for us."""
    if dispute.status == "won":
        return "Dispute won", "The bank gives the money back; its fee stays with it."
    if dispute.status == "lost":
        return "Dispute lost", "The bank keeps the money. Nothing can be paid back for it."
    if dispute.is_inquiry:
        return "Inquiry closed", "No dispute followed, and no money was taken."
    return "Dispute ended", "It was settled before the bank decided."


def fraud_type(warning: FraudWarning) -> str:
    """Return what the bank suspects."""
    return fraud_named(warning.fraud_type)


def fraud_named(code: str) -> str:
    """Return Stripe's word for a kind of fraud in ours; one we do not know stands as it is."""
    return FRAUD_TYPES.get(code, code.replace("_", " ") or "the bank does not say how")


def moment(at: datetime) -> str:
    """Return a time in the shop's zone: "December 1, 2026, 6:59 p.m. EST"."""
    return date_format(timezone.localtime(at), "F j, Y, P T")


def time_left(due_at: datetime, now: datetime) -> str:
    """Return how long there is until `due_at`, counted in days of the shop's calendar."""
    if due_at <= now:
        return OVERDUE
    days = (timezone.localtime(due_at).date() - timezone.localtime(now).date()).days
    if days == 0:
        return "today"
    return "tomorrow" if days == 1 else f"{days} days left"
