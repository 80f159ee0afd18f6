"""What banks do to payments, and whether the shop has followed: refunds that come back, debits,
disputes, inquiries, fraud warnings.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from post_office.models import Email

from orders.models import Dispute, FraudWarning, Order, OrderEvent
from tests.histories.choosing import about, intents, one_of
from tests.histories.end_state import DOUBLE, MONEY, ORDERS, UNITS, Finding, listed
from tests.sandbox.server import SandboxServer, fetch

if TYPE_CHECKING:
    from tests.histories.history import History

Type = OrderEvent.Type
DISPUTES, WARNINGS = "disputes", "radar/early_fraud_warnings"
OVER = {"won", "lost", "warning_closed"}
FREEZING = {Type.DISPUTE_OPENED: "dispute", Type.FRAUD_WARNED: "warning"}
RELEASING = {
    Type.DISPUTE_WON: "dispute",
    Type.DISPUTE_LOST: "dispute",
    Type.DISPUTE_CLOSED: "dispute",
    Type.FRAUD_DECIDED: "warning",
}


# --- acts ------------------------------------------------------------------------------------------


def refund_in_dashboard(history: "History", n: int) -> None:
    """Pay back in Stripe's own dashboard, past the shop."""
    intent = one_of(intents(history, "succeeded"), n)
    if intent:
        _tell(history, f"charges/{intent['id']}/refund", amount=50 + n)


def refund_comes_back(history: "History", n: int) -> None:
    """A bank refuses a refund, even one that had succeeded."""
    chosen = one_of(about(history, "refunds"), n)
    if chosen:
        _tell(history, f"refunds/{chosen['id']}/fail")


