"""Citations: what is cited is listed, what is listed is cited, and health is not spoken of without any."""

import re
from collections.abc import Iterator

from blog.readiness.problems import BLOCKS, WARNS, Examined, Problem
from blog.wording import CITED_SOURCE, excerpt

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
    for field, block in examined.texts():
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


def _carried(examined: Examined) -> set[str]:
    rows = (row for each in examined.statements.values() for row in each.reference_rows.all())
    return {row.reference.key for row in rows}


def speaks_of_health(examined: Examined) -> bool:
    """Whether the post says anything that a reader might act on."""
    if any(tag["is_disease"] for tag in examined.snapshot["tags"]):
        return True
    return any(_ON_HEALTH.search(block.text) for _, block in examined.texts())
