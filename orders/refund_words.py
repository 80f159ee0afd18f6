"""Why a refund failed, in words for staff."""

# The reasons that Stripe names (docs.stripe.com/api/refunds/object, "failure_reason").
REASONS = {
    "charge_for_pending_refund_disputed": "the payment is being disputed",
    "declined": "the bank declined it",
    "expired_or_canceled_card": "the card has expired or was canceled",
    "insufficient_funds": "our balance there was too small",
    "lost_or_stolen_card": "the card was lost or stolen",
    "merchant_request": "it was stopped on our side",
    "unknown": "no reason is known",
}


def failure(told: str) -> str:
    """Return `told`, a reason's name or a sentence of Stripe's, in words."""
    return REASONS.get(told, told)
