"""Writing the index of words. Only search.indexing calls this, inside its turn."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import connection, models
from django.db.models import Count, F

from search.models import SearchDocument, SearchPosting, SearchWord
from search.weights import Weighed


def write(weighed: Mapping[int, tuple[int, Weighed]]) -> None:
    """Put the words of documents, {id: (kind, what was weighed)}, in place of those they had."""
    ids = _ids_of({same: text for _, each in weighed.values() for same, text in _spelled(each)})
    counts = Counter(
        SearchPosting.objects.filter(document__in=weighed).values_list("word", flat=True)
    )
    change: Counter[int] = Counter({word: -times for word, times in counts.items()})
    SearchPosting.objects.filter(document__in=weighed).delete()
    rows = [
        (document, ids[same], kind, impact)
        for document, (kind, each) in weighed.items()
        for same, impact in each.impacts.items()
    ]
    change.update(row[1] for row in rows)
    # In the order of the index, which takes them in faster so.
    _insert(sorted(rows, key=lambda row: (row[1], row[3])))
    _count(change)


def forget(documents: Collection[int]) -> None:
    """Delete documents and their words."""
    mine = SearchPosting.objects.filter(document__in=documents)
    _count(Counter({word: -1 * times for word, times in Counter(_words_of(mine)).items()}))
    mine.delete()
    SearchDocument.objects.filter(pk__in=documents).delete()


def recount() -> int:
    """Count the documents of every word anew, drop words that stand nowhere; returns how many those were."""
    counted = dict(
        SearchPosting.objects.order_by().values_list("word").annotate(times=Count("document"))
    )
    wrong = Counter[int]()
    for pk, documents in SearchWord.objects.values_list("pk", "documents"):
        wrong[pk] = counted.get(pk, 0) - documents
    _count(wrong)
    dropped, _ = SearchWord.objects.filter(documents=0).delete()
    return dropped


def _spelled(each: Weighed) -> Iterable[tuple[str, str]]:
    return each.spellings.items()


def _words_of(postings: models.QuerySet[SearchPosting]) -> Iterable[int]:
    return postings.values_list("word", flat=True)


def _ids_of(spellings: Mapping[str, str]) -> dict[str, int]:
    """Return {compared form: id}; words that are new get a row."""
    known = _known(spellings)
    new = [
        SearchWord(same=same, spelling=written[:60].casefold())
        for same, written in spellings.items()
        if same not in known
    ]
    if new:
        SearchWord.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
        known |= _known({word.same for word in new})
    return known


def _known(wanted: Iterable[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    left = sorted(wanted)
    for start in range(0, len(left), 500):
        rows = SearchWord.objects.filter(same__in=left[start : start + 500])
        known.update(rows.values_list("same", "pk"))
    return known


def _insert(rows: list[tuple[int, int, int, int]]) -> None:
    """Insert postings without making an object of each: there are hundreds in every document."""
    into = f"{SearchPosting._meta.db_table} (document_id, word_id, kind, impact)"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                copy.write("".join("\t".join(map(str, row)) + "\n" for row in rows))
        else:
            insert = f"INSERT INTO {into} VALUES (%s, %s, %s, %s)"  # noqa: S608 (names of our own)
            cursor.executemany(insert, rows)


def _count(change: Mapping[int, int]) -> None:
    """Add to the number of documents of each word; words with the same change in one statement."""
    words: defaultdict[int, list[int]] = defaultdict(list)
    for word, step in change.items():
        if step:
            words[step].append(word)
    for step, changed in words.items():
        for start in range(0, len(changed), 500):
            some = SearchWord.objects.filter(pk__in=changed[start : start + 500])
            some.update(documents=F("documents") + step)