def debit_is_answered(history: "History", n: int) -> None:
    """The bank answers a debit."""
    intent = one_of(intents(history, "processing"), n // 2)
    if intent:
        _tell(history, f"delayed/{intent['id']}/{('succeed', 'fail')[n % 2]}")


def disputes(history: "History", n: int) -> None:
    """The bank takes back what is left of a payment, or a part of it."""
    _dispute(history, n // 2, **({"amount": 100 + n} if n % 2 else {}))


def asks_first(history: "History", n: int) -> None:
    """The bank asks about a payment and takes nothing yet."""
    _dispute(history, n, inquiry=1)


def answers_evidence(history: "History", n: int) -> None:
    """Staff send evidence in Stripe's dashboard."""
    chosen = one_of(about(history, DISPUTES), n)
    if chosen:
        evidence = {"evidence[product_description]": "A patch", "submit": "true"}
        url = f"{history.sandbox.url}/v1/disputes/{chosen['id']}"
        fetch(url, evidence, Authorization=f"Bearer {history.sandbox.key}")


def decides_dispute(history: "History", n: int) -> None:
    """The bank decides a dispute, or makes one of an inquiry."""
    chosen = one_of(about(history, DISPUTES), n // 3)
    if chosen:
        _tell(history, f"disputes/{chosen['id']}/{('win', 'lose', 'escalate')[n % 3]}")


def warns(history: "History", n: int) -> None:
    """The card's bank suspects a payment."""
    intent = one_of(intents(history, "succeeded"), n)
    if intent:
        _tell(history, f"charges/{intent['id']}/warn")


def _dispute(history: "History", n: int, **fields: Any) -> None:
    intent = one_of(intents(history, "succeeded"), n)
    if intent:
        _tell(history, f"charges/{intent['id']}/dispute", **fields)


def _tell(history: "History", route: str, **fields: Any) -> None:
    # What Stripe would not allow at this moment is answered 400: then it does not happen.
    fetch(f"{history.sandbox.url}/_control/{route}", fields or {"": ""})


# --- the end ---------------------------------------------------------------------------------------


def findings(sandbox: SandboxServer, orders: list[Order]) -> list[Finding]:
    """Return what is wrong with the disputes and warnings of `orders`, which nobody acts on any more."""
    found: list[Finding] = []
    there = {path: listed(sandbox, path) for path in (DISPUTES, WARNINGS)}
    for order in orders:
        order.refresh_from_db()
        ours = set(order.payments.values_list("reference", flat=True))
        claims, warnings = (
            [row for row in there[path] if row["payment_intent"] in ours]
            for path in (DISPUTES, WARNINGS)
        )
        found += [*_claims(order, claims), *_warnings(order, warnings), *_frozen(order, claims)]
        found += [*_told(order, len(claims), len(warnings)), *_left_frozen(order)]
    return found


def _claims(order: Order, claims: list[dict[str, Any]]) -> Iterator[Finding]:
    """Each dispute at Stripe is one row that says the same."""
    rows = {row.reference: row for row in Dispute.objects.filter(order=order)}
    for claim in claims:
        row = rows.pop(claim["id"], None)
        taken = -sum(transaction["amount"] for transaction in claim["balance_transactions"])
        here = row and (row.status, row.amount_cents, row.withdrawn_cents)
        if here != (claim["status"], claim["amount"], taken):
            text = (
                f"{order}: dispute {claim['id']} is {claim['status']}, {taken} taken; here {here}"
            )
            yield Finding(MONEY, claim["amount"], text)
    for reference, row in rows.items():
        yield Finding(MONEY, row.amount_cents, f"{order}: Stripe has no dispute {reference}")


def _warnings(order: Order, warnings: list[dict[str, Any]]) -> Iterator[Finding]:
    here = sorted(FraudWarning.objects.filter(order=order).values_list("reference", flat=True))
    if here != sorted(warning["id"] for warning in warnings):
        yield Finding(ORDERS, 1, f"{order}: warnings {here}, Stripe has {len(warnings)}")


def _frozen(order: Order, claims: list[dict[str, Any]]) -> Iterator[Finding]:
    """An order is frozen exactly while a dispute is open at Stripe or a warning waits for somebody."""
    is_waiting = order.fraud_warnings.filter(decision="").exists()
    is_open = any(claim["status"] not in OVER for claim in claims)
    if order.is_frozen != (is_waiting or is_open):
        yield Finding(ORDERS, 1, f"{order}: frozen {order.is_frozen}, open {is_open}, {is_waiting}")


def _told(order: Order, claims: int, warnings: int) -> Iterator[Finding]:
    """Each is an event and a mail to staff, once."""
    counts = {kind: order.events.filter(type=kind).count() for kind in (*FREEZING, *RELEASING)}
    decided = order.fraud_warnings.exclude(decision="").count()
    for kind, rows in (
        (Type.DISPUTE_OPENED, claims),
        (Type.FRAUD_WARNED, warnings),
        (Type.FRAUD_DECIDED, decided),
    ):
        if counts[kind] != rows:
            text = f"{order}: {kind} {counts[kind]} times for {rows}"
            yield Finding(DOUBLE, abs(counts[kind] - rows), text)
    verdicts = {"Dispute won": Type.DISPUTE_WON, "Dispute lost": Type.DISPUTE_LOST}
    for verdict, kind in verdicts.items():
        mails = Email.objects.filter(subject=f"{verdict}: order {order.number}").count()
        if mails != counts[kind]:
            text = f"{order}: “{verdict}” mailed {mails} times for {counts[kind]}"
            yield Finding(DOUBLE, abs(mails - counts[kind]), text)
    asked = Email.objects.filter(subject__startswith=f"Fraud warning: order {order.number}").count()
    if asked > warnings:
        yield Finding(DOUBLE, asked - warnings, f"{order}: asked {asked} times for {warnings}")


def _left_frozen(order: Order) -> Iterator[Finding]:
    """No parcel leaves between bad news and its end."""
    waiting = set[tuple[str, int]]()
    for event in order.events.order_by("pk"):
        if event.type in FREEZING:
            name = FREEZING[Type(event.type)]
            waiting.add((name, event.data[name]))
        elif event.type in RELEASING:
            name = RELEASING[Type(event.type)]
            waiting.discard((name, event.data[name]))
        elif event.type == Type.SHIPPED and waiting:
            yield Finding(UNITS, 1, f"{order}: a parcel left while {waiting} waited")
