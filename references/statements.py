"""The life of a statement: one person writes it, another one approves it until a day; both are on record.

Every verb locks the row and compares its version, so nobody approves words that they have not seen. The
statement that a caller passes is brought up to date.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from claims.desk import open_findings
from references import grades
from references.models import Reference, Statement, StatementReference
from references.published_texts import STATEMENT


class SamePerson(Exception):
    """Whoever wrote a statement cannot approve it."""


class Changed(Exception):
    """Somebody changed the statement after it was shown."""


class NotReady(Exception):
    """The statement cannot be approved as it is. `reasons` say why, for staff."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


@dataclass(frozen=True)
class Words:
    """All that a statement says; who changes any of it takes the approval back."""

    text: str
    kind: str
    population: str
    grade: str
    limits: str
    references: tuple[Reference, ...] = ()


OWN = tuple(field.name for field in fields(Words) if field.name != "references")


@transaction.atomic
def write(key: str, words: Words, *, by: str, now: datetime) -> Statement:
    """Put a new statement into the register; an empty `by` leaves it unsigned."""
    written_at = now if by else None
    statement = Statement(key=key, written_by=by, written_at=written_at, version=1)
    _put(statement, words)
    return statement


@transaction.atomic
def revise(statement: Statement, words: Words, *, by: str, now: datetime) -> None:
    """Change what it says: `by` has written it from now on, and nobody has approved it. Raises Changed.

    The same words again change nothing.
    """
    locked = _locked(statement)
    if words_of(locked) != words:
        _take_up(locked, by=by, now=now)
        _put(locked, words)
    statement.refresh_from_db()


@transaction.atomic
def sign(statement: Statement, *, by: str, now: datetime) -> None:
    """Answer for words that nobody has signed, or that were withdrawn. Raises NotReady, Changed."""
    locked = _locked(statement)
    if locked.written_by and not locked.withdrawn_at:
        message = f"{locked.written_by} has signed it."
        raise NotReady(message)
    _take_up(locked, by=by, now=now)
    _save(locked, f"Signed by {by}")
    statement.refresh_from_db()


@transaction.atomic
def approve(
    statement: Statement, *, by: str, now: datetime, valid_until: date | None = None
) -> None:
    """Let texts cite it up to and including `valid_until`, a year without it; also once more, before its end.

    Raises SamePerson, NotReady, Changed.
    """
    locked = _locked(statement)
    # Log-in names that differ in capitals only are one person's.
    if locked.written_by.casefold() == by.casefold():
        raise SamePerson
    valid_until = valid_until or _in_a_year(localdate(now))
    if reasons := [*missing(locked), *_too_early(valid_until, now)]:
        raise NotReady(*reasons)
    locked.approved_by, locked.approved_at, locked.valid_until = by, now, valid_until
    locked.first_approved_at = locked.first_approved_at or now
    _save(locked, f"Approved by {by}")
    statement.refresh_from_db()


@transaction.atomic
def withdraw(statement: Statement, *, by: str, now: datetime, because: str) -> None:
    """Take it out of use, with a word on why; its key stays taken. Raises NotReady, Changed."""
    locked = _locked(statement)
    if locked.withdrawn_at or not because.strip():
        message = "It is withdrawn." if locked.withdrawn_at else "Say why it is withdrawn."
        raise NotReady(message)
    _take_back(locked)
    locked.withdrawn_by, locked.withdrawn_at, locked.withdrawn_because = by, now, because.strip()
    _save(locked, f"Withdrawn by {by}")
    statement.refresh_from_db()


def words_of(statement: Statement) -> Words:
    """Return what it says. One query, unless its sources are at hand."""
    rows = statement.reference_rows.all()
    if "reference_rows" not in vars(statement).get("_prefetched_objects_cache", {}):
        rows = rows.select_related("reference")
    own = {name: getattr(statement, name) for name in OWN}
    return Words(**own, references=tuple(row.reference for row in rows))


def missing(statement: Statement) -> Iterable[str]:
    """Yield what keeps a second person from approving it, for staff: no source, a grade that does not fit …"""
    words = words_of(statement)
    if statement.withdrawn_at:
        yield "It was withdrawn: somebody has to sign it again first."
    elif not statement.written_by:
        yield "Nobody has signed it as its writer."
    if not words.references:
        yield "It has no source."
    elif lacking := grades.lacks(words.grade, [each.kind for each in words.references]):
        yield lacking
    for one in open_findings(STATEMENT.of(statement)):
        yield f"The claims check flags “{one.sentence}”: {one.finding.suggestion}"


def sources_of(keys: Collection[str]) -> dict[str, tuple[Reference, ...]]:
    """Return the sources of the statements with these keys, standing or not. One query, none for no key."""
    found: dict[str, list[Reference]] = {}
    if keys:
        rows = StatementReference.objects.filter(statement__key__in=keys)
        for row in rows.select_related("statement", "reference").order_by("position", "pk"):
            found.setdefault(row.statement.key, []).append(row.reference)
    return {key: tuple(references) for key, references in found.items()}


# --- what the verbs share ------------------------------------------------------------------------


def _locked(statement: Statement) -> Statement:
    locked = Statement.objects.select_for_update().get(pk=statement.pk)
    if locked.version != statement.version:
        raise Changed
    locked.version += 1
    return locked


def _take_up(statement: Statement, *, by: str, now: datetime) -> None:
    _take_back(statement)
    statement.written_by, statement.written_at = by, now if by else None
    statement.withdrawn_by, statement.withdrawn_at, statement.withdrawn_because = "", None, ""


def _take_back(statement: Statement) -> None:
    statement.approved_by, statement.approved_at, statement.valid_until = "", None, None


def _put(statement: Statement, words: Words) -> None:
    for name in OWN:
        setattr(statement, name, getattr(words, name))
    _save(statement, f"Written by {statement.written_by or 'nobody yet'}", words.references)
    statement.reference_rows.all().delete()
    StatementReference.objects.bulk_create(
        StatementReference(statement=statement, reference=reference, position=position)
        for position, reference in enumerate(words.references)
    )


def _save(statement: Statement, what: str, references: Sequence[Reference] | None = None) -> None:
    sources = words_of(statement).references if references is None else references
    named = ", ".join(reference.key for reference in sources) or "none"
    history: Any = statement
    history._change_reason = f"{what}; sources: {named}"
    statement.save()


def _too_early(valid_until: date, now: datetime) -> Iterable[str]:
    if valid_until <= localdate(now):
        yield "Its last day must lie ahead."


def _in_a_year(day: date) -> date:
    # February 29 has no day a year later.
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004
