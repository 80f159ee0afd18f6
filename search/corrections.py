"""Words that were perhaps meant: the nearest of those the index knows, never another dictionary's."""

from collections.abc import Mapping, Sequence

from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.utils import timezone
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.models import SearchDocument, SearchPosting, SearchWord
from search.words import same_word, words

# The most frequent ones: with more words a mistyped one would cost more the more is published.
MOST_SPELLINGS = 5_000
SHORTEST = 4
# (edits, letters of the longest word that may differ by so many)
EDITS = ((1, 5), (2, 9), (3, 10_000))
# Several web servers agree within a minute.
SECONDS = 60
_KEY = "search:spellings"


def corrections(typed: Sequence[str]) -> dict[str, str]:
    """Return {compared form: better spelling} for those of the `typed` words that have one.

    One query, or none when another search has asked within the minute.
    """
    known = _spellings() if typed else {}
    pairs = ((word, _nearest(word.casefold(), known)) for word in typed if _is_correctable(word))
    return {same_word(word): better for word, better in pairs if better}


def respelled(text: str, better: Mapping[str, str]) -> str:
    """Return `text` with its words replaced by {compared form: better spelling}."""
    parts, end = [], 0
    for word in words(text):
        if word.same in better:
            parts += [text[end : word.start], better[word.same]]
            end = word.end
    return "".join([*parts, text[end:]])


def _spellings() -> dict[str, int]:
    """Return {spelling: documents} of the most frequent words that a reader can find now."""
    known: dict[str, int] | None = cache.get(_KEY)
    if known is None:
        visible = SearchDocument.objects.visible(timezone.now()).filter(pk=OuterRef("document"))
        anywhere = SearchPosting.objects.filter(Exists(visible), word=OuterRef("pk"))
        rows = SearchWord.objects.filter(Exists(anywhere), documents__gt=0)
        known = {
            spelling: documents
            for spelling, documents in rows.order_by("-documents", "pk").values_list(
                "spelling", "documents"
            )[:MOST_SPELLINGS]
            if _is_correctable(spelling)
        }
        cache.set(_KEY, known, SECONDS)
    return known


def _is_correctable(word: str) -> bool:
    return len(word) >= SHORTEST and not any(letter.isdigit() for letter in word)


def _nearest(word: str, known: Mapping[str, int]) -> str:
    edits = next(edits for edits, length in EDITS if len(word) <= length)
    near = process.extract(word, known.keys(), scorer=OSA.distance, score_cutoff=edits, limit=20)
    if near:
        # Few people mistype the first letter.
        return min(near, key=lambda one: (one[1] + (one[0][0] != word[0]), -known[one[0]]))[0]
    longer = [spelling for spelling in known if spelling.startswith(word)]
    return max(longer, key=lambda spelling: known[spelling], default="")
