"""Documents for tests of the search: a source of one's own, and a shop-like set of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from search import sources
from search.finding import Found, Wish, search
from search.indexing import rebuild
from search.models import Kind
from search.queries import read_query
from search.sources import Document, Source
from tests.factories import NOON


class Shelf:
    """A source whose documents a test puts in and takes out."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.held: dict[str, Document] = {}
        self.read: list[str] = []

    def put(self, *documents: Document) -> None:
        self.held.update({document.key: document for document in documents})

    def source(self, *, stamped: bool = False) -> Source:
        return Source(self.kind, self._documents, self._stamps if stamped else None)

    def _documents(self, keys: Collection[str] | None) -> Iterator[Document]:
        for key, document in list(self.held.items()):
            if keys is None or key in keys:
                self.read.append(key)
                yield document

    def _stamps(self) -> Mapping[str, datetime | None]:
        return {key: document.updated_at for key, document in self.held.items()}


def document(key: str, title: str = "", **fields: object) -> Document:
    """A document at its own path, titled by its key unless named."""
    path = fields.pop("path", f"/{key}/")
    return Document(key=key, path=path, title=title or key.replace("-", " "), **fields)  # type: ignore[arg-type]


def fill(documents: Iterable[Document], kind: Kind = Kind.POST) -> Shelf:
    """Register a shelf with these documents and rebuild the index of its kind."""
    shelf = Shelf(kind)
    shelf.put(*documents)
    sources.register(f"test-{kind.slug}", shelf.source())
    rebuild(kind)
    return shelf


def find(text: str, *, now: datetime = NOON, **wish: object) -> Found:
    """Search for what somebody typed."""
    return search(Wish(read_query(text), **wish), now=now)  # type: ignore[arg-type]


def paths(text: str, **wish: object) -> list[str]:
    """The paths of the results, the best first."""
    return [result.path for result in find(text, **wish).results]  # type: ignore[arg-type]
