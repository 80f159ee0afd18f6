"""The steps of banks that take money back, for the tests of disputes and fraud warnings."""

import secrets
from datetime import datetime
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from books.models import LedgerEntry
from orders import audit, disputes, fraud_warnings
from orders.gateways import gateway
from orders.models import Dispute, FraudWarning, Order
from tests.orders.stripe_steps import (
    deliver,
    event_body,
    event_types,
    make_settled_order,
    stripe_client,
)
from tests.sandbox.server import SandboxServer

TAKEN = {"dispute": -6599, "dispute_fee": -1500}
DISPUTE_EVENTS = tuple(
    f"charge.dispute.{name}"
    for name in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
)


def disputed_order(sandbox: SandboxServer, **fields: Any) -> tuple[Order, str]:
    """A paid order whose payment is disputed at Stripe; nobody has told the shop. And the dispute's id."""
    order = make_settled_order(sandbox)
    return order, sandbox.dispute(intent_of(order), **fields)["id"]


def intent_of(order: Order) -> str:
    """Stripe's id of the order's only payment."""
    return str(order.payments.get().reference)


def told(reference: str, *, now: datetime | None = None) -> Dispute:
    """Tell the shop of a dispute; its row."""
    row = disputes.refresh(reference=reference, now=now or timezone.now())
    assert row is not None
    return row


def answer_evidence(sandbox: SandboxServer, reference: str) -> None:
    """Send evidence as staff do in Stripe's dashboard; the bank has not decided."""
    stripe_client(sandbox).v1.disputes.update(
        reference, {"evidence": {"product_description": "A patch"}, "submit": True}
    )


def warned_order(sandbox: SandboxServer, **fields: Any) -> tuple[Order, FraudWarning]:
    """A paid order with an early fraud warning that the shop knows."""
    order = make_settled_order(sandbox, **fields)
    reference = sandbox.warn_of_fraud(intent_of(order))["id"]
    warning = fraud_warnings.refresh(reference=reference, now=timezone.now())
    assert warning is not None
    return Order.objects.get(pk=order.pk), warning


def arrive(event_type: str, reference: str, **more: Any) -> Any:
    """Deliver an event about a dispute or a warning; the answer."""
    kind = "dispute" if "dispute" in event_type else "radar.early_fraud_warning"
    return deliver(event_body(event_type, {"id": reference, "object": kind, **more}))


def booked(order: Order) -> dict[str, int]:
    """Return {kind: cents} of what disputes did to the ledger."""
    entries = LedgerEntry.objects.filter(order_number=order.number, kind__startswith="dispute")
    by_kind = entries.order_by().values_list("kind")
    return dict(by_kind.annotate(Sum("amount_cents")))


def books_hold() -> list[str]:
    """Every fault of the books, Stripe's balance included; none is as it should be."""
    return [text for section in audit.audit() for text in section.findings]


@pytest.fixture
def shop_of_its_own(settings):
    """The sandbox serves every test: only this shop's money counts here."""
    settings.DEPLOYMENT = f"disputes-{secrets.token_hex(4)}"
    gateway.cache_clear()


def dispute_events(order):
    return [kind for kind in event_types(order) if kind.startswith("dispute")]


def state_of(order):
    order = Order.objects.get(pk=order.pk)
    return (
        [(row.status, row.withdrawn_cents, row.is_open) for row in order.disputes.all()],
        booked(order),
        order.status,
        order.is_frozen,
        order.needs_review,
    )
