"""Disputes and fraud warnings on an order's record, in words."""

from dataclasses import dataclass
from datetime import datetime

from orders import dispute_words
from orders.models import Dispute, FraudWarning, Order
from orders.templatetags.order_state import gateway_object_url

TO_DO = {
    "warning_needs_response": (
        "If the customer is right, refund the order: that ends the inquiry. Otherwise answer at Stripe,"
        " with the tracking number and what you wrote to each other."
    ),
    "warning_under_review": "Wait. Most inquiries end by themselves; a refund ends one at any time.",
    "needs_response": (
        "Answer at Stripe: the order, the address, the tracking number, your mails. What you send counts"
        " once, so gather everything first. If the customer is right, accept the dispute there."
    ),
    "under_review": "Wait. The bank may take two to three months.",
    "appeal_needs_response": "Decide at Stripe whether an appeal is worth its fee.",
    "appeal_under_review": "Wait for the bank.",
}
CLOSED_MARKS = {"won": "good", "lost": "bad"}


@dataclass(frozen=True)
class Shown:
    """A dispute as staff see it. `deadline` is empty where no answer is awaited."""

    dispute: Dispute
    title: str
    mark: str
    status: str
    reason: str
    to_do: str
    deadline: str
    time_left: str
    url: str

    @property
    def is_overdue(self) -> bool:
        """Whether the time to answer is over."""
        return self.time_left == dispute_words.OVERDUE


def shown(order: Order, now: datetime) -> list[Shown]:
    """Return the order's disputes, the newest first, in words. Prefetch them."""
    return [_shown(dispute, now) for dispute in order.disputes.all()]


def _shown(dispute: Dispute, now: datetime) -> Shown:
    due_at = dispute.evidence_due_at if dispute.wants_answer else None
    open_mark = "warn" if dispute.wants_answer else "info"
    return Shown(
        dispute=dispute,
        title="Inquiry" if dispute.is_inquiry else "Dispute",
        mark=open_mark if dispute.is_open else CLOSED_MARKS.get(dispute.status, "plain"),
        status=dispute_words.status(dispute),
        reason=dispute_words.reason(dispute),
        to_do=TO_DO.get(dispute.status, "" if not dispute.is_open else "Look at it at Stripe."),
        deadline=dispute_words.moment(due_at) if due_at else "",
        time_left=dispute_words.time_left(due_at, now) if due_at else "",
        url=gateway_object_url("disputes", dispute.reference),
    )


def warnings(order: Order) -> list[tuple[FraudWarning, str]]:
    """Return the order's fraud warnings with what the bank suspects. Prefetch them."""
    return [(one, dispute_words.fraud_type(one)) for one in order.fraud_warnings.all()]
