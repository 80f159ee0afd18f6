"""Orders that are frozen: nothing of them ships while a bank may take their money back."""

from datetime import datetime

from orders import events
from orders.models import FraudWarning, Order, OrderEvent

# Said wherever something is refused; the order's record says which of the two it is.
WORDS = "It is frozen: its payment is disputed, or a fraud warning waits for a decision."


def settle(order: Order, *, now: datetime) -> None:
    """Freeze `order` or let it go, as its disputes and warnings say; in the caller's transaction.

    The caller holds the order's lock. A warning about a payment of which nothing is left here is over:
    there is nothing to decide about it any more.
    """
    for warning in order.fraud_warnings.undecided().select_related("payment"):
        if is_over(warning):
            close(warning, FraudWarning.Decision.GONE, reason="", actor=None, now=now)
    is_frozen = order.disputes.open().exists() or order.fraud_warnings.undecided().exists()
    if is_frozen != order.is_frozen:
        Order.objects.filter(pk=order.pk).update(is_frozen=is_frozen)
        order.is_frozen = is_frozen


def is_over(warning: FraudWarning) -> bool:
    """Say whether none of the warning's money is here, for good as far as we know."""
    payment = warning.payment
    return payment.left_cents() <= 0 and not payment.disputes.open().exists()


def close(
    warning: FraudWarning,
    decision: FraudWarning.Decision,
    *,
    reason: str,
    actor: events.Actor,
    now: datetime,
) -> None:
    """Write down what was decided about a warning, in the caller's transaction, under its lock."""
    warning.decision, warning.decided_at = decision, now
    warning.decided_by_id = actor.pk if actor else None
    warning.save(update_fields=["decision", "decided_at", "decided_by"])
    events.record(
        warning.order,
        OrderEvent.Type.FRAUD_DECIDED,
        actor=actor,
        warning=warning.pk,
        text=decision.label,
        reason=reason,
    )
