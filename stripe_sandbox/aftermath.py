"""What follows a payment by itself, as the test card asks: dispute, fraud warning, review."""

from stripe_sandbox import disputes, radar
from stripe_sandbox.cards import card_with
from stripe_sandbox.models import StoredObject


def follow_payment(charge: StoredObject) -> None:
    """Let come what the card stands for; inside the transaction of the payment."""
    method = StoredObject.objects.filter(stripe_id=charge.body["payment_method"] or "").first()
    if method is None or "card" not in method.hidden:
        return
    card = card_with(method.hidden["card"]["number"])
    if card.refunds:
        charge.hidden["refunds"] = card.refunds
        charge.save()
    if card.risk == "elevated":
        radar.open_review(charge)
    if card.warns_of_fraud:
        radar.warn(charge)
    if card.dispute:
        disputes.open_dispute(charge, reason=card.dispute, is_inquiry=card.is_inquiry)
