"""What a file would do, line by line, for the page and the command of an import in two steps."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


@dataclass(frozen=True)
class Line:
    """One line of the file and what becomes of it, in words."""

    number: int
    outcome: StrEnum
    words: str

    def __str__(self) -> str:
        return f"Line {self.number}, {self.outcome}: {self.words}"


@dataclass(frozen=True)
class FilePlan:
    """What the lines of a file do; `outcomes` are what can become of one, in the order of the summary."""

    outcomes: ClassVar[type[StrEnum]]

    lines: list[Line]

    def count(self, outcome: StrEnum) -> int:
        """Return how many lines have `outcome`."""
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def summary(self) -> str:
        """How many lines do what, as "3 added, 1 changed, 0 refused"."""
        return ", ".join(f"{self.count(outcome)} {outcome}" for outcome in self.outcomes)
