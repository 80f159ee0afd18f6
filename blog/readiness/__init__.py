"""Whether a post can be shown to readers: what blocks, what only warns, and what is worth knowing.

`look_at` works on a snapshot (blog/snapshots.py), so that a text can be looked at while it is typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from blog.models import Post
from blog.readiness import (
    claimed,
    filled_in,
    links,
    outline,
    phrases,
    pictures,
    plain_words,
    registered,
    selling,
    sources,
    unnamed,
)
from blog.readiness.problems import BLOCKS, TELLS, WARNS, Examined, Problem
from blog.rendering.contents import Heading
from blog.snapshots import Snapshot
from claims.desk import OpenFinding

__all__ = ["BLOCKS", "TELLS", "WARNS", "Problem", "Readiness", "added", "look_at"]

CHECKS = (
    *(filled_in, outline, pictures, sources, registered, links),
    *(phrases, unnamed, selling, plain_words),
)
LEVELS = (BLOCKS, WARNS, TELLS)


@dataclass(frozen=True)
class Readiness:
    """What was found: measures of the text, its headings, problems (the blocking first), claims."""

    words: int
    minutes: int
    grade: float
    outline: list[Heading]
    problems: list[Problem]
    findings: list[OpenFinding]

    @property
    def blocking(self) -> list[Problem]:
        """The problems with which the post cannot be published."""
        return [problem for problem in self.problems if problem.is_blocking]

    @property
    def is_ready(self) -> bool:
        """Whether nothing blocks."""
        return not self.blocking


def look_at(snapshot: Snapshot, *, post: Post | None, now: datetime) -> Readiness:
    """Look at a post as data; `post` is its row, where there is one. Changes nothing.

    The queries are bounded: their number grows only with links to pages that have a part to fill in, or to
    nothing.
    """
    examined = Examined(snapshot, post, now)
    findings = claimed.findings(examined)
    problems = [problem for check in CHECKS for problem in check.problems(examined)]
    problems += claimed.problems(findings)
    return Readiness(
        words=examined.measures.words,
        minutes=examined.measures.minutes,
        grade=examined.measures.grade,
        outline=examined.headings,
        problems=sorted(problems, key=lambda problem: LEVELS.index(problem.level)),
        findings=findings,
    )


def added(problems: Sequence[Problem], *, since: Readiness) -> list[Problem]:
    """Return those of `problems` that were not there before."""
    return [problem for problem in problems if problem not in since.problems]
