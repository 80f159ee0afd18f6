"""The nightly look: does what people do to reviews, or keeping somebody waiting, depend on the stars beyond chance?

What is compared: every review that could have been withheld by a person, that is, which was shown at some
time or which a person withheld. What of a review counts is the last decision of a person on its words, with
the stars it had then. Looked at are all reasons together, each reason, each person who decides, photos, and
how long ratings wait, for a decision or for a look at the photo. And what else somebody could do to some
ratings: ask for a second look, put a label of a tie or take it off, ask to let a claim stand, and allow it.
What is read: reviews/lives.py; what is counted: reviews/tallies.py; tests and sources: reviews/chance.py. All
p-values of one night are corrected together.

The same reviews are looked at night after night, so over years even a fair shop may see an alarm: it means
"look at it", and the decisions stay on record.

What the rules withhold for a statement about an illness is no matter of chance and is checked one by one:
each review withheld for it has such a statement, none that is shown has one. That praise makes such
statements more often than blame does is reported, and is no alarm.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from reviews import chance, log, screening
from reviews.chance import Stratum, Wait
from reviews.models import FairnessCheck, Flag, Reason, Review, ReviewVersion
from reviews.tallies import Asking, Gathered, gather

ALPHA = 0.01
MOST_NAMED = 50
# So many reviews with a statement about an illness are looked up with one query.
CLAIMS_AT_ONCE = 500

Test = dict[str, Any]


def run(now: datetime) -> FairnessCheck:
    """Look at all decisions and store what was found; `result` is what newest_words() puts into words."""
    gathered = gather(now)
    tests = _corrected(list(_tests(gathered)))
    claims = _claims()
    unfair = any(test["is_found"] for test in tests) or claims["wrong"] > 0
    return FairnessCheck.objects.create(
        checked_at=now,
        is_fair=not unfair,
        result={
            "alpha": ALPHA,
            "entries": log.head().sequence,
            "reviews": sum(sum(one.all) for one in gathered.all.strata()),
            "withheld": sum(sum(one.withheld) for one in gathered.all.strata()),
            "tests": tests,
            "claims": claims,
        },
    )


def findings(check: FairnessCheck) -> list[str]:
    """Return what a check found that somebody has to look at, in plain words, for staff."""
    told = [_sentence(test) for test in check.result.get("tests", []) if test["is_found"]]
    claims = check.result.get("claims", {})
    if claims.get("wrong"):
        numbers = ", ".join(map(str, claims["numbers"]))
        told.append(f"Withheld or shown against the rule for statements about illness: {numbers}.")
    return told


def newest() -> FairnessCheck | None:
    """Return the last look; None before the first."""
    return FairnessCheck.objects.order_by("-checked_at", "-pk").first()


def _tests(gathered: Gathered) -> Iterator[Test]:
    kept = gathered.all.kept
    yield from _both("all", "", gathered.all.strata())
    for reason in Reason:
        if reason.value in gathered.reasons:
            yield from _both("reason", reason.value, gathered.reasons[reason.value].strata(kept))
    for actor in sorted(gathered.people):
        others = kept.without(gathered.overturned[actor])
        yield from _both("person", actor, gathered.people[actor].strata(others))
    yield from _both("photo", "", gathered.photos.strata())
    yield from _of_asking("asked", gathered.asked)
    yield from _of_asking("asked_back", gathered.asked_back)
    yield from _both("label", "", gathered.labelled.strata())
    yield from _both("unlabel", "", gathered.unlabelled.strata())
    yield from _both("override_asked", "", gathered.override_asked.strata())
    yield from _both("override_allowed", "", gathered.override_allowed.strata())
    yield _of_waits("waiting", gathered.waits.values())
    yield _of_waits("photo_waiting", gathered.photo_waits.values())


def _of_asking(about: str, asking: Asking) -> Iterator[Test]:
    yield from _both(about, "", asking.all.strata())
    for actor in sorted(asking.people):
        yield from _both(f"{about}_by", actor, asking.strata_of(actor))


def _of_waits(about: str, strata: Iterable[list[Wait]]) -> Test:
    waits = list(strata)
    return _told(about, "", "delay", sum(map(len, waits)), 0, chance.delay(waits))


def _both(about: str, of: str, strata: list[Stratum]) -> Iterator[Test]:
    number = sum(sum(one.all) for one in strata)
    withheld = sum(sum(one.withheld) for one in strata)
    yield _told(about, of, "trend", number, withheld, chance.trend(strata))
    yield _told(about, of, "table", number, withheld, chance.table(strata))


def _told(
    about: str, of: str, test: str, number: int, withheld: int, outcome: chance.Outcome | None
) -> Test:
    return {
        "about": about,
        "of": of,
        "test": test,
        "number": number,
        "withheld": withheld,
        "p": outcome.p if outcome else None,
        "worse": outcome.worse if outcome else "",
    }


def _corrected(tests: list[Test]) -> list[Test]:
    """Add to each test its corrected p-value, and whether that is beyond chance."""
    done = [test for test in tests if test["p"] is not None]
    for test, adjusted in zip(done, chance.holm([test["p"] for test in done]), strict=True):
        test["adjusted"] = adjusted
    for test in tests:
        test.setdefault("adjusted", None)
        test["is_found"] = test["adjusted"] is not None and test["adjusted"] < ALPHA
    return tests


def _claims() -> dict[str, Any]:
    """Look at every review that the rule for statements about illness is about, whichever way it went."""
    flagged = Flag.objects.filter(version=OuterRef("current"), kind=Flag.Kind.CLAIM)
    held = Q(state=Review.State.WITHHELD, reason=Reason.UNLAWFUL_CLAIM)
    open_ = Q(Exists(flagged), state__in=[Review.State.SHOWN, Review.State.WAITING])
    rows = Review.objects.select_related("current").filter(held | open_).order_by("number")
    wrong: list[int] = []
    by_stars: Counter[int] = Counter()
    for reviews in _parts(rows):
        holding = _holding(reviews)
        for review in reviews:
            is_held = review.state == Review.State.WITHHELD
            by_stars[review.stars] += is_held
            # Of what was erased no words are left to read.
            if _is_readable(review.current) and is_held != (review.pk in holding):
                wrong.append(review.number)
    return {
        "by_stars": {str(stars): by_stars[stars] for stars in chance.STARS},
        "held": by_stars.total(),
        "wrong": len(wrong),
        "numbers": wrong[:MOST_NAMED],
    }


def _parts(rows: QuerySet[Review]) -> Iterator[list[Review]]:
    found = rows.iterator(chunk_size=CLAIMS_AT_ONCE)
    while part := list(islice(found, CLAIMS_AT_ONCE)):
        yield part


def _holding(reviews: list[Review]) -> set[int]:
    """Return the keys of those in which something stands that holds them today. One query."""
    words = {
        review.pk: screening.words_of(review.current)
        for review in reviews
        if _is_readable(review.current)
    }
    subjects = {f"{screening.SUBJECT}:{pk}": pk for pk in words}
    found = screening.open_in(
        text for pk, written in words.items() for text in screening.texts_of(written, pk)
    )
    keys = ((subjects[one.text.subject], one) for one in found)
    return {pk for pk, one in keys if screening.holds(one, words[pk])}


def _is_readable(version: ReviewVersion | None) -> bool:
    return version is not None and not version.is_erased


# By what was looked at: its name, and what happens to some ratings.
_WITHHELD, _WAIT = "are withheld more often", "wait longer"
_WORDS = {
    "all": ("All reasons", _WITHHELD),
    "reason": ("Withheld as “{of}”", _WITHHELD),
    "person": ("Withheld by {of}", _WITHHELD),
    "photo": ("Photos", _WITHHELD),
    "waiting": ("Waiting", _WAIT),
    "photo_waiting": ("Photos that wait", _WAIT),
    "asked": ("Asked to withhold after all", "are asked about more often"),
    "asked_by": ("Asked to withhold after all by {of}", "are asked about more often"),
    "asked_back": ("Asked to show after all", "are asked for more often"),
    "asked_back_by": ("Asked to show after all by {of}", "are asked for more often"),
    "label": ("Labels put", "get a label more often"),
    "unlabel": ("Labels taken off", "lose their label more often"),
    "override_asked": ("Asked to let a claim stand", "are asked for more often"),
    "override_allowed": ("Claims that were let stand", "are allowed more often"),
}
_WHO = {"low": "low ratings", "high": "high ratings", "": "some ratings"}


def _sentence(test: Test) -> str:
    name, happens = _WORDS[test["about"]]
    of = Reason(test["of"]).label if test["about"] == "reason" else test["of"]
    what = f"{_WHO[test['worse']]} {happens} than chance explains"
    return f"{name.format(of=of)}: {what} (p {test['adjusted']:.4f})."
