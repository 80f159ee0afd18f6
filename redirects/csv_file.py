"""Redirects as CSV: a file as spreadsheets write it, read line by line; and the table written as one."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from redirects.addresses import typed
from redirects.models import Redirect

MOST_BYTES = 700_000  # with room for encoding below DATA_UPLOAD_MAX_MEMORY_SIZE, 1 MB
MOST_LINES = 5_000
COLUMNS = ("old", "new", "kind", "source", "note", "hits", "last_hit_at", "created_by")
# What the columns are called in files from elsewhere.
NAMES = {
    "old": {"old", "old_path", "old address", "from", "source_url"},
    "new": {"new", "new_path", "new address", "to", "target", "target_url"},
    "kind": {"kind", "type", "code", "status"},
}
QUOTED = re.compile(r'"[^"]*"')


class UnreadableFile(Exception):
    """The file as a whole cannot be read. The text says why, for staff."""


@dataclass(frozen=True)
class Asked:
    """One line of a file, as it was typed. `number` counts lines of the file from 1."""

    number: int
    old: str
    new: str
    kind: str


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8 or, failing that, Windows-1252. Raises UnreadableFile."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile(f"The file is larger than {MOST_BYTES // 1000} KB. Send it in parts.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise UnreadableFile("This is no CSV file. Save it as “CSV UTF-8”.")


def read(text: str) -> list[Asked]:
    """Return the lines of `text` that say something, separated by comma, semicolon or tab.

    A first line may name the columns; without it they are old, new and kind. Raises UnreadableFile.
    """
    rows = list(_rows(text))
    if not rows:
        raise UnreadableFile("The file has no line.")
    places = {"old": 0, "new": 1, "kind": 2}
    if _is_header(rows[0][1]):
        places = _places(rows.pop(0)[1])
    if len(rows) > MOST_LINES:
        raise UnreadableFile(
            f"The file has {len(rows)} lines; at most {MOST_LINES} are read at once."
        )
    return [
        Asked(number, **{name: _cell(cells, place) for name, place in places.items()})
        for number, cells in rows
    ]


def write(rows: Iterable[Redirect], file: "IO[str]") -> None:
    """Write `rows` with their columns named, so that they can be read again and harm no spreadsheet."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (
            typed(row.old_path),
            row.new_path,
            row.kind,
            row.source,
            row.note,
            str(row.hits),
            row.last_hit_at.isoformat() if row.last_hit_at else "",
            row.created_by,
        )
        writer.writerow(_without_formula(cell) for cell in cells)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UnreadableFile(f"Line {reader.line_num} cannot be read as CSV: {error}.") from error


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=QUOTED.sub("", first).count)


def _is_header(cells: list[str]) -> bool:
    return not cells[0].strip().startswith(("/", "http:", "https:"))


def _places(cells: list[str]) -> dict[str, int]:
    titles = [cell.strip().lower() for cell in cells]
    places = {
        name: place
        for name, known in NAMES.items()
        for place, title in reversed(list(enumerate(titles)))
        if title in known
    }
    if missing := [name for name in ("old", "new") if name not in places]:
        raise UnreadableFile(
            f"The first line must name the columns; missing: {', '.join(missing)}."
        )
    return {"kind": len(titles), **places}


def _cell(cells: list[str], place: int) -> str:
    text = cells[place].strip() if place < len(cells) else ""
    # A download puts an apostrophe before what a spreadsheet would run.
    return text[1:] if text[:1] == "'" and text[1:2] in set("=+-@") else text


def _without_formula(text: str) -> str:
    # A spreadsheet would run a cell that begins like this (owasp.org/www-community/attacks/CSV_Injection).
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
