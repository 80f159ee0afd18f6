"""One line of the doctor's report, and how the report reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. Only MISSING blocks."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and, where it is not well, what to do about it."""

    level: Level
    about: str
    text: str
    advice: str = ""


def required(about: str, *, ok: object, good: str, bad: str, advice: str) -> Finding:
    """Return a finding about something that no real shop can do without."""
    return _finding(Level.MISSING, about, ok, good, bad, advice)


def advised(about: str, *, ok: object, good: str, bad: str, advice: str) -> Finding:
    """Return a finding about something that a shop should have."""
    return _finding(Level.WARNING, about, ok, good, bad, advice)


def _finding(level: Level, about: str, *rest: object) -> Finding:
    ok, good, bad, advice = rest
    if ok:
        return Finding(Level.OK, about, str(good))
    return Finding(level, about, str(bad), str(advice))


def blocks(findings: Sequence[Finding]) -> bool:
    """Say whether one of `findings` must be mended before real money is taken."""
    return any(finding.level is Level.MISSING for finding in findings)


def as_text(findings: Sequence[Finding], now: datetime) -> str:
    """Return the report for people: one line each, advice beneath what is not well."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:<8} {finding.about}: {finding.text}")
        if finding.advice:
            lines.append(f"{'':<8} → {finding.advice}")
    missing = sum(finding.level is Level.MISSING for finding in findings)
    verdict = (
        f"Missing before this shop may take real money: {missing}."
        if missing
        else "Nothing that a program can see keeps this shop from taking real money."
    )
    return "\n".join((*lines, "", f"{now:%Y-%m-%d %H:%M} UTC. {verdict}"))
