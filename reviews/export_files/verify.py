"""Check an export of reviews: python3 verify.py [folder]. Needs nothing but Python 3."""

import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
FACTS = (
    *("sequence", "previous_hash", "number", "kind", "stars"),
    *("bought_here", "source", "reason", "digest", "at"),
)
WORDS = (
    *("author_name", "stars", "title", "body", "sticking", "skin_comfort", "ease_of_use", "value"),
    *("skin_type", "worn_on", "held", "used_for", "skin_reacted", "photo_digest"),
)
NUMBERS = {"sequence", "number", "stars", "sticking", "skin_comfort", "ease_of_use", "value"}
STATES = {"waiting", "shown", "withheld", "withdrawn"}
Row = dict[str, str]


def rows(name: str) -> Iterator[Row]:
    """Yield the rows of a file; an apostrophe at the beginning of a cell is no part of it."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {key: cell.removeprefix("'") for key, cell in row.items()}


def sha(value: object) -> str:
    """Return the SHA-256 of one line of JSON without spaces."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fact(row: Row, name: str) -> object:
    """Return a cell as it was when it was hashed: a number, yes or no, a text, or nothing."""
    if name == "skin_reacted":
        return {"yes": True, "no": False}.get(row[name])
    cell = row["text" if name == "body" else name]
    return (int(cell) if cell else None) if name in NUMBERS else cell


def sealed(
    entry: Row, versions: dict[tuple[str, str], Row], erased: dict[str, int]
) -> list[object]:
    """Return what the digest of an entry is over; nothing where a later entry says that it was erased."""
    is_erased = int(entry["sequence"]) < erased.get(entry["number"], 0)
    if entry["kind"] not in {"received", "edited"}:
        note = entry["note"]
        return [] if is_erased and not note else [entry["salt"], entry["actor"], note]
    version = versions[entry["number"], entry["version"]]
    if is_erased and version["erased"] == "yes":
        return []
    return [entry["salt"], *(fact(version, name) for name in WORDS)]


def faults() -> Iterator[str]:
    """Yield what is wrong, in words."""
    versions = {(row["number"], row["version"]): row for row in rows("versions.csv")}
    entries = (row for row in rows("log.csv") if row["kind"] == "erased")
    erased = {row["number"]: int(row["sequence"]) for row in entries}
    last, count, received = "0" * 64, 0, 0
    for count, row in enumerate(rows("log.csv"), start=1):
        if (row["sequence"], row["previous_hash"]) != (str(count), last):
            yield f"Entry {row['sequence']} does not follow the one before it."
        last = row["hash"]
        if last != sha([[name, fact(row, name)] for name in FACTS]):
            yield f"Entry {row['sequence']} is not what was written: its hash does not fit."
        if (what := sealed(row, versions, erased)) and row["digest"] != sha(what):
            yield f"Entry {row['sequence']}: what it seals is not what was written."
        received += row["kind"] == "received"
        if row["kind"] == "received" and row["number"] != str(received):
            yield f"Review {received} is missing."
    noted = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))["log"]
    if (noted["entries"], noted["last_hash"]) != (count, last):
        yield "The log does not end where figures.json says."
    sys.stdout.write(f"{count} entries; the last has the hash {last}\n")


def standing_faults() -> Iterator[str]:
    """Yield the reviews that do not stand as the log says."""
    entries = (row for row in rows("log.csv") if row["kind"] in STATES)
    told = {row["number"]: (row["kind"], row["reason"], row["stars"]) for row in entries}
    for row in rows("reviews.csv"):
        stars = "0" if row["state"] == "waiting" else row["stars"]  # not told before a decision
        if told.pop(row["number"], None) != (row["state"], row["reason"], stars):
            yield f"Review {row['number']} does not stand as the log says."
    for number in told:
        yield f"Review {number} is in the log and not in reviews.csv."


if __name__ == "__main__":
    csv.field_size_limit(10_000_000)
    sys.exit("\n".join([*faults(), *standing_faults()]) or 0)
