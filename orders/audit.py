"""Whether the books fit the orders: money beside payments, refunds and disputes, packs beside lines.

The database is asked for differences only: neither queries nor memory grow with the number of orders
that are done. A shop that is open may change between two queries, so what is found is looked at again,
and only what is found both times counts.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from books import chain
from books.models import LedgerEntry
from orders.balance import balance_faults
from orders.gateways import gateway
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Dispute, Order, OrderEvent, OrderLine, Payment, Refund
from products.audit import stock_faults
from products.models import Reservation
from shop.lib.hash_chain import Link
from shop.lib.money import format_cents

Kind = LedgerEntry.Kind

# Refunds that the gateway has taken.
TAKEN = (Refund.Status.SENT, Refund.Status.SETTLED)
DISPUTE_KINDS = (Kind.DISPUTE, Kind.DISPUTE_WON)
# Refunds of money that came too late or twice: it never covered the order.
RETURNED = (Refund.Cause.LATE, Refund.Cause.CLOSED, Refund.Cause.DUPLICATE)


@dataclass(frozen=True)
class Section:
    """One claim, everything that was found against it, and why it was not looked at, if so."""

    claim: str
    findings: list[str]
    left_out: str = ""


def audit(noted: Link | None = None, *, offline: bool = False) -> list[Section]:
    """Look at everything; `offline` leaves out what only the gateway can tell.

    `noted` is a head of the ledger that was written down earlier.
    """
    looks: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("The ledger is as it was written", lambda: chain.verify(noted)),
        ("Payments and fees stand in it", payment_faults),
        ("Refunds stand in it", refund_faults),
        ("Disputes stand in it", dispute_faults),
        ("It adds up to every order", sum_faults),
        ("Every paid order is covered", cover_faults),
        ("Stock is the sum of its movements", stock_faults),
        ("Reserved packs belong to orders", reservation_faults),
    )
    at_home = [Section(claim, seen_twice(look)) for claim, look in looks]
    return [*at_home, _beside_the_gateway(offline=offline)]


def _beside_the_gateway(*, offline: bool) -> Section:
    claim = "Stripe's balance is the ledger's"
    if offline:
        return Section(claim, [], "Left out with --offline.")
    try:
        return Section(claim, seen_twice(lambda: balance_faults(gateway().list_balance())))
    except (GatewayUnavailable, GatewayRefused) as error:
        return Section(claim, [], f"Stripe did not answer as it should: {error}.")


def seen_twice(look: Callable[[], Iterable[str]]) -> list[str]:
    """Return what `look` finds two times in a row: what was just under way is no fault."""
    found = list(look())
    again = set(look()) if found else set()
    return [text for text in found if text in again]


def payment_faults() -> Iterator[str]:
    """Payments and fees without their entry, and the other way round."""
    paid = _entry_of(Kind.PAYMENT, OuterRef("amount_cents"), "currency")
    for row in Payment.objects.exclude(paid).select_related("order").order_by("pk"):
        yield f"Order {row.order.number}: payment {_told(row, row.currency)} is not in the ledger."
    fee = _entry_of(Kind.FEE, Value(0) - OuterRef("fee_cents"))
    told = Payment.objects.filter(fee_cents__isnull=False).exclude(fee_cents=0)
    for row in told.exclude(fee).select_related("order").order_by("pk"):
        yield f"Order {row.order.number}: the fee for {row.reference} is not in the ledger."
    rows = Payment.objects.filter(
        order__number=OuterRef("order_number"), reference=OuterRef("payment_reference")
    )
    same = Q(amount_cents=OuterRef("amount_cents"), currency=OuterRef("currency"))
    yield from _without_row(Kind.PAYMENT, rows.filter(same))
    yield from _without_row(Kind.FEE, rows.filter(fee_cents=Value(0) - OuterRef("amount_cents")))


def refund_faults() -> Iterator[str]:
    """Refunds without their entries, and the other way round. One that came back has two."""
    sent = _entry_of(Kind.REFUND, Value(0) - OuterRef("amount_cents"), "payment__currency")
    back = _entry_of(Kind.REFUND_FAILED, OuterRef("amount_cents"), "payment__currency")
    refunds = Refund.objects.select_related("order", "payment").order_by("pk")
    for row in refunds.filter(status__in=TAKEN).exclude(sent):
        told = _told(row, row.payment.currency)
        yield f"Order {row.order.number}: refund {told} is not in the ledger."
    for row in refunds.filter(sent, status=Refund.Status.FAILED).exclude(back):
        told = _told(row, row.payment.currency)
        yield f"Order {row.order.number}: refund {told} failed, but the ledger says it is gone."
    rows = Refund.objects.filter(
        order__number=OuterRef("order_number"),
        reference=OuterRef("reference"),
        payment__reference=OuterRef("payment_reference"),
        payment__currency=OuterRef("currency"),
    )
    yield from _without_row(
        Kind.REFUND,
        rows.filter(
            amount_cents=Value(0) - OuterRef("amount_cents"),
            status__in=[*TAKEN, Refund.Status.FAILED],
        ),
    )
    yield from _without_row(
        Kind.REFUND_FAILED,
        rows.filter(amount_cents=OuterRef("amount_cents"), status=Refund.Status.FAILED),
    )


def dispute_faults() -> Iterator[str]:
    """Payments of which the bank holds more or less than the ledger says."""
    by_payment = Q(payment_reference=OuterRef("reference"))
    payments = Payment.objects.annotate(
        booked=_sum(LedgerEntry.objects.filter(by_payment, kind__in=DISPUTE_KINDS)),
        held=_sum(Dispute.objects.filter(payment=OuterRef("pk")), "withdrawn_cents"),
    )
    for row in payments.exclude(booked=0 - F("held")).select_related("order").order_by("pk"):
        held, booked = format_cents(row.held, row.currency), format_cents(-row.booked, row.currency)
        yield (
            f"Order {row.order.number}: the bank holds {held} of payment {row.reference},"
            f" by the ledger {booked}."
        )
    rows = Payment.objects.filter(
        order__number=OuterRef("order_number"), reference=OuterRef("payment_reference")
    )
    for kind in (*DISPUTE_KINDS, Kind.DISPUTE_FEE):
        yield from _without_row(kind, rows)


def sum_faults() -> Iterator[str]:
    """Orders whose entries do not add up to payments less refunds less what banks hold."""
    orders: QuerySet[Any] = Order.objects.annotate(
        booked=_sum(
            LedgerEntry.objects.of_orders_money().filter(order_number=OuterRef("number")),
        ),
        due=_sum(_of(Payment))
        - _sum(_of(Refund).filter(status__in=TAKEN))
        - _sum(_of(Dispute), "withdrawn_cents"),
    )
    for order in orders.exclude(booked=F("due")).order_by("pk"):
        booked, due = format_cents(order.booked), format_cents(order.due)
        yield f"Order {order.number}: {booked} by the ledger, {due} by its payments and refunds."
    unknown = LedgerEntry.objects.exclude(
        Exists(Order.objects.filter(number=OuterRef("order_number")))
    )
    for entry in unknown:
        yield f"Entry {entry.sequence} is of order {entry.order_number}, which there is not."


def cover_faults() -> Iterator[str]:
    """Orders that count as paid without enough money, unless somebody accepted that."""
    accepted = OrderEvent.objects.filter(
        order=OuterRef("pk"), type=OrderEvent.Type.PAYMENT_ACCEPTED
    )
    orders: QuerySet[Any] = Order.objects.annotate(
        covered=_sum(_of(Payment).filter(currency=OuterRef("currency")))
        - _sum(_of(Refund).filter(cause__in=RETURNED).exclude(status=Refund.Status.FAILED))
    ).filter(status__in=[Order.Status.PAID, Order.Status.SHIPPED], covered__lt=F("total_cents"))
    for order in orders.exclude(Exists(accepted)).order_by("pk"):
        covered = format_cents(order.covered, order.currency)
        total = format_cents(order.total_cents, order.currency)
        yield f"Order {order.number} counts as paid: {covered} of {total} came."


def reservation_faults() -> Iterator[str]:
    """Packs reserved for no open order, or other ones than the order's open lines want."""
    state_of = {
        Order.Status.PENDING: Reservation.State.HELD,
        Order.Status.PAID: Reservation.State.ALLOCATED,
    }
    open_packs = Sum(F("quantity") - F("quantity_shipped") - F("quantity_withdrawn"))
    lines = OrderLine.objects.filter(order__status__in=state_of).order_by()
    wanted = {
        (number, sku): f"{packs} {state_of[Order.Status(status)]}"
        for number, sku, status, packs in lines.values_list(
            "order__number", "variant__sku", "order__status"
        ).annotate(packs=open_packs)
        if packs
    }
    reserved = {
        (number, sku): f"{packs} {state}"
        for number, sku, state, packs in Reservation.objects.values_list(
            "reference", "variant__sku", "state", "quantity"
        )
    }
    for number, sku in sorted(wanted.keys() | reserved.keys()):
        wants, has = (packs.get((number, sku), "none") for packs in (wanted, reserved))
        if wants != has:
            yield f"Order {number}: {sku} should be {wants}, is {has}."


