"""A chain of rows in which each seals all before it: change, remove, insert or swap one, and it shows.

The hash of a row is the SHA-256, in lower-case hexadecimal, of one line of JSON in UTF-8, without spaces:

    [["sequence",2],["previous_hash","5f2c…"],["kind","refund"],["amount_cents",-500],…]

The facts stand in the order in which they are given. Texts and whole numbers are written as they are,
moments in UTC with six digits after the second: "2026-11-21T02:15:00.000000Z". Before the first row
stands START, number 0, whose hash is 64 zeros.

Whoever may rewrite the table may rewrite every hash that follows. What that cannot change is a head
(number and hash of the last row) that was noted somewhere else.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

Fact = str | int | datetime


@dataclass(frozen=True)
class Link:
    """What ties a row into its chain."""

    sequence: int
    previous_hash: str
    hash: str


START = Link(sequence=0, previous_hash="", hash="0" * 64)


def seal(before: Link, facts: Mapping[str, Fact]) -> Link:
    """Return the link of the row with `facts` that follows `before`."""
    sequence = before.sequence + 1
    return Link(sequence, before.hash, _hash(sequence, before.hash, facts))


def faults(before: Link, link: Link, facts: Mapping[str, Fact]) -> list[str]:
    """Say in plain words what is wrong with a row that follows `before`; nothing wrong: no words.

    One step needs only these two, so a table of any length is checked in constant memory.
    """
    found = []
    if link.sequence > before.sequence + 1:
        found.append(_missing(before.sequence + 1, link.sequence - 1))
    elif link.sequence <= before.sequence:
        found.append(f"number {link.sequence} comes after number {before.sequence}")
    elif link.previous_hash != before.hash:
        found.append(f"number {link.sequence} does not continue from number {before.sequence}")
    if link.hash != _hash(link.sequence, link.previous_hash, facts):
        found.append(f"number {link.sequence} is not what was written: its hash does not fit")
    return found


def end_faults(last: Link, head: Link) -> list[str]:
    """Say what is wrong when the chain ends with `last` and `head` is noted as its end.

    A last row with another hash than its head is not told here: whoever reads compares on the way.
    """
    if last.sequence < head.sequence:
        return [_missing(last.sequence + 1, head.sequence)]
    if last.sequence > head.sequence:
        return [f"number {head.sequence} should be the last, but {last.sequence} is"]
    return []


def sealed(link: Link, facts: Mapping[str, Fact]) -> list[tuple[str, str | int]]:
    """Return what the hash of a row is made of: its facts with their names, as they are written."""
    pairs: list[tuple[str, str | int]] = [
        ("sequence", link.sequence),
        ("previous_hash", link.previous_hash),
    ]
    return pairs + [(name, _written(value)) for name, value in facts.items()]


def as_text(pairs: Sequence[tuple[str, str | int]]) -> str:
    """Return the one line of JSON over which the hash is taken."""
    return json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))


def _missing(first: int, last: int) -> str:
    return (
        f"number {first} is missing" if first == last else f"numbers {first} to {last} are missing"
    )


def _hash(sequence: int, previous_hash: str, facts: Mapping[str, Fact]) -> str:
    text = as_text(sealed(Link(sequence, previous_hash, ""), facts))
    return hashlib.sha256(text.encode()).hexdigest()


def _written(value: Fact) -> str | int:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value
