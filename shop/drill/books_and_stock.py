"""Invariants 1 and 6: what the shop's own rows say, and whether the database refuses what is wrong."""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from books import ledger
from books.models import LedgerEntry
from orders import audit
from orders.models import Order
from products.models import StockMovement, Variant
from shop.drill import at_stripe
from shop.drill.report import Result
from shop.drill.stage import Stage
from shop.lib.money import format_cents

STOCK_CLAIMS = ("Stock is the sum of its movements", "Reserved packs belong to orders")
OURS = ("policies", "outbox", "throttle", "books", "accounts", "products", "orders", "pages")


class _Undo(Exception):
    """Ends a transaction that was only a try."""


def stock(stage: Stage) -> Result:
    """1: add up the stock of every pack, look for each promised constraint, try to write what is wrong."""
    findings = [
        text
        for section in stage.as_copied
        if section.claim in STOCK_CLAIMS
        for text in section.findings
    ]
    missing = missing_constraints()
    findings += [f"The database does not hold the rule {name}." for name in missing]
    pack = stage.pack
    row = Variant.objects.filter(pk=pack.pk)
    tries: dict[str, Callable[[], Any]] = {
        "more packs promised than are there": lambda: row.update(
            stock_reserved=F("stock_on_hand") + 1
        ),
        "fewer than none promised": lambda: row.update(stock_reserved=-1),
        "fewer packs there than are promised": lambda: row.update(
            stock_on_hand=F("stock_reserved") - 1
        ),
        "a stock movement changed": lambda: _write(StockMovement, "UPDATE {} SET quantity = 7"),
        "a stock movement removed": lambda: _write(StockMovement, "DELETE FROM {}"),
    }
    stage.have(pack.available + 1)
    accepted = list(_accepted(tries))
    stage.have(pack.available - 1)
    findings += [f"The database took it: {name}." for name in accepted]
    packs, moved = Variant.objects.count(), StockMovement.objects.count()
    tried = (
        f"{moved} movements of {packs} pack sizes added up; the database refused "
        f"{len(tries) - len(accepted)} of {len(tries)} wrong writes; of its rules {len(missing)} are missing."
    )
    return Result(1, tried, tuple(findings))


def ledger_as_copied(stage: Stage) -> Result:
    """6, first: the books as they were copied, and writes that no ledger allows."""
    findings = [
        text
        for section in stage.as_copied
        if section.claim not in STOCK_CLAIMS
        for text in section.findings
    ]
    tries: dict[str, Callable[[], Any]] = {
        "a ledger entry changed": lambda: _write(LedgerEntry, "UPDATE {} SET amount_cents = 7"),
        "a ledger entry removed": lambda: _write(LedgerEntry, "DELETE FROM {}"),
        "an entry with the wrong sign": _post_with_wrong_sign,
    }
    accepted = list(_accepted(tries, before=_post_something))
    findings += [f"The database took it: {name}." for name in accepted]
    entries, orders = LedgerEntry.objects.count(), Order.objects.count()
    tried = (
        f"{entries} entries against {orders} orders as copied; the database refused "
        f"{len(tries) - len(accepted)} of {len(tries)} wrong writes"
    )
    return Result(6, f"{tried}.", tuple(findings))


def ledger_after(stage: Stage, before: Result) -> Result:
    """6, last: the books again after all that was tried, beside the sandbox's own balance."""
    # What was wrong already when it was copied has been told, with other numbers perhaps.
    known = {section.claim for section in stage.as_copied if section.findings}
    findings = [*before.findings]
    for section in audit.audit(offline=True):
        if section.claim not in known:
            findings += [f"Afterwards: {text}" for text in section.findings]
    own = LedgerEntry.objects.filter(sequence__gte=stage.first_entry)
    ours, theirs = own.total_cents(), at_stripe.balance_cents()
    if ours != theirs:
        findings.append("Afterwards: ledger and Stripe's balance differ.")
    tried = (
        f"{before.tried[:-1]}; {own.count()} more while drilling: {format_cents(ours)} by the ledger, "
        f"{format_cents(theirs)} by Stripe's balance."
    )
    return Result(6, tried, tuple(findings))


def missing_constraints() -> list[str]:
    """Return the names of our models' constraints that the database does not have."""
    names = {
        str(one.name)
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for one in model._meta.constraints
    }
    if connection.vendor == "postgresql":
        query = "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
    else:
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
    with connection.cursor() as cursor:
        cursor.execute(query)
        told = {str(text) for (text,) in cursor.fetchall()}
    if connection.vendor == "postgresql":
        return sorted(names - told)
    # SQLite keeps the statements that made its tables and indexes: each names what it holds.
    return sorted(name for name in names if not any(f'"{name}"' in sql for sql in told))


def _accepted(
    tries: dict[str, Callable[[], Any]], before: Callable[[], Any] = lambda: None
) -> Iterator[str]:
    """Yield the names of writes that the database took. Each is undone, whatever came of it."""
    for name, write in tries.items():
        try:
            with transaction.atomic():
                before()
                write()
                yield name
                raise _Undo
        except (_Undo, DatabaseError):
            continue


def _write(model: Any, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(connection.ops.quote_name(model._meta.db_table)))


def _post_with_wrong_sign() -> None:
    entry = LedgerEntry.objects.order_by("-sequence")[0]
    entry.pk = None
    entry.sequence, entry.key, entry.hash = entry.sequence + 1, "drill:sign", "0" * 64
    entry.kind, entry.amount_cents = ledger.Kind.REFUND, 1
    # Past the shop's own check: the database is asked.
    entry.save(force_insert=True)


def _post_something() -> None:
    ledger.post(
        ledger.Kind.PAYMENT,
        order_number="DRILL",
        payment_reference="drill",
        reference="drill",
        amount_cents=1,
        currency="USD",
        key="drill:try",
        happened_at=timezone.now(),
    )
