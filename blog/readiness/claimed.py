"""Claims: sentences that say more than we may say, unless a second person has let them stand.

The notice of health pages ("general information, not medical advice") stands in the template of every
post, so the texts are read one by one, not as a whole page.
"""

from collections.abc import Iterator

from blog.published_texts import texts_of
from blog.readiness.problems import BLOCKS, Examined, Problem
from claims.desk import OpenFinding, open_findings


def findings(examined: Examined) -> list[OpenFinding]:
    """Return the claims that nobody has allowed. At most one query."""
    return open_findings(texts_of(examined.snapshot, examined.post))


def problems(found: list[OpenFinding]) -> Iterator[Problem]:
    """Yield each finding as a problem."""
    for one in found:
        message = f"{one.finding.category.replace('_', ' ').capitalize()}: {one.finding.suggestion}"
        yield Problem("claim", BLOCKS, message, one.text.field, one.sentence)
