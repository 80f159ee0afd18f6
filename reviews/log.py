"""Writing the public log of reviews, and proving that nothing of it is gone.

Everything that changes a review takes the head's lock first, so that all acts stand in one order and the
counts (reviews/counting.py) are changed by one at a time.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from reviews import standing
from reviews.models import Flag, LogEntry, LogHead, Review, ReviewVersion
from reviews.sealing import digest_of, told_stars
from shop.lib.append_only import missing_guards
from shop.lib.hash_chain import START, Link, end_faults, faults, seal

CHUNK = 2000
# Tables of which the log can be sure only because nobody can rewrite them.
GUARDED = (Review, ReviewVersion, LogEntry, Flag)
ERASABLE = {ReviewVersion, LogEntry, Flag}


def locked_head() -> LogHead:
    """Return the head of the log, locked until the transaction ends. Raises TransactionManagementError."""
    if not transaction.get_connection().in_atomic_block:
        msg = "The log of reviews is written in the transaction that changes the review."
        raise TransactionManagementError(msg)
    return LogHead.objects.select_for_update().get_or_create(pk=LogHead.ONLY)[0]


def next_number() -> int:
    """Return the number of the next submission. The caller holds the head's lock."""
    return last_number() + 1


def write(  # noqa: PLR0913 (one for each column)
    review: Review,
    kind: LogEntry.Kind,
    *,
    version: ReviewVersion | None,
    now: datetime,
    actor: str = "",
    note: str = "",
    reason: str = "",
) -> LogEntry:
    """Add an entry about `review`; it tells the stars unless it is undecided. `actor` is a user name.

    Raises TransactionManagementError outside a transaction.
    """
    head = locked_head()
    entry = LogEntry(
        number=review.number,
        kind=kind,
        stars=told_stars(kind, Review.State(review.state), review.stars),
        is_verified=review.order_line_id is not None,
        source=review.source,
        reason=reason,
        at=now,
        review=review,
        version=version,
        actor=actor,
        note=note,
    )
    entry.digest = digest_of(entry, version)
    link = seal(head.link, entry.facts())
    entry.sequence, entry.previous_hash, entry.hash = link.sequence, link.previous_hash, link.hash
    entry.save(force_insert=True)
    head.advance_to(link, max(head.last_number, review.number))
    return entry


def head() -> Link:
    """Return where the log ends: what to note down outside of the database."""
    row = LogHead.objects.filter(pk=LogHead.ONLY).first()
    return row.link if row else START


def verify(noted: Link | None = None) -> list[str]:
    """Read the log from its first entry to its last; return what is wrong, in plain words.

    Also: that the numbers of submissions have no gap, that every review stands as its last entry says, and
    that no word of an author, no actor and no note was changed. `noted` is a head from earlier. Memory does
    not grow with the log, nobody is kept waiting, and what is written meanwhile does no harm.
    """
    found = [f"The database does not refuse {what}: its trigger is gone." for what in _gone()]
    return [*found, *_chain_faults(noted), *_standing_faults()]


def last_number() -> int:
    """Return the number of the last submission, 0 before the first."""
    return (
        LogHead.objects.filter(pk=LogHead.ONLY).values_list("last_number", flat=True).first() or 0
    )


def _chain_faults(noted: Link | None) -> list[str]:
    """Tell what is missing, changed, inserted or swapped in the chain itself."""
    found: list[str] = []
    before = head()
    expected = [link for link in (before, noted) if link and link != START]
    last, number = START, 0
    for entry in _entries():
        found += [_sentence(words) for words in faults(last, entry.link, entry.facts())]
        last = entry.link
        if entry.kind == LogEntry.Kind.RECEIVED:
            if entry.number != number + 1:
                found.append(
                    f"Review {number + 1} should come next in the log: {entry.number} does."
                )
            number = entry.number
        for link in expected:
            if link.sequence == last.sequence and link.hash != last.hash:
                found.append(f"Entry {link.sequence} has another hash than was noted.")
    if noted and noted.sequence > max(last.sequence, before.sequence):
        found.append(f"Entry {noted.sequence} was noted and is not there.")
    return found + [_sentence(words) for words in _end_faults(last, number, before)]


def _end_faults(last: Link, number: int, before: Link) -> list[str]:
    if last.sequence <= before.sequence:
        found = end_faults(last, before)
    else:
        after = head()
        # Later than what was read: somebody wrote meanwhile.
        found = [] if after.sequence > last.sequence else end_faults(last, after)
    row = LogHead.objects.filter(pk=LogHead.ONLY).first()
    if row and row.sequence == last.sequence and row.last_number != number:
        found.append(f"the last number is noted as {row.last_number}, and is {number}")
    return found


def _standing_faults() -> Iterator[str]:
    for span in standing.spans():
        if not standing.faults_in(span):
            continue
        with transaction.atomic():
            locked_head()  # nobody writes now: what is still wrong is wrong
            found = standing.faults_in(span)
        yield from found


def _gone() -> Iterator[str]:
    for model in GUARDED:
        table = model._meta.db_table
        for action in missing_guards(connection, table, has_erasable=model in ERASABLE):
            yield f"{action.upper()} on {table}"


def _entries() -> Iterator[LogEntry]:
    return LogEntry.objects.order_by("sequence").iterator(chunk_size=CHUNK)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
