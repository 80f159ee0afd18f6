"""How many years of school the text asks for."""

from collections.abc import Iterator

from blog import readability
from blog.readiness.problems import TELLS, WARNS, Examined, Problem

SUMMARY_GRADE = 9  # “In short” is for everybody
TEXT_GRADE = 12


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield texts that are harder to read than they should be."""
    summary = readability.grade([examined.snapshot["summary"]])
    if summary > SUMMARY_GRADE:
        message = f"“In short” reads like grade {summary}; {SUMMARY_GRADE} is the aim."
        yield Problem("hard_summary", WARNS, message, "summary")
    text = examined.measures.grade
    if text > TEXT_GRADE:
        message = f"The text reads like grade {text}: shorter sentences and plainer words help."
        yield Problem("hard_text", TELLS, message, "body")
