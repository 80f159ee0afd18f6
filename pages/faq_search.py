"""Finding questions by words, without a database function that differs between engines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pages.models import FaqGroup, FaqItem

LONGEST_QUERY = 80


@dataclass(frozen=True)
class FoundGroup:
    """A group with those of its questions that are shown."""

    group: FaqGroup
    items: tuple[FaqItem, ...]


def clean_query(raw: str) -> str:
    """Return what somebody typed as plain words: no control characters, at most LONGEST_QUERY letters."""
    words = re.sub(r"[\x00-\x1f\x7f]+", " ", raw[: LONGEST_QUERY * 4])
    return " ".join(words.split())[:LONGEST_QUERY].strip()


def find(groups: Iterable[FaqGroup], query: str) -> list[FoundGroup]:
    """Return the groups whose prefetched items hold every word of `query`; all of them without one."""
    words = query.casefold().split()
    found = []
    for group in groups:
        items = tuple(item for item in group.items.all() if _matches(item, words))
        if items:
            found.append(FoundGroup(group, items))
    return found


def _matches(item: FaqItem, words: list[str]) -> bool:
    text = f"{item.question} {item.answer}".casefold()
    return all(word in text for word in words)
