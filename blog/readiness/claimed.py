"""Claims: sentences that say more than we may say, unless a second person has let them stand.

The notice of health pages ("general information, not medical advice") stands in the template of every
post, so the texts are read one by one, not as a whole page.
"""

from collections.abc import Iterator

from blog.models import Post
from blog.published_texts import text_of_change, texts_of
from blog.readiness.problems import BLOCKS, Examined, Problem
from claims.desk import OpenFinding, open_findings
from claims.staff_words import category_words

CODE = "claim"


def findings(examined: Examined) -> list[OpenFinding]:
    """Return the claims that nobody has allowed. At most one query."""
    return open_findings(texts_of(examined.snapshot, examined.post))


def problems_of_change(note: str, post: Post) -> list[Problem]:
    """Return what stands against telling readers this of a change. At most one query."""
    return list(problems(open_findings([text_of_change(note, post)])))


def problems(found: list[OpenFinding]) -> Iterator[Problem]:
    """Yield each finding as a problem, once for a sentence that stands in two places of one field."""
    yield from dict.fromkeys(map(_problem, found))


def _problem(one: OpenFinding) -> Problem:
    message = f"{category_words(one.finding.category)}: {one.finding.suggestion}"
    return Problem(CODE, BLOCKS, message, one.text.field, one.sentence)
