"""The best documents for some words, read from the index without looking at all that have them.

Each word brings the documents in which it weighs most, the rarest word the most of them, together at most
CANDIDATES of each kind. Only among these it is asked which have the other words too. So a word that stands in
every one of ten thousand posts costs what it costs among a hundred.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from search.models import Kind, SearchDocument, SearchPosting, SearchWord
from search.weights import rarity

CANDIDATES = 101
# Of what is left for them, the rarest word takes this part, then the next.
SHARE = 0.6

_ARM = """SELECT * FROM (
  SELECT p.document_id FROM {postings} p JOIN {documents} d ON d.id = p.document_id
  WHERE p.word_id = %s AND p.kind = %s
    AND (d.visible_from IS NULL OR d.visible_from <= %s)
    AND (d.visible_until IS NULL OR d.visible_until > %s)
  ORDER BY p.impact DESC, p.document_id DESC LIMIT %s) AS arm_{number}"""

# A CROSS JOIN, because SQLite takes its sides in their order: it would read every posting of a common word
# instead of those of the few candidates.
_RANKED = """WITH candidate (document_id) AS ({arms})
SELECT p.document_id, COUNT(*), SUM(p.impact * CASE p.word_id {weights} END) AS score
FROM candidate CROSS JOIN {postings} p
WHERE p.document_id = candidate.document_id AND p.word_id IN ({words})
GROUP BY p.document_id
ORDER BY CASE WHEN COUNT(*) = %s THEN 0 ELSE 1 END, score DESC, p.document_id DESC
LIMIT %s"""


def best_documents(
    found: Sequence[SearchWord], kinds: Iterable[Kind], *, now: datetime, most: int
) -> list[tuple[int, int]]:
    """Return (id, number of the words it has) of up to `most` visible documents, the best first. One query.

    Those with all words come before those with some. `found` are rows of the index, at least one.
    """
    arms, parameters = _arms(sorted(found, key=_documents), list(kinds), now)
    most_common = max(word.documents for word in found)
    weights = [(word.pk, round(10 * rarity(word.documents, most_common))) for word in found]
    sql = _RANKED.format(
        arms="\nUNION ".join(arms),
        weights=" ".join(["WHEN %s THEN %s"] * len(weights)),
        words=", ".join(["%s"] * len(weights)),
        postings=_quoted(SearchPosting),
    )
    parameters += [number for pair in weights for number in pair]
    parameters += [*(pk for pk, _ in weights), len(weights), most]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _arms(
    rarest_first: Sequence[SearchWord], kinds: Sequence[Kind], now: datetime
) -> tuple[list[str], list[Any]]:
    arms: list[str] = []
    parameters: list[Any] = []
    moment = connection.ops.adapt_datetimefield_value(now)
    left = CANDIDATES
    for place, word in enumerate(rarest_first, start=1):
        share = left if place == len(rarest_first) else round(left * SHARE)
        limit = min(word.documents, max(1, share))
        left = max(0, left - limit)
        for kind in kinds:
            arms.append(
                _ARM.format(
                    number=len(arms),
                    postings=_quoted(SearchPosting),
                    documents=_quoted(SearchDocument),
                )
            )
            parameters += [word.pk, int(kind), moment, moment, limit]
    return arms, parameters


def _quoted(model: type[SearchPosting | SearchDocument]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _documents(word: SearchWord) -> int:
    return word.documents
