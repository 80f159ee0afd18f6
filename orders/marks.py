"""The marks on Stripe's objects that tell ours from those of other shops of the same account."""

from collections.abc import Mapping

from django.conf import settings
from django.db.models import QuerySet

from orders.models import Order, PaymentAttempt


def marks_of(order: Order, *, attempt: int) -> dict[str, str]:
    """Return what everything at Stripe that belongs to try number `attempt` to pay `order` is marked with."""
    return {"deployment": settings.DEPLOYMENT, "order": order.number, "attempt": str(attempt)}


def is_ours(metadata: Mapping[str, str]) -> bool:
    """Say whether an object with this `metadata` was made by this shop."""
    return bool(metadata.get("deployment") == settings.DEPLOYMENT)


def attempts_named(metadata: Mapping[str, str]) -> "QuerySet[PaymentAttempt]":
    """Return the try to pay that `metadata` of ours names: one row, or none."""
    number = metadata.get("attempt", "")
    return PaymentAttempt.objects.filter(
        order__number=metadata.get("order", ""),
        number=int(number) if number.isdecimal() else 0,
    )
