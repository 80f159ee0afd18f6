"""/v1/disputes, /v1/radar/early_fraud_warnings, /v1/reviews"""

from typing import Any

from stripe_sandbox import disputes, events, radar
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.metadata import merged_metadata
from stripe_sandbox.api.pagination import listed
from stripe_sandbox.errors import not_simulated
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find

WARNING = "radar.early_fraud_warning"


@serves("GET", "/v1/disputes/{dispute}")
def retrieve(call: Call) -> dict[str, Any]:
    """One dispute."""
    return _dispute(call).body


@serves("GET", "/v1/disputes")
def list_disputes(call: Call) -> dict[str, Any]:
    """Disputes, newest first."""
    return listed(call, "dispute", filters=("charge", "payment_intent"))


@serves("POST", "/v1/disputes/{dispute}")
def update(call: Call) -> dict[str, Any]:
    """Evidence (submitted unless `submit` is false) and metadata."""
    for name in call.params.keys() - {"evidence", "metadata", "submit", "expand"}:
        raise not_simulated(name)
    evidence = call.params.get("evidence", {})
    for name in ("appeal", "enhanced_evidence"):
        if name in evidence:
            raise not_simulated(f"evidence[{name}]")
    dispute = _dispute(call)
    before = dispute.body["metadata"]
    dispute.change(metadata=merged_metadata(before, call.params))
    if call.params.keys() & {"evidence", "submit"}:
        disputes.give_evidence(dispute, call.params, call.cause)
    elif dispute.body["metadata"] != before:
        previous = {"metadata": before}
        events.record("charge.dispute.updated", dispute.body, call.cause, previous=previous)
    return dispute.body


@serves("POST", "/v1/disputes/{dispute}/close")
def close(call: Call) -> dict[str, Any]:
    """Give up: the dispute is lost."""
    dispute = _dispute(call)
    disputes.lose(dispute, call.cause)
    return dispute.body


@serves("GET", "/v1/radar/early_fraud_warnings/{early_fraud_warning}")
def retrieve_warning(call: Call) -> dict[str, Any]:
    """One early fraud warning."""
    return find(WARNING, call.ids["early_fraud_warning"], param="early_fraud_warning").body


@serves("GET", "/v1/radar/early_fraud_warnings")
def list_warnings(call: Call) -> dict[str, Any]:
    """Early fraud warnings, newest first."""
    return listed(call, WARNING, filters=("charge", "payment_intent"))


@serves("GET", "/v1/reviews/{review}")
def retrieve_review(call: Call) -> dict[str, Any]:
    """One review."""
    return _review(call).body


@serves("GET", "/v1/reviews")
def list_reviews(call: Call) -> dict[str, Any]:
    """The reviews that are open, newest first."""
    return listed(call, "review", also={"body__open": True})


@serves("POST", "/v1/reviews/{review}/approve")
def approve(call: Call) -> dict[str, Any]:
    """Close a review: the payment is good."""
    review = _review(call)
    radar.approve(review, call.cause)
    return review.body


def _dispute(call: Call) -> StoredObject:
    return find("dispute", call.ids["dispute"], param="dispute")


def _review(call: Call) -> StoredObject:
    return find("review", call.ids["review"], param="review")
