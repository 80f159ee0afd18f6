"""What a drill prints: one page, two lines for each invariant."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from textwrap import wrap
from typing import Any

HOLDS, FAILS, NOT_RUN = 0, 1, 2
# Of one invariant; who has more has one fault with many faces.
MOST_SHOWN = 6
WIDTH, INDENT = 100, " " * 13

INVARIANTS: Mapping[int, str] = {
    1: "Stock is the sum of its movements, never promised twice",
    2: "Many buyers, few packs: as many orders as packs, the others refused, no money without an order",
    3: "Webhook, return page and reconciler end alike, in any order, doubled or lost",
    4: "Killed between the charge and the commit: one look repairs it, no second charge",
    5: "A refund without an answer is in doubt, and paid once",
    6: "The ledger only grows and adds up to every order and to Stripe",
    7: "A late payment is taken while there are packs, else it goes back with a mail",
    8: "No call to Stripe inside a transaction; the ledger's lock comes last",
    9: "Mail away: no order lost, each mail sent once when it is back",
    10: "Pages ask the database as often for many rows as for few",
    11: "A new price between page and payment is shown, not charged",
    12: "An order's link cannot be guessed, and a corrected email ends it",
}


@dataclass(frozen=True)
class Result:
    """What was tried for one invariant, in numbers, and what speaks against it."""

    number: int
    tried: str
    findings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Result":
        """Return what as_json() gave."""
        return cls(int(data["number"]), str(data["tried"]), tuple(map(str, data["findings"])))


@dataclass
class Drill:
    """A drill as a whole. `copied` says in words what the copy holds; `seconds` is how long it took.

    `log` is what the trying process wrote; it may quote rows of the copy.
    """

    site: str
    began: datetime
    copied: str = ""
    wanted: Sequence[int] = tuple(INVARIANTS)
    results: list[Result] = field(default_factory=list)
    broke: str = ""
    log: str = field(default="", repr=False)
    seconds: float = 0

    @property
    def exit_status(self) -> int:
        """0: all of it holds. 1: something fails. 2: the drill could not be run to its end."""
        if any(result.findings for result in self.results):
            return FAILS
        is_complete = {result.number for result in self.results} == set(self.wanted)
        return HOLDS if is_complete and not self.broke else NOT_RUN

    def as_text(self) -> str:
        """Return the page for people."""
        lines = [
            f"Drill of {self.site}, {self.began:%Y-%m-%d %H:%M} UTC",
            f"On a copy: {self.copied or 'not made'}.",
            "The shop was only read; nothing was sent, and Stripe was simulated on this machine.",
            "",
        ]
        for result in sorted(self.results, key=lambda one: one.number):
            lines += _told(result)
        missing = sorted(set(self.wanted) - {result.number for result in self.results})
        lines += [f"{number:>2}  not run  {INVARIANTS[number]}" for number in missing]
        if self.broke:
            lines += ["", f"The drill could not go on: {self.broke}"]
        if failing := [result.number for result in self.results if result.findings]:
            numbers = " ".join(map(str, sorted(failing)))
            lines += ["", f"To look closer: manage.py drill --only {numbers} --traceback"]
        holding = sum(not result.findings for result in self.results)
        lines += ["", f"{holding} of {len(self.wanted)} hold. {self.seconds:.0f} s."]
        return "\n".join(lines)


def _told(result: Result) -> list[str]:
    verdict = "FAILS" if result.findings else "holds"
    lines = [f"{result.number:>2}  {verdict}    {INVARIANTS[result.number]}"]
    lines += wrap(result.tried, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
    for finding in result.findings[:MOST_SHOWN]:
        lines += wrap(finding, WIDTH, initial_indent=f"{INDENT}- ", subsequent_indent=f"{INDENT}  ")
    more = len(result.findings) - MOST_SHOWN
    return [*lines, f"{INDENT}… and {more} more"] if more > 0 else lines
