"""How much a document is about a word. Pure: the order title > keywords > summary > body is decided here."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from search.sources import Document
from search.words import words

TITLE, KEYWORDS, SUMMARY, BODY = 1000, 600, 400, 150
# A word of the body cannot outweigh one of the summary, however often it is repeated.
MOST_OF_BODY = 380
HIGHEST = 30_000
# Between two fields, so that no phrase reaches from one into the other.
BREAK = " | "


@dataclass(frozen=True)
class Weighed:
    """A document's words: {compared form: impact}, one spelling of each, and the line for phrases."""

    impacts: dict[str, int]
    spellings: dict[str, str]
    word_line: str


def weigh(document: Document) -> Weighed:
    """Return what the index keeps of `document`."""
    fields = [document.title, document.keywords, document.summary, document.body]
    found = [list(words(text)) for text in fields]
    title, keywords, summary, body = ([word.same for word in field] for field in found)
    impacts: Counter[str] = Counter()
    # In a short title each word says more of what the document is about.
    _add(impacts, title, TITLE + TITLE // max(2, len(title)))
    _add(impacts, keywords, KEYWORDS)
    _add(impacts, summary, SUMMARY)
    for same, times in Counter(body).items():
        impacts[same] += min(MOST_OF_BODY, round(BODY * (1 + math.log2(times) / 2)))
    spellings = {word.same: word.written for field in reversed(found) for word in reversed(field)}
    line = BREAK.join(" ".join(field) for field in (title, keywords, summary, body))
    return Weighed(
        {same: _boosted(weight, document.boost_percent) for same, weight in impacts.items()},
        spellings,
        f" {line} ",
    )


def rarity(documents: int, most: int) -> float:
    """Return how much a match of a word in so many documents counts: about 1 for the most common word of a
    search, which stands in `most`, and more for rarer ones.
    """
    return math.log(1 + 2 * most / max(1, documents))


def _add(impacts: Counter[str], found: Iterable[str], weight: int) -> None:
    for same in set(found):
        impacts[same] += weight


def _boosted(weight: int, percent: int) -> int:
    return max(1, min(HIGHEST, weight * percent // 100))
