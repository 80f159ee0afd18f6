"""Statements as readers meet them on their page, for the claims check."""

import re
from collections.abc import Iterator

from django.utils import timezone

from claims.row_texts import Piece, RowTexts, as_words
from references.models import Statement

_SENTENCE_END = re.compile(r"([.!?])(?=\s|$)")


def _pieces(statement: Statement) -> Iterator[Piece]:
    # The page shows the sources beside every word of it, so each sentence names them.
    marks = "".join(f" [ref:{row.reference.key}]" for row in statement.reference_rows.all())
    yield "text", "Statement", _SENTENCE_END.sub(rf"{marks}\1", statement.text)
    yield "limits", "What it does not say", _SENTENCE_END.sub(rf"{marks}\1", statement.limits)
    yield "population", "About whom", f"{statement.population}{marks}"
    yield "key", "Key", as_words(statement.key)


STATEMENT = RowTexts(
    model=Statement,
    pieces=_pieces,
    context=lambda statement: "blog",
    is_public=lambda statement: statement.is_standing(timezone.now()),
    listed=lambda: Statement.objects.prefetch_related("reference_rows__reference"),
)
ROWS = (STATEMENT,)
