"""What the four grades of evidence mean, as readers see it, and what each needs among its sources."""

from collections.abc import Collection
from dataclasses import dataclass

from references.models import Reference, Statement

Grade = Statement.Grade
Kind = Reference.Kind

DOTS = 4
TWO = 2


@dataclass(frozen=True)
class Rubric:
    """One line of the published rubric. `dots` of four are filled in."""

    grade: Statement.Grade
    name: str
    meaning: str
    dots: int

    @property
    def marks(self) -> tuple[tuple[int, bool], ...]:
        """Where each dot of its drawing stands, in pixels, and whether it is filled."""
        return tuple((8 + 16 * place, place < self.dots) for place in range(DOTS))


RUBRICS = (
    Rubric(
        Grade.A,
        "Strong",
        "Several good randomized trials agree, or a guideline or official body that weighed them.",
        4,
    ),
    Rubric(Grade.B, "Fair", "One good randomized trial, or small ones pooled.", 3),
    Rubric(
        Grade.C,
        "Weak",
        "Observation or laboratory work only. It can show that two things go together, not why.",
        2,
    ),
    Rubric(Grade.D, "Unclear", "The opinion of experts, or studies that point in no direction.", 1),
)
OF_GRADE = {rubric.grade: rubric for rubric in RUBRICS}


def lacks(grade: str, kinds: Collection[str]) -> str:
    """Say what sources of these kinds (Reference.Kind, one per source) lack for `grade`; empty for nothing.

    A person judges how good a trial is; this only refuses what cannot be right.
    """
    weighed = {Kind.GUIDELINE, Kind.META_ANALYSIS, Kind.OFFICIAL} & set(kinds)
    trials = sum(kind == Kind.TRIAL for kind in kinds)
    if grade == Grade.A and not weighed and trials < TWO:
        return "Grade A needs a guideline, an official body, a pooled analysis or two randomized trials."
    if grade == Grade.B and not weighed and not trials:
        return "Grade B needs a randomized trial or a pooled analysis."
    return ""