def _entry_of(kind: Kind, amount: Any, currency: str = "") -> Exists:
    """Return the condition that a payment or refund has its entry of `kind`."""
    entries = LedgerEntry.objects.filter(
        kind=kind,
        key=Concat(Value(f"{kind}:"), OuterRef("reference")),
        order_number=OuterRef("order__number"),
        amount_cents=amount,
    )
    return Exists(entries.filter(currency=OuterRef(currency)) if currency else entries)


def _without_row(kind: Kind, rows: "QuerySet[Any]") -> Iterator[str]:
    for entry in LedgerEntry.objects.filter(kind=kind).exclude(Exists(rows)):
        told = _told(entry, entry.currency)
        what = entry.get_kind_display().lower()
        yield f"Entry {entry.sequence} ({what} {told}) has nothing of order {entry.order_number} beside it."


def _of(model: Any) -> "QuerySet[Any]":
    rows: QuerySet[Any] = model._default_manager.filter(order=OuterRef("pk"))
    return rows


def _sum(rows: "QuerySet[Any]", column: str = "amount_cents") -> Coalesce:
    # Grouped by a constant: one sum over all that fit the outer row.
    one = rows.order_by().annotate(one=Value(1)).values("one")
    return Coalesce(Subquery(one.annotate(total=Sum(column)).values("total")), 0)


def _told(row: Any, currency: str) -> str:
    return f"{row.reference} ({format_cents(abs(row.amount_cents), currency)})"
