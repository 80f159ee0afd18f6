"""Where documents come from. Each app describes its own as a Source; the roof registers them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from search.models import Kind


@dataclass(frozen=True)
class Document:
    """One thing that can be found. All texts are plain: HTML would be shown as it is typed.

    `key` is lasting and unique within its kind. `path` may have an anchor. `keywords` are tags and other
    names; they are searched and never shown. Times are aware, None is open. `boost_percent` below 100
    ranks lower, above 100 higher.
    """

    key: str
    path: str
    title: str
    summary: str = ""
    body: str = ""
    keywords: str = ""
    visible_from: datetime | None = None
    visible_until: datetime | None = None
    updated_at: datetime | None = None
    boost_percent: int = 100


@dataclass(frozen=True)
class Source:
    """Some or all documents of one kind.

    `documents(keys)` yields those with these keys that exist, all of them for None. What is scheduled or
    over may be among them (visible_from, visible_until); drafts may not.
    `stamps()` returns {key: updated_at} of all documents without reading their texts: with it the hourly
    look only reads what has changed. Leave it out where there are few.
    """

    kind: Kind
    documents: Callable[[Collection[str] | None], Iterable[Document]]
    stamps: Callable[[], Mapping[str, datetime | None]] | None = None


_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Let `source` take part in the search; the same name again replaces it.

    Several sources may give documents of one kind, if their keys differ.
    """
    _sources[name] = source


def unregister(name: str) -> None:
    """Take a source out again; its documents go with the next rebuild of their kind."""
    _sources.pop(name, None)


def sources_of(kind: Kind) -> list[Source]:
    """Return the registered sources of `kind`."""
    return [source for source in _sources.values() if source.kind == kind]


def documents_of(kind: Kind, keys: Collection[str] | None = None) -> Iterator[Document]:
    """Yield the documents of `kind` with these keys, all of them for None."""
    for source in sources_of(kind):
        yield from source.documents(keys)
