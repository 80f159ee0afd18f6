"""Proving that the ledger is as it was written, entry by entry."""

from collections.abc import Iterator

from django.db import connection

from books.models import LedgerEntry, LedgerHead
from shop.lib.append_only import missing_guards
from shop.lib.hash_chain import START, Link, end_faults, faults

CHUNK = 2000


def verify(noted: Link | None = None) -> list[str]:
    """Read the ledger from its first entry to its last; return what is wrong, in plain words.

    `noted` is a head that was written down earlier: its number must still have its hash. Memory does not
    grow with the ledger, nobody is kept waiting, and entries posted meanwhile do no harm.
    """
    found = [f"The database does not refuse {action}: its trigger is gone." for action in _gone()]
    before = head()
    expected = [link for link in (before, noted) if link and link != START]
    last = START
    for entry in _entries():
        found += [_sentence(words) for words in faults(last, entry.link, entry.facts())]
        last = entry.link
        for link in expected:
            if link.sequence == last.sequence and link.hash != last.hash:
                found.append(f"Number {last.sequence} has another hash than was noted.")
    if noted and noted.sequence > max(last.sequence, before.sequence):
        found.append(f"Number {noted.sequence} was noted and is not there.")
    return found + [_sentence(words) for words in _end_faults(last, before)]


def head() -> Link:
    """Return where the ledger ends: what to note down outside of the database."""
    row = LedgerHead.objects.filter(pk=LedgerHead.ONLY).first()
    return row.link if row else START


def _end_faults(last: Link, before: Link) -> list[str]:
    if last.sequence <= before.sequence:
        return end_faults(last, before)
    after = head()
    # Later than what was read: somebody posted meanwhile.
    return [] if after.sequence > last.sequence else end_faults(last, after)


def _gone() -> list[str]:
    return [action.upper() for action in missing_guards(connection, LedgerEntry._meta.db_table)]


def _entries() -> Iterator[LedgerEntry]:
    return LedgerEntry.objects.order_by("sequence").iterator(chunk_size=CHUNK)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
