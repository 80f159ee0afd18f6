"""Reviews from elsewhere as CSV: what each line of a file says, or what is wrong with it. Asks no database.

A cell is text and nothing else, also where a spreadsheet would run it. No column makes a buyer of somebody.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from reviews import wording
from reviews.models import Held, SkinType, UsedFor, WornOn
from reviews.models.review import MOST_STARS
from reviews.submitting import Content

MOST_BYTES = 700_000  # with room for encoding below DATA_UPLOAD_MAX_MEMORY_SIZE, 1 MB
NEEDED = ("date", "stars", "text", "source", "proof")
RATINGS = ("sticking", "skin_comfort", "ease_of_use", "value")
CHOICES = {"skin_type": SkinType, "worn_on": WornOn, "held": Held, "used_for": UsedFor}
COLUMNS = (*NEEDED, "name", "title", "product", "email", "order_number", *RATINGS, *CHOICES)
# The longest each may be, in characters; a longer one is refused, never cut: it is somebody's word.
LONGEST = {
    "text": 5_000,
    "title": 120,
    "name": 60,
    "source": 120,
    "proof": 1_000,
    "product": 50,
    "email": 254,
    "order_number": 12,
}
# Before that there was no shop on the web: a year mistyped.
FIRST_DAY = date(1995, 1, 1)
# A quotation mark that nobody closed ends here, not at the end of the file.
MOST_LINES_OF_ONE = 300

_QUOTED = re.compile(r'"[^"]*"')
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ][\d:.,+Z -]*)?")
_WHOLE = re.compile(r"([1-5])(?:\.0+)?")


class UnreadableFile(Exception):
    """The file as a whole cannot be read. The text says why, for staff."""


@dataclass(frozen=True)
class Refusal:
    """A line that is not taken, and why, in words that name the column."""

    number: int
    words: str


@dataclass(frozen=True)
class Row:
    """One review of a file. `number` is the line on which it begins, counted from 1."""

    number: int
    content: Content
    day: date
    source: str
    proof: str
    product: str = ""
    email: str = ""
    order_number: str = ""


@dataclass(frozen=True)
class Reading:
    """A file that has been read. `unknown` are columns that nothing is done with."""

    rows: list[Row]
    refused: list[Refusal]
    unknown: list[str]


def decode(data: bytes, *, most_bytes: int = MOST_BYTES) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark. Raises UnreadableFile."""
    if len(data) > most_bytes:
        raise UnreadableFile(f"The file is larger than {most_bytes // 1000} KB. Send it in parts.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("This is no CSV file in UTF-8. Save it as “CSV UTF-8”.") from error
    if "\x00" in text:
        raise UnreadableFile("This is no CSV file. Save it as “CSV UTF-8”.")
    return text


def read(text: str, *, today: date, most_reviews: int | None = None) -> Reading:
    """Return what the lines of `text` say, separated by comma, semicolon or tab; the first names the columns.

    A line that cannot be read stops no other. `today` is the last day a review may be of. Raises
    UnreadableFile, also for more than `most_reviews`.
    """
    records = _records(text)
    first = next(records, None)
    if first is None:
        raise UnreadableFile("The file has no line.")
    if isinstance(first, Refusal):
        raise UnreadableFile(f"The first line must name the columns. {first.words}")
    titles = [cell.strip().lower().replace(" ", "_") for cell in first[1]]
    places = _places(titles)
    rows, refused = list[Row](), list[Refusal]()
    for record in records:
        if len(rows) + len(refused) == most_reviews:
            raise UnreadableFile(
                f"The file has more than {most_reviews} reviews. Send it in parts."
            )
        if isinstance(record, Refusal):
            refused.append(record)
            continue
        line = _Line(*record, places, len(titles))
        row = line.row(today)
        if line.problems:
            refused.append(Refusal(line.number, " ".join(line.problems)))
        else:
            rows.append(row)
    return Reading(rows, refused, [title for title in titles if title and title not in COLUMNS])


def _places(titles: list[str]) -> dict[str, int]:
    named = [title for title in titles if title in COLUMNS]
    if twice := sorted({title for title in named if named.count(title) > 1}):
        raise UnreadableFile(f"The first line names a column twice: {', '.join(twice)}.")
    if missing := [title for title in NEEDED if title not in named]:
        raise UnreadableFile(
            f"The first line must name the columns; missing: {', '.join(missing)}."
        )
    return {title: titles.index(title) for title in named}


def _records(text: str) -> Iterator[tuple[int, list[str]] | Refusal]:
    """Yield each line that says something with its number; a broken one as a refusal, then those after it."""
    lines = io.StringIO(text, newline="").readlines()
    separator = _separator(lines)
    start = 0
    while start < len(lines):
        # A reader of its own from each record on: what a broken one swallowed is read again.
        some = lines[start : start + MOST_LINES_OF_ONE]
        reader = csv.reader(iter(some), delimiter=separator, strict=True)
        try:
            cells = next(reader)
        except csv.Error as error:
            yield Refusal(start + 1, f"It cannot be read as CSV: {error}.")
            start += 1
            continue
        if any(cell.strip() for cell in cells):
            yield start + 1, cells
        start += reader.line_num


def _separator(lines: list[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return max(",;\t", key=_QUOTED.sub("", first).count)


class _Line:
    """One line while it is read: `problems` gathers what is wrong with it."""

    def __init__(self, number: int, cells: list[str], places: dict[str, int], width: int) -> None:
        self.number = number
        self.problems: list[str] = []
        self._cells = {
            name: cells[place].strip() if place < len(cells) else ""
            for name, place in places.items()
        }
        if any(cell.strip() for cell in cells[width:]):
            self.problems.append("It has more cells than the first line.")
        for name in NEEDED:
            if not self._cells[name]:
                self.problems.append(f"{name}: this is needed.")
        for name in ("name", "title"):
            # A name is shown as it is; words wait for a look, where something of the kind is in them.
            if private := wording.private_data(self._cell(name)):
                self.problems.append(f"{name}: it holds {private}.")
            if wording.without_links(self._cell(name))[1]:
                self.problems.append(f"{name}: it holds a web address.")
        for name, most in LONGEST.items():
            if len(self._cell(name)) > most:
                self.problems.append(f"{name}: at most {most:,} characters.")

    def row(self, today: date) -> Row:
        """Return the review; it means nothing where there are problems."""
        told: dict[str, Any] = {name: self._rating(name) for name in RATINGS}
        told |= {name: self._choice(name) for name in CHOICES}
        content = Content(
            stars=self._rating("stars") or 1,
            author_name=self._cell("name"),
            title=self._cell("title"),
            body=self._cell("text").replace("\r\n", "\n").replace("\r", "\n"),
            **told,
        )
        return Row(
            number=self.number,
            content=content,
            day=self._day(today),
            source=self._cell("source"),
            proof=self._cell("proof"),
            product=self._cell("product"),
            email=self._email(),
            order_number=self._cell("order_number").upper(),
        )

    def _cell(self, name: str) -> str:
        return self._cells.get(name, "")

    def _rating(self, name: str) -> int | None:
        if not (text := self._cell(name)):
            return None
        if found := _WHOLE.fullmatch(text):
            return int(found[1])
        self.problems.append(f"{name}: write a whole number from 1 to {MOST_STARS}.")
        return None

    def _choice(self, name: str) -> str:
        text = self._cell(name).lower()
        known = {str(word).lower(): value for value, word in CHOICES[name].choices}
        if not text or text in known.values():
            return text
        if text not in known:
            allowed = ", ".join(CHOICES[name].values)
            self.problems.append(f"{name}: write one of {allowed}, or nothing.")
        return known.get(text, "")

    def _day(self, today: date) -> date:
        if not (text := self._cell("date")):
            return today
        found = _DAY.fullmatch(text)
        try:
            day = date.fromisoformat(found[1] if found else "")
        except ValueError:
            self.problems.append("date: write it as 2026-05-31.")
            return today
        if day > today:
            self.problems.append("date: this day is still to come.")
        elif day < FIRST_DAY:
            self.problems.append(f"date: this is before {FIRST_DAY.year}.")
        return day

    def _email(self) -> str:
        if text := self._cell("email"):
            try:
                validate_email(text)
            except ValidationError:
                self.problems.append("email: this is no email address.")
        return text
