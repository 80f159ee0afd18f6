"""How acts choose among what there is."""

from typing import TYPE_CHECKING, Any

from tests.histories.end_state import listed

if TYPE_CHECKING:
    from tests.histories.history import History


def one_of(rows: Any, n: int) -> Any:
    """The n-th of `rows`, counted round and round; None of none."""
    rows = list(rows)
    return rows[n % len(rows)] if rows else None


def intents(history: "History", status: str) -> list[dict[str, Any]]:
    """Stripe's payments of these buyers that are in `status`."""
    numbers = set(history.orders().values_list("number", flat=True))
    return [
        intent
        for intent in listed(history.sandbox, "payment_intents")
        if intent["metadata"].get("order") in numbers and intent["status"] == status
    ]


def about(history: "History", path: str) -> list[dict[str, Any]]:
    """Objects of Stripe's list at `path` that are about a payment of these buyers."""
    ours = {intent["id"] for intent in intents(history, "succeeded")}
    return [row for row in listed(history.sandbox, path) if row["payment_intent"] in ours]
