"""Orders whose money stands in the ledger, as the shop itself writes it."""

from django.db import transaction

from books import ledger
from orders import audit
from orders.models import Dispute, FraudWarning, Order, Payment, Refund
from tests.factories import make_paid_order, make_variant


def book(order: Order) -> Order:
    """Post what the rows of `order` say and the ledger does not have yet."""
    for payment in order.payments.all():
        post_payment(payment)
    for refund in order.refunds.select_related("payment"):
        if refund.status in {"sent", "settled"}:
            post_refund(refund)
    return order


def booked_order(**fields) -> Order:
    """A paid order, in the ledger as well."""
    return book(make_paid_order(**fields))


def known_order() -> Order:
    """Order HJK3579: two of B12-12, $125.99, paid as pi_a, in the books. 10 packs are on hand."""
    made = make_paid_order(number="HJK3579", packs={make_variant(sku="B12-12", on_hand=10): 2})
    made.payments.update(reference="pi_a")
    return book(Order.objects.get(pk=made.pk))


def audited() -> dict[str, list[str]]:
    """What is found against which claim."""
    sections = audit.audit(offline=True)
    return {section.claim: section.findings for section in sections if section.findings}


def _post(kind: str, payment: Payment, reference: str, cents: int, key: str) -> None:
    with transaction.atomic():
        ledger.post(
            kind,
            order_number=payment.order.number,
            payment_reference=payment.reference,
            reference=reference,
            amount_cents=cents,
            currency=payment.currency,
            key=key,
            happened_at=payment.received_at,
        )


def post_payment(payment: Payment) -> None:
    """The payment, and its fee where that is known."""
    reference = payment.reference
    _post("payment", payment, reference, payment.amount_cents, f"payment:{reference}")
    _post("fee", payment, reference, -(payment.fee_cents or 0), f"fee:{reference}")


def post_refund(refund: Refund, kind: str = "refund") -> None:
    """Money that went back, or came again."""
    cents = -refund.amount_cents if kind == "refund" else refund.amount_cents
    _post(kind, refund.payment, refund.reference, cents, f"{kind}:{refund.reference}")


def post_dispute(payment: Payment, txn: str, cents: int) -> None:
    """Money that a bank took (negative) or gave back."""
    kind = "dispute" if cents < 0 else "dispute_won"
    _post(kind, payment, "dp_1", cents, f"dispute:{txn}")


def make_refund(order: Order, amount_cents: int = 1000, **fields) -> Refund:
    """A refund of the order's payment that is settled. It is not posted."""
    number = Refund.objects.count() + 1
    payment = order.payments.get()
    return Refund.objects.create(
        **{
            "order": order,
            "payment": payment,
            "status": "settled",
            "amount_cents": amount_cents,
            "idempotency_key": f"key-{number}",
            "reference": f"re_{number}",
            "requested_at": payment.received_at,
            **fields,
        }
    )


def make_dispute(order: Order, **fields) -> Dispute:
    """A dispute over all of the order's payment. What the bank took is not posted."""
    payment = order.payments.get()
    status = fields.get("status", "needs_response")
    is_held = not status.startswith("warning") and status not in {"won", "prevented"}
    return Dispute.objects.create(
        **{
            "order": order,
            "payment": payment,
            "reference": f"dp_{Dispute.objects.count() + 1}",
            "status": status,
            "withdrawn_cents": payment.amount_cents if is_held else 0,
            "amount_cents": payment.amount_cents,
            "currency": payment.currency,
            "opened_at": payment.received_at,
            **fields,
        }
    )


def make_warning(order: Order, **fields) -> FraudWarning:
    """An early fraud warning about the order's payment."""
    payment = order.payments.get()
    return FraudWarning.objects.create(
        **{
            "order": order,
            "payment": payment,
            "reference": f"issfr_{FraudWarning.objects.count() + 1}",
            "fraud_type": "made_with_stolen_card",
            "received_at": payment.received_at,
            **fields,
        }
    )
