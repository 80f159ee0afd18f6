"""The comments by which WordPress's block editor marks its blocks: <!-- wp:gallery {"ids":[1]} -->."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_BLOCK = re.compile(
    r"\s+(/)?wp:([a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)(?:\s+(\{.*\}))?\s*(/)?", re.DOTALL
)
# A block that several posts share ("synced pattern") stands in an item of its own.
_SHARED = re.compile(r"<!--\s+wp:block\s+\{\"ref\":(\d{1,18})\b[^\n]{0,2000}?\}\s*/-->")
_MOST_SHARED, _DEEPEST_SHARED, _LONGEST = 100, 4, 2_000_000
# The toggle of core's accordion: a button, of which only the words are meant.
_TOGGLE = re.compile(r"<span\b[^<>]*__toggle-icon[^<>]*>[^<>]*</span>|</?button\b[^<>]*>")


@dataclass(frozen=True)
class Part:
    """A stretch of a text: typed freely (paragraphs are blank lines), or made by a block."""

    html: str
    is_free: bool


def parts(text: str, render_alone: Callable[[str, dict[str, Any]], str]) -> Iterator[Part]:
    """Yield the stretches of `text` without the marks; `render_alone(name, attributes)` gives the text
    of a block that has none of its own.
    """
    depth, position = 0, 0
    for start, end, inner in comments(text):
        found = _BLOCK.fullmatch(inner)
        if not found:
            continue
        closes, name, attributes, is_alone = found.groups()
        stretch = text[position:start]
        if name == "accordion-heading":
            stretch = _TOGGLE.sub("", stretch)
        yield Part(stretch, is_free=depth == 0)
        position = end
        if is_alone:
            yield Part(render_alone(name, _attributes(attributes)), is_free=False)
        elif closes:
            depth = max(0, depth - 1)
        elif name != "freeform":
            depth += 1
            if name == "cover" and "<img" not in text[end : text.find("<!--", end)]:
                # Its picture is a background, in a style that is not kept.
                yield Part(render_alone(name, _attributes(attributes)), is_free=False)
    yield Part(text[position:], is_free=depth == 0)


def comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each comment of `text` begins and ends, and what it says; one without end is the last."""
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            yield start, len(text), text[start + 4 :]
            return
        yield start, end + 3, text[start + 4 : end]
        start = text.find("<!--", end + 3)


def with_shared(text: str, shared: Mapping[int, str]) -> str:
    """Return `text` with the shared blocks that are known, {number: text}, in their places."""
    for _ in range(_DEEPEST_SHARED):
        fuller = _SHARED.sub(
            lambda found: shared.get(int(found[1]), found[0]), text, count=_MOST_SHARED
        )
        # They may hold each other; one that holds itself is left as it is.
        if fuller == text or len(fuller) > max(_LONGEST, len(text)):
            break
        text = fuller
    return text


def footnotes_of(source: str) -> tuple[str, ...]:
    """Return the HTML of each footnote, as the block editor keeps them beside a post."""
    try:
        rows = json.loads(source or "[]")
    except (ValueError, RecursionError):
        return ()
    found = (
        (row.get("content") for row in rows if isinstance(row, dict))
        if isinstance(rows, list)
        else ()
    )
    return tuple(one for one in found if isinstance(one, str) and one.strip())


def without_comments(text: str) -> str:
    """Return `text` without its comments."""
    kept, position = [], 0
    for start, end, _ in comments(text):
        kept.append(text[position:start])
        position = end
    return "".join([*kept, text[position:]])


def _attributes(source: str | None) -> dict[str, Any]:
    try:
        found = json.loads(source or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
