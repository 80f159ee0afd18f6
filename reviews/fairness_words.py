"""The nightly look in words for everybody: no name of anybody who decides, no p-value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reviews import fairness
from reviews.models import FairnessCheck, Reason

WHO = {"low": "low ratings", "high": "high ratings", "": "some ratings"}


@dataclass(frozen=True)
class Words:
    """What the last look found. `found` is empty where nothing did."""

    checked_at: datetime
    is_fair: bool
    looked_at: str
    found: tuple[str, ...]
    claims: str


def newest() -> Words | None:
    """Return the last look in words; None before the first. One query."""
    check = fairness.newest()
    return words_of(check) if check else None


def words_of(check: FairnessCheck) -> Words:
    """Return one look in words."""
    result = check.result
    told = [_found(test) for test in result.get("tests", []) if test["is_found"]]
    claims = result.get("claims", {})
    if wrong := claims.get("wrong", 0):
        told.append(
            f"{_reviews(wrong)} stood against our rule for claims about an illness or a medicine."
        )
    return Words(
        checked_at=check.checked_at,
        is_fair=check.is_fair,
        looked_at=_looked_at(result),
        found=tuple(dict.fromkeys(told)),
        claims=_claims(claims),
    )


def _looked_at(result: dict[str, Any]) -> str:
    withheld, number = result.get("withheld", 0), result.get("reviews", 0)
    return f"We looked at {_reviews(number)}. People held back {withheld} of them."


# By what was looked at, with the ratings that fared worse: never by whom.
_SENTENCES = {
    "all": "{who} were held back more often",
    "reason": "{who} were held back as “{of}” more often",
    "person": "one of us held back {who} more often",
    "photo": "photos with {who} were held back more often",
    "waiting": "{who} waited longer",
    "photo_waiting": "photos with {who} waited longer",
    "asked": "we wanted to hold back {who} after all more often",
    "asked_by": "one of us wanted to hold back {who} after all more often",
    "asked_back": "we wanted to show {who} after all more often",
    "asked_back_by": "one of us wanted to show {who} after all more often",
    "label": "we put a label of a tie to us beside {who} more often",
    "unlabel": "we took such a label off {who} more often",
    "override_asked": "for {who} we asked more often to let a flagged sentence stand",
    "override_allowed": "for {who} we let a flagged sentence stand more often",
}


def _found(test: dict[str, Any]) -> str:
    of = _reason(test["of"]) if test["about"] == "reason" else ""
    words = _SENTENCES[test["about"]].format(who=WHO[test["worse"]], of=of)
    return f"{words[0].upper()}{words[1:]} than chance explains."


def _reason(of: str) -> str:
    return str(Reason(of).label) if of in Reason.values else of


def _claims(claims: dict[str, Any]) -> str:
    if not (held := claims.get("held", 0)):
        return "Our rules hold back no review for a claim about an illness or a medicine."
    by_stars = claims["by_stars"]
    parts = ", ".join(
        f"{count} with {stars} {'dot' if stars == '1' else 'dots'}"
        for stars, count in by_stars.items()
        if count
    )
    return (
        f"Our rules hold back {_reviews(held)} for a claim about an illness or a medicine: {parts}. "
        "The rules do not see the rating. Praise makes such statements more often than blame does."
    )


def _reviews(number: int) -> str:
    return f"{number:,} review" if number == 1 else f"{number:,} reviews"
