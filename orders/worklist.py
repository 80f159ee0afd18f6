"""What staff have to do about orders, and in which order: for the front page and the order list."""

from datetime import datetime
from typing import TypedDict

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from orders.models import Dispute, FraudWarning, Order, OrderEvent, Refund
from orders.models.order import TO_SHIP

# Needs review, then to be shipped: what is expedited, then the others, each with the oldest first.
# Then the rest with the newest first; what is frozen is among it, as it mostly waits for a bank.
WORK_ORDER = ("work_rank", "waiting_since", "-placed_at")


class Counts(TypedDict):
    """How many orders wait for what."""

    to_ship: int
    in_review: int
    unpaid: int


def with_work_order(orders: "QuerySet[Order]") -> "QuerySet[Order]":
    """Add what WORK_ORDER sorts by."""
    return orders.annotate(
        work_rank=Case(
            When(needs_review=True, then=Value(0)),
            When(status=Order.Status.PAID, is_frozen=False, is_expedited=True, then=Value(1)),
            When(status=Order.Status.PAID, is_frozen=False, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        ),
        waiting_since=Case(
            When(
                Q(needs_review=True) | Q(status=Order.Status.PAID, is_frozen=False),
                then=F("placed_at"),
            ),
            default=None,
            output_field=DateTimeField(),
        ),
    )


def counts() -> Counts:
    """Count the open work in one query."""
    open_orders = Order.objects.filter(
        Q(needs_review=True) | Q(status__in=[Order.Status.PAID, Order.Status.PENDING])
    )
    found = open_orders.aggregate(
        to_ship=Count("pk", filter=TO_SHIP),
        in_review=Count("pk", filter=Q(needs_review=True)),
        unpaid=Count("pk", filter=Q(status=Order.Status.PENDING, needs_review=False)),
    )
    return Counts(to_ship=found["to_ship"], in_review=found["in_review"], unpaid=found["unpaid"])


def answers_due() -> tuple[int, datetime | None]:
    """Return how many orders wait for our answer to a dispute, and the earliest deadline."""
    found = Dispute.objects.to_answer().aggregate(
        orders=Count("order", distinct=True), due_at=Min("evidence_due_at")
    )
    return found["orders"], found["due_at"]


def decisions_due() -> int:
    """Return how many orders wait for a decision about a fraud warning."""
    return FraudWarning.objects.to_decide().values("order").distinct().count()


def troubled_refunds() -> "QuerySet[Refund]":
    """Refunds whose money has not gone back and that nobody has dealt with.

    A failed refund is dealt with when another was made of its payment afterwards, or when somebody
    settled the order's review since.
    """
    later = Refund.objects.filter(payment=OuterRef("payment"), pk__gt=OuterRef("pk"))
    settled = OrderEvent.objects.filter(
        order=OuterRef("order"),
        type=OrderEvent.Type.REVIEWED,
        created_at__gt=OuterRef("requested_at"),
    )
    return Refund.objects.filter(
        Q(status=Refund.Status.IN_DOUBT)
        | Q(status=Refund.Status.FAILED) & ~Exists(later) & ~Exists(settled)
    )
