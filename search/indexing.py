"""Keeping the index true to the rows it was made from.

The rows of the apps are the truth. `index` and `remove` follow one change at once; `mend` finds by the
documents' times what they missed; `rebuild` compares every text. All of them are safe to repeat, and what
has not changed costs no write.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction

from search import postings
from search.models import IndexTurn, Kind, SearchDocument, SearchPosting, SearchWord
from search.sources import Document, Source, documents_of, sources_of
from search.weights import weigh
from search.words import RULES, tidy

# So many documents hold the write lock of SQLite for a third of a second, not longer.
BATCH = 50
LONGEST_BODY = 100_000

T = TypeVar("T")

_is_paused: ContextVar[bool] = ContextVar("search_is_paused", default=False)


@dataclass(frozen=True)
class Changes:
    """What was done to the index, in documents."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.written + other.written,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
        )

    def __str__(self) -> str:
        return f"{self.written} written, {self.unchanged} unchanged, {self.removed} removed"


@contextmanager
def paused() -> Iterator[None]:
    """Follow no row inside: for whoever writes many and calls mend() or rebuild() at the end."""
    token = _is_paused.set(True)
    try:
        yield
    finally:
        _is_paused.reset(token)


def is_paused() -> bool:
    """Say whether somebody will take in what is written now later, all of it at once."""
    return _is_paused.get()


def index(kind: Kind, keys: Iterable[str]) -> Changes:
    """Read these documents from their sources and take them in; those that are gone leave the index."""
    done = Changes()
    for batch in _batches(sorted(set(keys))):
        with _turn():
            # Read inside the turn: whoever comes later has read later.
            documents = list(documents_of(kind, batch))
            done += _take_in(kind, documents)
            done += _drop(kind, set(batch) - {document.key for document in documents})
    return done


def remove(kind: Kind, keys: Iterable[str]) -> Changes:
    """Take documents out of the index, whatever their sources say; unknown keys do nothing."""
    done = Changes()
    for batch in _batches(sorted(set(keys))):
        with _turn():
            done += _drop(kind, batch)
    return done


def mend(kind: Kind | None = None) -> Changes:
    """Take in what of `kind` (None: of all) has another time than its document; what no source knows goes."""
    done = Changes()
    for each in Kind if kind is None else (kind,):
        stored = dict(SearchDocument.objects.filter(kind=each).values_list("key", "updated_at"))
        seen: set[str] = set()
        for source in sources_of(each):
            if source.stamps is None:
                done += _compare(each, source, seen)
                continue
            stamps = source.stamps()
            seen.update(stamps)
            missed = object()
            done += index(
                each, [key for key, at in stamps.items() if stored.get(key, missed) != at]
            )
        done += remove(each, stored.keys() - seen)
    _look_anew(done)
    return done


def rebuild(kind: Kind | None = None) -> Changes:
    """Compare every text of `kind` (None: of all kinds) with the index and put right what differs.

    Also what the rules of search.words or search.spellings have changed. Readers find everything
    meanwhile: each document is exchanged by itself.
    """
    done = Changes()
    for each in Kind if kind is None else (kind,):
        seen: set[str] = set()
        for source in sources_of(each):
            done += _compare(each, source, seen)
        stored = SearchDocument.objects.filter(kind=each).values_list("key", flat=True)
        done += remove(each, set(stored) - seen)
    with _turn():
        postings.recount()
    _look_anew(done)
    return done


def _look_anew(done: Changes) -> None:
    """After a bulk load, let PostgreSQL see what is in the tables by which it plans; it would in minutes."""
    if done.written >= BATCH and connection.vendor == "postgresql":
        models = (SearchDocument, SearchPosting, SearchWord)
        names = [connection.ops.quote_name(model._meta.db_table) for model in models]
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(names)}")


@contextmanager
def _turn() -> Iterator[None]:
    """Wait until nobody else writes to the index: the counts of words are sums over all documents."""
    with transaction.atomic():
        # SQLite knows no lock of a row; there every transaction begins with the lock of all.
        IndexTurn.objects.select_for_update().get_or_create(pk=1)
        yield


def _compare(kind: Kind, source: Source, seen: set[str]) -> Changes:
    done = Changes()
    for batch in _batches(source.documents(None)):
        seen.update(document.key for document in batch)
        with _turn():
            done += _take_in(kind, batch)
    return done


def _take_in(kind: Kind, documents: Iterable[Document]) -> Changes:
    digests = {(document := _tidied(each)): _digest(document) for each in documents}
    known = SearchDocument.objects.filter(kind=kind, key__in=[each.key for each in digests])
    unchanged = dict(known.values_list("key", "digest"))
    changed = [each for each, digest in digests.items() if unchanged.get(each.key) != digest]
    if changed:
        _write(kind, {each: digests[each] for each in changed})
    return Changes(written=len(changed), unchanged=len(digests) - len(changed))


def _write(kind: Kind, documents: dict[Document, str]) -> None:
    weighed = {document.key: weigh(document) for document in documents}
    rows = [
        SearchDocument(
            kind=kind, digest=digest, word_line=weighed[document.key].word_line, **asdict(document)
        )
        for document, digest in documents.items()
    ]
    fields = [field.name for field in SearchDocument._meta.concrete_fields]
    SearchDocument.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=[name for name in fields if name not in {"id", "kind", "key"}],
    )
    ids = SearchDocument.objects.filter(kind=kind, key__in=weighed).values_list("key", "pk")
    postings.write({pk: (int(kind), weighed[key]) for key, pk in ids})


def _drop(kind: Kind, keys: Collection[str]) -> Changes:
    ids = SearchDocument.objects.filter(kind=kind, key__in=keys).values_list("pk", flat=True)
    found = list(ids)
    if found:
        postings.forget(found)
    return Changes(removed=len(found))


def _tidied(document: Document) -> Document:
    return replace(
        document,
        title=tidy(document.title)[:300],
        summary=tidy(document.summary),
        body=tidy(document.body)[:LONGEST_BODY],
        keywords=tidy(document.keywords),
    )


def _digest(document: Document) -> str:
    parts = [RULES, asdict(document)]
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch
