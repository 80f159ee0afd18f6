"""Citations: what is cited is listed, what is listed is cited, and health is not spoken of without any."""

import re
from collections.abc import Iterator

from blog.readiness.problems import BLOCKS, WARNS, Examined, Problem
from blog.wording import CITATION, CITED_SOURCE, RELATED, excerpt

# All that somebody may have meant as a citation or a line on another post.
_MEANT = re.compile(r"\[\s*(?:ref|claim|post)\s*:[^\[\]]*\]", re.IGNORECASE)
_ON_HEALTH = re.compile(
    r"\b(?:deficien\w+|diseases?|symptoms?|disorders?|diagnos\w+|treat(?:s|ed|ment|ments)|an[a]?emia"
    r"|neuropath\w+|dementia|sclerosis|osteoporosis|depression|pregnan\w+|doctors?|medicines?|patients?"
    r"|doses?|supplements?|vitamins?|b-?12|blood|nerves?|risks?|health)\b",
    re.IGNORECASE,
)


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield citations without a source and sources without a citation. A statement cites its sources."""
    listed = [row["key"] for row in examined.snapshot["references"]]
    carried = _carried(examined)
    cited: set[str] = set()
    for field, block in examined.cited:
        for key in CITED_SOURCE.findall(block.text):
            if key not in listed and key not in cited:
                message = f"[ref:{key}] cites a source that is not among the post's references."
                yield Problem("unknown_source", BLOCKS, message, field, excerpt(block.text))
            cited.add(key)
    for key in listed:
        if key not in cited | carried:
            message = f"The reference {key} is cited nowhere, so readers do not see it."
            yield Problem("uncited_source", WARNS, message, "references", key)
    if not carried and not cited & set(listed) and speaks_of_health(examined):
        message = "It speaks of health and names no source."
        yield Problem("no_source", BLOCKS, message, "references")
    yield from _as_typed(examined)


def _as_typed(examined: Examined) -> Iterator[Problem]:
    """Yield what readers would see as it is typed: tokens with a slip in them, and those in a wrong place."""
    for field, block in examined.cited:
        for token in _MEANT.findall(block.text):
            if not (CITATION.fullmatch(token) or RELATED.fullmatch(token)):
                message = (
                    f"{token} is not understood: write [ref:key], [claim:key] or [post:address]."
                )
                yield Problem("broken_token", BLOCKS, message, field, token)
    lines = [(field, token) for field, text in examined.lines for token in _MEANT.findall(text)]
    for field, text in examined.takeaways:
        lines += [(field, match[0]) for match in RELATED.finditer(text)]
    for field, token in lines:
        message = f"Readers would see {token} as it is typed: it belongs into the text."
        yield Problem("misplaced_token", BLOCKS, message, field, token)


def _carried(examined: Examined) -> set[str]:
    rows = (row for each in examined.statements.values() for row in each.reference_rows.all())
    return {row.reference.key for row in rows}


def speaks_of_health(examined: Examined) -> bool:
    """Whether the post says anything that a reader might act on."""
    if any(tag["is_disease"] for tag in examined.snapshot["tags"]):
        return True
    return any(_ON_HEALTH.search(block.text) for _, block in examined.texts)
