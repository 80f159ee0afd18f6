"""The comments by which WordPress's block editor marks its blocks: <!-- wp:gallery {"ids":[1]} -->."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_BLOCK = re.compile(
    r"\s+(/)?wp:([a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)(?:\s+(\{.*\}))?\s*(/)?", re.DOTALL
)


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
        yield Part(text[position:start], is_free=depth == 0)
        position = end
        closes, name, attributes, is_alone = found.groups()
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
