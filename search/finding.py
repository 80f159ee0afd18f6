"""One search: from what was typed to the page of results that is shown. A fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import StrIndex
from django.utils.safestring import SafeString

from search.candidates import best_documents
from search.corrections import corrections, respelled
from search.excerpts import excerpt, marked
from search.models import Kind, SearchDocument, SearchWord
from search.queries import Query, read_query

PER_PAGE = 10
MOST_PAGES = 10
MOST = PER_PAGE * MOST_PAGES
# So many of the best are looked through for the words as they were typed, one after the other.
LOOKED_THROUGH_FOR_PHRASE = 50


@dataclass(frozen=True)
class Result:
    """One line of the results; title and excerpt are HTML with the matches marked."""

    kind: str
    path: str
    title: SafeString
    excerpt: SafeString


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see. `page` counts from 1; `is_exact` leaves the spelling alone."""

    query: Query
    kind: Kind | None = None
    page: int = 1
    is_exact: bool = False


@dataclass(frozen=True)
class Found:
    """The answer: `shown_for` is the text the results belong to, `meant` another one that may be better.

    Where they are the same, the spelling was corrected. `count` is at most MOST; with `has_more` there
    are others that nobody counts.
    """

    results: tuple[Result, ...] = ()
    count: int = 0
    has_more: bool = False
    page: int = 1
    shown_for: str = ""
    meant: str = ""

    @property
    def is_corrected(self) -> bool:
        """Whether the results are those of another spelling."""
        return bool(self.meant) and self.shown_for == self.meant


def search(wish: Wish, *, now: datetime) -> Found:
    """Return what `wish` asks for, as readers may see it at `now`.

    Where a word is unknown and a similar one finds something, that is shown and named in `meant`.
    """
    if not wish.query:
        return Found()
    known = _known(wish.query)
    unknown = [typed for same, typed in wish.query.terms.items() if same not in known]
    better = corrections(unknown)
    meant = read_query(respelled(wish.query.text, better)) if better else None
    if meant is None or not meant:
        return _answer(wish, wish.query, known, now)
    if wish.is_exact:
        return _answer(wish, wish.query, known, now, meant=meant.text)
    corrected = _answer(wish, meant, _known(meant), now, meant=meant.text)
    return corrected if corrected.results else _answer(wish, wish.query, known, now)


def _known(query: Query) -> dict[str, SearchWord]:
    rows = SearchWord.objects.filter(same__in=list(query.terms), documents__gt=0)
    return {word.same: word for word in rows}


def _answer(
    wish: Wish, query: Query, known: dict[str, SearchWord], now: datetime, *, meant: str = ""
) -> Found:
    if not known:
        return Found(shown_for=query.text, meant=meant)
    kinds = tuple(Kind) if wish.kind is None else (wish.kind,)
    best = best_documents(list(known.values()), kinds, now=now, most=MOST + 1)
    ranked = _phrase_first([pk for pk, _ in best[:MOST]], query)
    pages = max(1, -(-len(ranked) // PER_PAGE))
    page = min(max(1, wish.page), pages)
    shown = ranked[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Found(
        results=_results(shown, query),
        count=len(ranked),
        has_more=len(best) > MOST,
        page=page,
        shown_for=query.text,
        meant=meant,
    )


def _phrase_first(ranked: Sequence[int], query: Query) -> list[int]:
    """Put those first that have the words as typed, one after the other; otherwise keep the order."""
    if not query.phrase or not ranked:
        return list(ranked)
    rows = SearchDocument.objects.filter(pk__in=ranked[:LOOKED_THROUGH_FOR_PHRASE])
    with_phrase = set(
        rows.annotate(place=StrIndex("word_line", Value(f" {query.phrase} ")))
        .filter(place__gt=0)
        .values_list("pk", flat=True)
    )
    return sorted(ranked, key=lambda pk: pk not in with_phrase)


def _results(shown: Sequence[int], query: Query) -> tuple[Result, ...]:
    rows = SearchDocument.objects.only("kind", "path", "title", "summary", "body").in_bulk(shown)
    return tuple(_result(rows[pk], query) for pk in shown if pk in rows)


def _result(row: SearchDocument, query: Query) -> Result:
    wanted = query.terms.keys()
    texts = [text for text in (row.body, row.summary) if text]
    return Result(
        row.get_kind_display(), row.path, marked(row.title, wanted), excerpt(texts, wanted)
    )
