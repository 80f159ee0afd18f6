"""Filters of the order list."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from orders import worklist
from orders.models import Order


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
            ("pay", "Wait for payment"),
        ]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Order]") -> "QuerySet[Order]":
        """Only the orders that wait for the work chosen."""
        match self.value():
            case "review":
                return queryset.filter(needs_review=True)
            case "ship":
                return queryset.filter(status=Order.Status.PAID, needs_review=False)
            case "refund":
                return queryset.filter(pk__in=worklist.troubled_refunds().values("order"))
            case "pay":
                return queryset.filter(status=Order.Status.PENDING)
        return queryset
