"""Writing into the ledger."""

from datetime import datetime

from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from books.models import LedgerEntry, LedgerHead
from shop.lib.hash_chain import seal

Kind = LedgerEntry.Kind

# What must be the same when a key comes a second time. Times are not among it: a repetition by another
# door may know the moment less exactly, and the first telling stands.
_TOLD = ("kind", "order_number", "payment_reference", "reference", "amount_cents", "currency")


class LedgerConflict(Exception):
    """The key is in the ledger with other facts. Nothing was written; a person has to look."""


def post(  # noqa: PLR0913 (one for each column)
    kind: Kind | str,
    *,
    order_number: str,
    payment_reference: str,
    reference: str,
    amount_cents: int,
    currency: str,
    key: str,
    happened_at: datetime,
) -> LedgerEntry | None:
    """Add an entry; return it, or None when `key` is there already with the same facts.

    Call it inside the transaction that records what the money was for, as its last act: it locks the
    ledger's head until that transaction ends, and every other lock comes before that one. `amount_cents`
    is signed, minor units of `currency`, as it touched our balance; zero touches nothing and adds nothing.
    `happened_at` is aware.

    Raises LedgerConflict when `key` is there with other facts, ValueError when the sign does not fit
    `kind`, TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        msg = "books.ledger.post() belongs into the transaction that records the money's reason."
        raise TransactionManagementError(msg)
    entry = LedgerEntry(
        kind=Kind(kind),
        order_number=order_number,
        payment_reference=payment_reference,
        reference=reference,
        amount_cents=amount_cents,
        currency=currency.upper(),
        key=key,
        happened_at=happened_at,
    )
    _refuse_wrong_sign(entry)
    # The first look spares what comes again the wait for the lock; under the lock it is looked up anew.
    if not amount_cents or _is_there(entry):
        return None
    head = _locked_head()
    return None if _is_there(entry) else _append(entry, head)


def _refuse_wrong_sign(entry: LedgerEntry) -> None:
    cents, kind = entry.amount_cents, entry.kind
    wrong = (cents < 0 and kind in LedgerEntry.KINDS_THAT_ADD) or (
        cents > 0 and kind in LedgerEntry.KINDS_THAT_TAKE
    )
    if wrong:
        msg = f"{entry.key}: {cents} has the wrong sign for a {kind}"
        raise ValueError(msg)


def _is_there(entry: LedgerEntry) -> bool:
    old = LedgerEntry.objects.filter(key=entry.key).first()
    if old is None:
        return False
    differing = [name for name in _TOLD if getattr(old, name) != getattr(entry, name)]
    if differing:
        told = ", ".join(
            f"{name} {getattr(old, name)} → {getattr(entry, name)}" for name in differing
        )
        msg = f"{entry.key} is in the books with other facts: {told}"
        raise LedgerConflict(msg)
    return True


def _locked_head() -> LedgerHead:
    # Made on first use. Of two at once the second waits for the first here and then reads its head.
    return LedgerHead.objects.select_for_update().get_or_create(pk=LedgerHead.ONLY)[0]


def _append(entry: LedgerEntry, head: LedgerHead) -> LedgerEntry:
    entry.recorded_at = timezone.now()
    link = seal(head.link, entry.facts())
    entry.sequence, entry.previous_hash, entry.hash = link.sequence, link.previous_hash, link.hash
    entry.save(force_insert=True)
    head.advance_to(link)
    return entry
