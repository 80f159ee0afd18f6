"""Statements as readers meet them on their page, for the claims check."""

from collections.abc import Iterator

from django.utils import timezone

from claims.row_texts import Piece, RowTexts, as_words, citing
from references.models import Statement


def _pieces(statement: Statement) -> Iterator[Piece]:
    marks = "".join(f" [ref:{row.reference.key}]" for row in statement.reference_rows.all())
    yield "text", "Statement", citing(statement.text, marks)
    yield "limits", "What it does not say", citing(statement.limits, marks)
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
