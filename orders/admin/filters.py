"""Filters of the order list."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from orders import worklist
from orders.models import Dispute, FraudWarning, Order
from orders.models.order import TO_SHIP


class ToDoFilter(admin.SimpleListFilter):
    """What has to be done with an order."""

    title = "what to do"
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds of work."""
        return [
            ("review", "Review"),
            ("ship", "Ship"),
            ("refund", "Look at a refund"),
            ("dispute", "Answer a dispute"),
            ("fraud", "Decide about a fraud warning"),
            ("frozen", "Frozen"),
            ("pay", "Wait for payment"),
        ]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Order]") -> "QuerySet[Order]":
        """Only the orders that wait for the work chosen."""
        chosen = _work().get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


def _work() -> dict[str, Q]:
    return {
        "review": Q(needs_review=True),
        "ship": TO_SHIP,
        "refund": Q(pk__in=worklist.troubled_refunds().values("order")),
        "dispute": Q(pk__in=Dispute.objects.to_answer().values("order")),
        "fraud": Q(pk__in=FraudWarning.objects.to_decide().values("order")),
        "frozen": Q(is_frozen=True),
        "pay": Q(status=Order.Status.PENDING, needs_review=False),
    }
