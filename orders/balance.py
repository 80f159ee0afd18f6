"""Whether Stripe's own account of our money is the ledger's, transaction by transaction."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from books.models import LedgerEntry
from orders.gateways.base import BalanceChange
from orders.marks import is_ours
from orders.models import Payment
from shop.lib.money import format_cents

Kind = LedgerEntry.Kind

AT_ONCE = 500
# Stripe's words (docs.stripe.com/reports/balance-transaction-types). Bank debits have words of their own:
# such a payment stands in the balance before its bank has answered, and a second transaction takes it out
# where the bank says no; a refund that comes back has the type of one that goes.
KIND_OF = {
    "charge": Kind.PAYMENT,
    "payment": Kind.PAYMENT,
    "refund": Kind.REFUND,
    "payment_refund": Kind.REFUND,
    "refund_failure": Kind.REFUND_FAILED,
}
DEBIT_FAILED = "payment_failure_refund"
# Money of a payment that a bank takes back later, past all disputes: nothing here books that.
REVERSED = "payment_reversal"


@dataclass(frozen=True)
class _Line:
    """What the ledger should say. `cents` in minor units of `currency`."""

    key: str
    cents: int
    currency: str

    def __str__(self) -> str:
        return f"{format_cents(self.cents, self.currency)} for {self.key}"


def balance_faults(changes: Iterable[BalanceChange]) -> Iterator[str]:
    """Compare both ways. Of an account that several shops share, other shops' money is left out.

    Needs a constant number of queries for each AT_ONCE changes; keeps the keys it has seen in memory.
    """
    seen: set[str] = set()
    exchanged: set[str] = set()
    debits, failed = set[str](), list[BalanceChange]()
    for some in _batches(changes):
        currency_of = _currencies(some)
        ours = [
            one for one in some if one.payment_reference in currency_of or is_ours(one.metadata)
        ]
        debits |= {one.charge for one in ours if one.type == "payment" and one.is_charge_paid}
        failed += [one for one in some if one.type == DEBIT_FAILED]
        lines = [line for change in ours for line in _lines(change)]
        new = _exchanged(ours, currency_of) - exchanged
        exchanged |= new
        yield from sorted(new)
        keys = [line.key for line in lines]
        booked = {entry.key: entry for entry in LedgerEntry.objects.filter(key__in=keys)}
        for line in lines:
            seen.add(line.key)
            yield from _compare(line, booked.get(line.key))
    for change in failed:
        # Of a debit that counts as paid: of any other, neither half is in the books.
        if change.charge in debits:
            yield from _compare(_Line(_key(change), change.amount_cents, change.currency), None)
    for entry in LedgerEntry.objects.iterator(chunk_size=AT_ONCE):
        if entry.key not in seen:
            line = _Line(entry.key, entry.amount_cents, entry.currency)
            yield f"Entry {entry.sequence} ({line}) is not in Stripe's balance."


def _currencies(changes: list[BalanceChange]) -> dict[str, str]:
    """Return {reference: currency} of those payments of `changes` that we know."""
    references = {change.payment_reference for change in changes}
    known = Payment.objects.filter(reference__in=references)
    return dict(known.values_list("reference", "currency"))


def _exchanged(changes: list[BalanceChange], currency_of: dict[str, str]) -> set[str]:
    """Say which currencies Stripe exchanges: no entry in the one can agree with the other."""
    pairs = {
        (currency_of.get(change.payment_reference, change.currency), change.currency)
        for change in changes
    }
    return {
        f"Stripe settles in {settled} what was paid in {paid}: the books are kept in {paid} and cannot"
        f" agree. Let Stripe settle in {paid}."
        for paid, settled in pairs
        if paid != settled
    }


def _lines(change: BalanceChange) -> list[_Line]:
    """Return the entries that follow from one balance transaction."""
    kind = KIND_OF.get(change.type)
    if not change.is_charge_paid:
        return []
    if kind == Kind.REFUND and change.amount_cents > 0:
        kind = Kind.REFUND_FAILED
    if kind == Kind.PAYMENT:
        subject, fee = f"{kind}:{change.payment_reference}", f"fee:{change.payment_reference}"
    elif kind:
        subject, fee = f"{kind}:{change.source}", ""
    elif change.type == REVERSED:
        subject, fee = _key(change), ""
    elif change.is_dispute:
        subject, fee = f"dispute:{change.reference}", f"dispute_fee:{change.reference}"
    else:
        return []
    lines = [
        _Line(subject, change.amount_cents, change.currency),
        _Line(fee, -change.fee_cents, change.currency),
    ]
    return [line for line in lines if line.key and line.cents]


def _key(change: BalanceChange) -> str:
    """Name a change that has no entry of its own in the books."""
    return f"{change.type}:{change.reference}"


def _compare(line: _Line, entry: LedgerEntry | None) -> Iterator[str]:
    if entry is None:
        yield f"Stripe has {line}; the ledger does not."
    elif (entry.amount_cents, entry.currency) != (line.cents, line.currency):
        booked = format_cents(entry.amount_cents, entry.currency)
        yield f"Stripe has {line}; entry {entry.sequence} says {booked}."


def _batches(changes: Iterable[BalanceChange]) -> Iterator[list[BalanceChange]]:
    source = iter(changes)
    while some := list(islice(source, AT_ONCE)):
        yield some
