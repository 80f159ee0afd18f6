"""The page of statements: what two people answer for today, on what evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from references import grades
from references.grades import Rubric
from references.models import Reference, Statement


@dataclass(frozen=True)
class Mark:
    """A numbered link to a source. The first one to it has an anchor, to which the list leads back."""

    number: int
    key: str
    is_first: bool


@dataclass(frozen=True)
class Shown:
    """A statement as the page shows it. Who wrote and approved it is not said."""

    statement: Statement
    rubric: Rubric
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Group:
    """The statements of one kind."""

    kind: str
    heading: str
    shown: tuple[Shown, ...]


@dataclass(frozen=True)
class StatementsPage:
    """All that stand, by kind, and their sources, numbered in the order of the page."""

    groups: tuple[Group, ...]
    sources: tuple[tuple[int, Reference], ...]


HEADINGS = {
    Statement.Kind.NUTRIENT: "What the vitamin is, and how much is advised",
    Statement.Kind.FUNCTION: "What the body does with it",
    Statement.Kind.DISEASE: "Deficiency and illness",
    Statement.Kind.PRODUCT: "Patches",
}


def statements_page(now: datetime) -> StatementsPage:
    """Return what stands at `now`. Two queries, one if nothing stands."""
    rows = Statement.objects.standing(now).prefetch_related("reference_rows__reference")
    by_kind: dict[str, list[Statement]] = {}
    for statement in rows:
        by_kind.setdefault(statement.kind, []).append(statement)
    sources: dict[str, tuple[int, Reference]] = {}
    groups = tuple(
        Group(kind, heading, tuple(_shown(by_kind[kind], sources)))
        for kind, heading in HEADINGS.items()
        if kind in by_kind
    )
    return StatementsPage(groups, tuple(sources.values()))


def _shown(
    statements: Iterable[Statement], sources: dict[str, tuple[int, Reference]]
) -> Iterable[Shown]:
    for statement in statements:
        marks = []
        for row in statement.reference_rows.all():
            key = row.reference.key
            is_first = key not in sources
            number, _ = sources.setdefault(key, (len(sources) + 1, row.reference))
            marks.append(Mark(number, key, is_first))
        yield Shown(statement, grades.OF_GRADE[Statement.Grade(statement.grade)], tuple(marks))
