"""The texts of one kind of row: what of it visitors read, when, and in which context.

Sources, admin forms and the page that asks for an override all read a row through the same RowTexts, so
a sentence is the same sentence to each of them.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet, SlugField
from django.utils.text import capfirst

from claims.desk import PublishedText
from claims.markdown_text import markdown_text

Row = TypeVar("Row", bound=Model)
# The field, its name for people, its text.
Piece = tuple[str, str, str]

ROWS_AT_ONCE = 200
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")


def _always(row: Any) -> bool:
    return True


def _itself(row: Any) -> Any:
    return row


def of_fields(*names: str, markdown: tuple[str, ...] = ()) -> Callable[[Any], Iterator[Piece]]:
    """Return what reads these fields of a row; those in `markdown` without its signs, slugs as words."""

    def read(row: Any) -> Iterator[Piece]:
        for name in (*names, *markdown):
            field = row._meta.get_field(name)
            text = str(getattr(row, name) or "")
            if name in markdown:
                text = markdown_text(text)
            elif isinstance(field, SlugField):
                text = as_words(text)
            yield name, capfirst(str(field.verbose_name)), text

    return read


def as_words(slug: str) -> str:
    """Return the words of an address: "cures-anemia" says the same as "cures anemia"."""
    return slug.replace("-", " ").replace("_", " ")


def citing(text: str, marks: str) -> str:
    """Return `text` with `marks` in every sentence, where the page shows its sources beside all of it."""
    return _SENTENCE_END.sub(lambda end: marks + end[0], text)


@dataclass(frozen=True)
class RowTexts(Generic[Row]):
    """How the texts of `model` are read.

    `pieces(row)` yields field, label and text; a field that the row's form lacks is reported at its top.
    `context(row)` is one of claims.check.CONTEXTS. `is_public(row)` says whether visitors read the row
    now or will without another act of staff; `listed()` leaves out what old versions say, where there are
    any. `edited_in(row)` is the row on whose admin page it is edited. Rows with the same `key_field` are one
    subject: what is allowed in one of them is allowed in the next.
    """

    model: type[Row]
    pieces: Callable[[Row], Iterable[Piece]]
    context: Callable[[Row], str]
    is_public: Callable[[Row], bool] = _always
    edited_in: Callable[[Row], Model] = _itself
    listed: Callable[[], QuerySet[Row]] | None = None
    key_field: str = "pk"
    related: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """What begins the subjects of these rows: "pages.faqitem"."""
        return self.model._meta.label_lower

    def subject(self, row: Row) -> str:
        """Return how findings and overrides name the row."""
        return f"{self.prefix}:{getattr(row, self.key_field) or 'new'}"

    def of(self, row: Row) -> list[PublishedText]:
        """Return the texts of `row` as it is in memory, public or not."""
        subject, context, path = self.subject(row), self.context(row), self._edit_path(row)
        name = f"{capfirst(str(self.model._meta.verbose_name))} “{row}”"
        return [
            PublishedText(subject, field, f"{name}: {label}", text, context, path)
            for field, label, text in self.pieces(row)
            if text.strip()
        ]

    def of_key(self, key: str) -> list[PublishedText]:
        """Return the stored texts of one subject, public or not; none where there is no such row."""
        if not key.isdecimal():
            return []
        rows = self._rows().filter(**{self.key_field: int(key)})
        return [text for row in rows for text in self.of(row)]

    def stored(self, row: Row) -> Row | None:
        """Return `row` as it is in the database, None where it is new."""
        return None if row.pk is None else self._rows().filter(pk=row.pk).first()

    def public(self) -> Iterator[PublishedText]:
        """Yield the texts of all rows that visitors can read, some rows at a time."""
        return self._public(self._listed())

    def public_of(self, row: Row) -> list[PublishedText]:
        """Return what visitors can read of the subject that `row` belongs to."""
        return self.public_where(**{self.key_field: getattr(row, self.key_field)})

    def public_where(self, **values: Any) -> list[PublishedText]:
        """Return what visitors can read of the rows that have these values. One query."""
        return list(self._public(self._listed().filter(**values)))

    def _public(self, rows: QuerySet[Row]) -> Iterator[PublishedText]:
        ordered = rows.order_by(self.key_field, "pk")
        for row in ordered.iterator(chunk_size=ROWS_AT_ONCE):
            if self.is_public(row):
                yield from self.of(row)

    def _listed(self) -> QuerySet[Row]:
        return self._rows() if self.listed is None else self.listed()

    def _rows(self) -> QuerySet[Row]:
        return self.model._default_manager.select_related(*self.related)

    def _edit_path(self, row: Row) -> str:
        page = self.edited_in(row)
        if page.pk is None:
            return ""
        return f"/admin/{page._meta.app_label}/{page._meta.model_name}/{page.pk}/change/"
