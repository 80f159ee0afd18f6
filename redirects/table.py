"""The table of redirects: the only door through which it changes.

One change at a time, over all web nodes: two that do not see each other could build a chain or a loop.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from redirects.addresses import BadAddress, RedirectRefused, key_of, old_key, target_of
from redirects.models import NotFound, Redirect
from redirects.pointers import GONE, Kind, Pointer, Pointers

# Two numbers are a key space of their own; the ASCII letters "redi".
TURN = (0x72656469, 1)
DECIDED = ("new_path", "target_key", "kind", "source", "note")


@dataclass(frozen=True)
class Wish:
    """A redirect as somebody wants it, with its addresses in order."""

    old: str
    pointer: Pointer
    note: str | None = None  # None keeps the one that is there


def wish(
    old: str, new: str, kind: str, *, may_leave: bool = False, note: str | None = None
) -> Wish:
    """Return what was typed as a Wish. Raises BadAddress, ForeignHost, RedirectRefused."""
    key = old_key(old)
    if kind == Kind.GONE:
        if new.strip():
            raise RedirectRefused("What is gone leads nowhere: leave the new address empty.")
        return Wish(key, GONE, note)
    if not new.strip():
        raise RedirectRefused("Give the new address, or say that the page is gone.")
    return Wish(key, Pointer(target_of(new, may_leave=may_leave), Kind(kind)), note)


def add(old: str, new: str, *, kind: str, source: str, by: str, now: datetime) -> Redirect:
    """Have `old` lead to `new` from now on (to nowhere, with an empty `new`, if it is Kind.GONE).

    Chains collapse in both directions; a redirect that `old` has already is changed. Only staff may lead
    to another site. Raises RedirectLoop, BadAddress, ForeignHost, RedirectRefused.
    """
    may_leave = source == Redirect.Source.STAFF
    return put(wish(old, new, kind, may_leave=may_leave), source=source, by=by, now=now)


def put(wanted: Wish, *, source: str, by: str, now: datetime) -> Redirect:
    """Do what add() does for a Wish, whose note is kept too. Raises RedirectLoop."""
    with transaction.atomic():
        take_turn()
        rows = _rows_near(wanted)
        pointers = Pointers({old: row.pointer for old, row in rows.items()})
        changed = pointers.put(wanted.old, wanted.pointer)
        own = rows.setdefault(
            wanted.old, Redirect(old_path=wanted.old, created_at=now, created_by=by)
        )
        own.source, own.note = source, own.note if wanted.note is None else wanted.note
        for old in sorted(changed | {wanted.old}):
            rows[old].lead(pointers.by_old[old])
            # Not the hits: they go on counting while this happens.
            rows[old].save(update_fields=DECIDED if rows[old].pk else None)
        NotFound.objects.filter(path=wanted.old).delete()
    return own


def check(wanted: Wish) -> None:
    """Raise RedirectLoop where put() would. Changes nothing."""
    rows = _rows_near(wanted)
    Pointers({old: row.pointer for old, row in rows.items()}).put(wanted.old, wanted.pointer)


def pointers() -> Pointers:
    """Return the whole table as it is now, to be changed and given to store()."""
    return Pointers({row.old_path: row.pointer for row in Redirect.objects.all()})


def store(changed: Pointers, *, source: str, by: str, now: datetime) -> None:
    """Make the table what `changed` says, by a handful of queries. Call it in the transaction that took
    its turn before it read pointers().
    """
    rows = {row.old_path: row for row in Redirect.objects.all()}
    new, old = list[Redirect](), list[Redirect]()
    for path, pointer in changed.by_old.items():
        row = rows.get(path) or Redirect(old_path=path, created_at=now, created_by=by)
        if row.pk and row.pointer == pointer:
            continue
        row.lead(pointer)
        row.source = source
        (old if row.pk else new).append(row)
    bulk_create_with_history(new, Redirect)
    bulk_update_with_history(old, Redirect, DECIDED)
    NotFound.objects.filter(path__in=[row.old_path for row in new]).delete()


def moved(old: str, new: str, *, by: str, now: datetime) -> Redirect:
    """Note that the page at `old` lives at `new` now, also if it has lived there before.

    Raises BadAddress, ForeignHost.
    """
    with transaction.atomic():
        forget(new)
        return add(old, new, kind=Kind.PERMANENT, source=Redirect.Source.AUTOMATIC, by=by, now=now)


def forget(path: str) -> bool:
    """Free `path`, at which there is a page again; return whether it had a redirect. Raises BadAddress."""
    key = key_of(path)
    with transaction.atomic():
        take_turn()
        NotFound.objects.filter(path=key).delete()
        row = Redirect.objects.filter(old_path=key).first()
        if row:
            row.delete()
    return row is not None


def lookup(path: str) -> Redirect | None:
    """Return the redirect of a path (decoded, as requests have it), None where there is none.

    A redirect of an address in small letters also catches it in capitals. One query.
    """
    try:
        key = key_of(path)
    except BadAddress:
        return None
    rows = {row.old_path: row for row in Redirect.objects.filter(old_path__in={key, key.lower()})}
    return rows.get(key) or rows.get(key.lower())


def count_hit(redirect: Redirect, *, now: datetime) -> None:
    """Note that somebody was led. One query."""
    Redirect.objects.filter(pk=redirect.pk).update(hits=F("hits") + 1, last_hit_at=now)


def take_turn() -> None:
    """Wait until nobody else changes the table, and keep it until the transaction ends.

    On SQLite a transaction has the only write lock from its beginning (shop.lib.databases).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", TURN)


def _rows_near(wanted: Wish) -> dict[str, Redirect]:
    # There are no chains in the table, so one step in each direction is all there is to see.
    near = Q(old_path__in=[wanted.old, wanted.pointer.target.key]) | Q(target_key=wanted.old)
    return {row.old_path: row for row in Redirect.objects.filter(near)}
