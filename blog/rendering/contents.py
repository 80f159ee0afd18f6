"""The headings of a post: anchors that stay, and the list of contents."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import slugify
from lxml import html

from blog import wording
from blog.prose import clean_prose

LONGEST_ID = 60
# Places of the page itself; what begins like a citation's or a question's anchor would meet those.
OF_THE_PAGE = {
    "main",
    "short",
    "contents",
    "questions",
    "sources",
    "credits",
    "changes",
    "read-more",
    "series",
}
OF_THE_PARTS = re.compile(r"(?:cite|source|question|table|page)-")

FrozenId = Mapping[str, str]


@dataclass(frozen=True)
class Heading:
    """A heading of the text: its level (2 or 3), its words and its anchor, without the page's prefix."""

    level: int
    text: str
    id: str


@dataclass(frozen=True)
class Entry:
    """A line of the contents with the lines below it."""

    text: str
    id: str
    below: tuple["Entry", ...] = ()


def heading_ids(body: str, frozen: Iterable[FrozenId] = ()) -> list[dict[str, str]]:
    """Return [{"text", "id"}] for each heading of `body`: what Post.heading_ids keeps.

    A heading whose words stand in `frozen` keeps its anchor, so that links from elsewhere go on working.
    """
    _, headings = assign_ids(clean_prose(body), frozen)
    return [{"text": heading.text, "id": heading.id} for heading in headings]


def assign_ids(body: str, frozen: Iterable[FrozenId] = ()) -> tuple[str, list[Heading]]:
    """Return the text with an id on each heading, and its headings."""
    root = wording.parsed(body)
    headings = number_headings(root, frozen)
    for element, heading in headings:
        element.set("id", heading.id)
    inner = (root.text or "") + "".join(html.tostring(each, encoding="unicode") for each in root)
    return inner, [heading for _, heading in headings]


def number_headings(
    root: html.HtmlElement, frozen: Iterable[FrozenId] = ()
) -> list[tuple[html.HtmlElement, Heading]]:
    """Return each heading below `root` with the anchor that it has; changes nothing."""
    kept: dict[str, list[str]] = {}
    for row in frozen:
        kept.setdefault(row["text"], []).append(row["id"])
    found = [
        (element, wording.tidy(wording.without_tokens(element.text_content())))
        for element in root.iter("h2", "h3")
    ]
    ids = [kept[text].pop(0) if kept.get(text) else "" for _, text in found]
    taken = {*ids, *(row["id"] for row in frozen), *OF_THE_PAGE}
    headings = []
    for (element, text), kept_id in zip(found, ids, strict=True):
        own = kept_id or _new_id(text, taken)
        taken.add(own)
        headings.append((element, Heading(int(element.tag[1]), text, own)))
    return headings


def contents(headings: Sequence[Heading], left_out: str = "") -> tuple[Entry, ...]:
    """Return the lines of the contents; `left_out` names headings, one per line, word for word.

    What stands below a heading that is left out is left out with it.
    """
    unwanted = {wording.tidy(line).casefold() for line in left_out.splitlines()}
    lines: list[tuple[Heading, list[Entry]]] = []
    is_below_unwanted = False
    for heading in headings:
        is_unwanted = heading.text.casefold() in unwanted or not heading.text
        is_main = heading.level == 2  # noqa: PLR2004 (h2)
        if is_main:
            is_below_unwanted = is_unwanted
        if is_unwanted or is_below_unwanted:
            continue
        if is_main or not lines:
            lines.append((heading, []))
        else:
            lines[-1][1].append(Entry(heading.text, heading.id))
    return tuple(Entry(heading.text, heading.id, tuple(below)) for heading, below in lines)


def _new_id(text: str, taken: set[str]) -> str:
    start = slugify(text, allow_unicode=True)[:LONGEST_ID].strip("-_") or "section"
    if OF_THE_PARTS.match(start):
        start = f"section-{start}"
    new, number = start, 2
    while new in taken:
        new, number = f"{start}-{number}", number + 1
    return new
