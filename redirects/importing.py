"""Many redirects from a file: first what each line would do, then all of them, or none."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from redirects import csv_file, known_paths, living_pages, table
from redirects.addresses import ForeignHost, RedirectRefused, Target, key_of
from redirects.csv_file import Asked
from redirects.models import Redirect
from redirects.pointers import Kind, Pointer, Pointers
from redirects.table import Wish
from shop.lib.file_plans import FilePlan, Line

# As people and other programs write them.
KINDS = {
    "": Kind.PERMANENT,
    "permanent": Kind.PERMANENT,
    "301": Kind.PERMANENT,
    "308": Kind.PERMANENT,
    "temporary": Kind.TEMPORARY,
    "302": Kind.TEMPORARY,
    "307": Kind.TEMPORARY,
    "gone": Kind.GONE,
    "410": Kind.GONE,
}


class Outcome(StrEnum):
    """What a line does to the table."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Plan(FilePlan):
    """What a file does. With a refused line nothing is done."""

    outcomes = Outcome

    led_on: list[str]  # redirects that the file does not name, and that change with it

    @property
    def refused(self) -> list[Line]:
        """The lines that cannot be done."""
        return [line for line in self.lines if line.outcome == Outcome.REFUSED]


def plan(text: str) -> Plan:
    """Return what carry_out() would do. Nothing is stored. Raises csv_file.UnreadableFile."""
    return _Reading(text).against(table.pointers())


def carry_out(text: str, *, by: str, now: datetime) -> Plan:
    """Do what every line of `text` says, or, if one of them is refused, nothing; return what was done
    or would have been. Raises csv_file.UnreadableFile.
    """
    reading = _Reading(text)  # asks pages whether they are there: before anybody has to wait
    with transaction.atomic():
        table.take_turn()
        pointers = table.pointers()
        done = reading.against(pointers)
        if not done.refused:
            table.store(pointers, source=Redirect.Source.CSV, by=by, now=now)
    return done


class _Reading:
    """A file that has been read, and what its lines want."""

    def __init__(self, text: str) -> None:
        self.asked = csv_file.read(text)
        self.wishes: dict[int, Wish] = {}
        self.problems: dict[int, str] = {}
        lines: dict[str, int] = {}
        for asked in self.asked:
            try:
                wanted = _wish(asked)
                if other := lines.get(wanted.old):
                    raise RedirectRefused(f"Line {other} is about this old address already.")
            except RedirectRefused as refusal:
                self.problems[asked.number] = str(refusal)
                continue
            lines[wanted.old] = asked.number
            self.wishes[asked.number] = wanted
        self.by_old = {wanted.old: wanted for wanted in self.wishes.values()}
        self.alive, self.dead = _living_and_dead(self.by_old)

    def against(self, pointers: Pointers) -> Plan:
        """Put every wish into `pointers`; return what that does."""
        before = dict(pointers.by_old)
        problems = dict(self.problems)
        for number, wanted in self.wishes.items():
            try:
                self._refuse(wanted, before)
                pointers.put(wanted.old, wanted.pointer)
            except RedirectRefused as refusal:
                problems[number] = str(refusal)
        led_on = [
            f"{old} leads on to {pointer.target.address}"
            for old, pointer in pointers.by_old.items()
            if old not in self.by_old and before[old] != pointer
        ]
        lines = [
            Line(asked.number, Outcome.REFUSED, f"{asked.old or 'no address'}. {problem}")
            if (problem := problems.get(asked.number))
            else _line(asked.number, self.wishes[asked.number].old, before, pointers)
            for asked in self.asked
        ]
        return Plan(lines, led_on)

    def _refuse(self, wanted: Wish, before: dict[str, Pointer]) -> None:
        """Raise RedirectRefused where the wish should not be, whatever the table could hold."""
        target = wanted.pointer.target
        if wanted.old in self.alive:
            raise RedirectRefused(f"There is a page at {wanted.old}: nobody would be led on.")
        if target.address and not target.key and before.get(wanted.old) != wanted.pointer:
            raise ForeignHost(f"{target.address} is another site. Only the form leads there.")
        if target.key not in self.dead or target.key == wanted.old:
            return
        following = self.by_old.get(target.key)
        next_one = following.pointer if following else before.get(target.key)
        if next_one is None:
            raise RedirectRefused(f"There is no page at {target.address}.")
        if next_one.kind == Kind.GONE:
            raise RedirectRefused(f"The page at {target.address} is gone.")


def _wish(asked: Asked) -> Wish:
    kind = KINDS.get(asked.kind.lower())
    if kind is None:
        raise RedirectRefused(f"“{asked.kind}” is no kind: write permanent, temporary or gone.")
    # Whether it may leave the shop depends on the table: a download is read back as it is.
    return table.wish(asked.old, asked.new, kind, may_leave=True)


def _living_and_dead(by_old: dict[str, Wish]) -> tuple[set[str], set[str]]:
    """Return which old addresses are pages, and at which new ones there is none."""
    pages = {key_of(path) for path in known_paths.all_paths()}

    def leads_somewhere(target: Target) -> bool:
        return target.key in pages or living_pages.leads_somewhere(target)

    alive = {old for old in by_old if old in pages or living_pages.is_there(old)}
    # One for each page: those that differ in their query alone need not be asked twice.
    targets = {wanted.pointer.target.key: wanted.pointer.target for wanted in by_old.values()}
    return alive, {key for key, target in targets.items() if not leads_somewhere(target)}


def _line(number: int, old: str, before: dict[str, Pointer], pointers: Pointers) -> Line:
    was, now = before.get(old), pointers.by_old[old]
    words = f"{old} → {_in_words(now)}"
    if was is None:
        return Line(number, Outcome.ADDED, words)
    if was == now:
        return Line(number, Outcome.SAME, words)
    return Line(number, Outcome.CHANGED, f"{words}, before {_in_words(was)}")


def _in_words(pointer: Pointer) -> str:
    if pointer.kind == Kind.GONE:
        return "gone (410)"
    status = 302 if pointer.kind == Kind.TEMPORARY else 301
    return f"{pointer.target.address} ({status})"
