"""Radar: early fraud warnings from the card networks, and reviews of risky payments.

Called inside a transaction; events are recorded with it.
"""

from django.db.models import QuerySet

from stripe_sandbox import clock, events
from stripe_sandbox.bodies.risk import review_body, warning_body
from stripe_sandbox.errors import Refused
from stripe_sandbox.events import NOBODY, Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find, keep


def warn(charge: StoredObject, fraud_type: str = "made_with_stolen_card") -> StoredObject:
    """The network reports a charge as fraud; money moves only if somebody acts on it."""
    warning = keep(warning_body(charge.body, fraud_type, clock.now()), parent_id=charge.stripe_id)
    events.record("radar.early_fraud_warning.created", warning.body)
    return warning


def warnings_of(charge: StoredObject) -> QuerySet[StoredObject]:
    """Every early fraud warning about a charge."""
    return StoredObject.objects.filter(
        object_type="radar.early_fraud_warning", parent_id=charge.stripe_id
    )


def refresh_warnings(charge: StoredObject, cause: Cause = NOBODY) -> None:
    """A refund in full or a dispute leaves nothing to act on."""
    if not (charge.body["refunded"] or charge.body["disputed"]):
        return
    for warning in warnings_of(charge).filter(body__actionable=True):
        warning.change(actionable=False)
        events.record(
            "radar.early_fraud_warning.updated",
            warning.body,
            cause,
            previous={"actionable": True},
        )


def open_review(charge: StoredObject) -> StoredObject:
    """Radar asks a human to look at a payment that it let through."""
    review = keep(review_body(charge.body, clock.now()), parent_id=charge.stripe_id)
    charge.change(review=review.stripe_id)
    if charge.body["payment_intent"]:
        intent = find("payment_intent", charge.body["payment_intent"], param="payment_intent")
        intent.change(review=review.stripe_id)
    events.record("review.opened", review.body)
    return review


def open_reviews_of(charge: StoredObject) -> QuerySet[StoredObject]:
    """What nobody has decided yet about a charge."""
    return StoredObject.objects.filter(
        object_type="review", parent_id=charge.stripe_id, body__open=True
    )


def close_review(charge: StoredObject, reason: str, cause: Cause = NOBODY) -> None:
    """End the open review of a charge, if there is one."""
    for review in open_reviews_of(charge):
        _close(review, reason, cause)


def approve(review: StoredObject, cause: Cause = NOBODY) -> None:
    """Somebody looked and found it good; raises Refused when it is closed."""
    if not review.body["open"]:
        raise Refused("This review has already been closed.")
    _close(review, "approved", cause)


def _close(review: StoredObject, reason: str, cause: Cause) -> None:
    review.change(open=False, closed_reason=reason, reason=reason)
    events.record("review.closed", review.body, cause)
