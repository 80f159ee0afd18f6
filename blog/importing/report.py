"""What an import did and noticed, line by line."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_PLURAL = re.compile(r"\b([a-z]+?)(ies|s)\b")


@dataclass
class Report:
    """Lines for the operator, in the order of the file, and how often what happened.

    `say` is handed each line as it comes.
    """

    say: Callable[[str], None] | None = None
    lines: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    errors: int = 0

    def note(self, about: str, text: str) -> None:
        """Write down one line: what it is about ("post 12 tongue-signs"), and what there is to know."""
        line = f"{about}: {text}"
        self.lines.append(line)
        if self.say:
            self.say(line)

    def fail(self, about: str, text: str) -> None:
        """Write down that something could not be imported."""
        self.errors += 1
        self.note(about, f"ERROR, not imported: {text}")

    def count(self, what: str, number: int = 1) -> None:
        """Count what happened, for the last lines."""
        if number:
            self.counts[what] += number

    def summary(self) -> list[str]:
        """Return the last lines: each thing that happened, with its number."""
        return [counted(number, what) for what, number in sorted(self.counts.items())]


def counted(number: int, what: str) -> str:
    """Return "2 posts imported", "1 post imported": the first plural in `what` is what is counted."""
    if number == 1:
        what = _PLURAL.sub(
            lambda found: found[1] + ("y" if found[2] == "ies" else ""), what, count=1
        )
    return f"{number:,} {what}"
