"""Entries for tests."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from books import ledger
from books.models import LedgerEntry

NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)


def post(kind: str = "payment", amount_cents: int = 6599, **fields: Any) -> LedgerEntry | None:
    """Post an entry in a transaction of its own."""
    number = fields.pop("number", 1)
    with transaction.atomic():
        return ledger.post(
            kind,
            **{
                "order_number": f"NUMBER{number}",
                "payment_reference": f"pi_{number}",
                "reference": f"pi_{number}",
                "amount_cents": amount_cents,
                "currency": "USD",
                "key": f"{kind}:pi_{number}",
                "happened_at": NOON,
                **fields,
            },
        )


def balance_of(order_number: str) -> int:
    """What an order has brought, in cents: paid, less refunds and disputed money. Without fees."""
    entries = LedgerEntry.objects.filter(order_number=order_number)
    return entries.of_orders_money().total_cents()


def post_some(count: int) -> None:
    """Post `count` payments."""
    for number in range(1, count + 1):
        post(number=number, amount_cents=1000 * number)
