"""The headings of a post, as a reader with a screen reader meets them."""

from collections.abc import Iterator

from blog import wording
from blog.readiness.problems import BLOCKS, TELLS, WARNS, Examined, Problem

LONG_WITHOUT_HEADINGS = 400


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield jumps, empty headings, headings that say the same, and names that no heading has."""
    seen: set[str] = set()
    last = 1
    for heading in examined.headings:
        if not heading.text:
            yield Problem("empty_heading", BLOCKS, "A heading is empty: remove it.", "body")
            continue
        if heading.level > last + 1:
            message = f"“{heading.text}” is a smaller heading without a larger one above it."
            yield Problem("heading_jump", BLOCKS, message, "body", heading.text)
        if heading.text.casefold() in seen:
            message = f"Two headings say “{heading.text}”."
            yield Problem("same_heading", WARNS, message, "body", heading.text)
        seen.add(heading.text.casefold())
        last = heading.level
    yield from _left_out(examined, seen)
    if not seen and examined.measures.words > LONG_WITHOUT_HEADINGS:
        yield Problem("no_heading", TELLS, "A long text without headings has no contents.", "body")


def _left_out(examined: Examined, seen: set[str]) -> Iterator[Problem]:
    for line in map(wording.tidy, examined.snapshot["left_out_of_contents"].splitlines()):
        # “Conclusion” stands there before anybody has written one.
        if line and line != "Conclusion" and line.casefold() not in seen:
            message = f"No heading says “{line}”, so none is left out of the contents."
            yield Problem("left_out_unknown", TELLS, message, "left_out_of_contents", line)
