"""Makers of import files for tests."""

import csv
import io
from typing import Any

COLUMNS = ("date", "stars", "name", "title", "text", "source", "proof")


def line(**cells: Any) -> dict[str, Any]:
    """One line that can be taken, unless `cells` say otherwise."""
    return {
        "date": "2026-05-03",
        "stars": 2,
        "name": "Ada P.",
        "title": "Fell off",
        "text": "It came off in the shower on the first evening.",
        "source": "Trusted Marks",
        "proof": "https://marks.example/r/1",
        **cells,
    }


def file_of(*lines: dict[str, Any], delimiter: str = ",") -> str:
    """The text of a file with `lines`; its columns are those that they name."""
    names = list(dict.fromkeys(name for one in lines for name in one)) or list(COLUMNS)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
