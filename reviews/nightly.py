"""Reading stored reviews again: the rules of the claims check change, and people let sentences stand."""

import logging
from dataclasses import dataclass
from datetime import datetime

from claims.models import Override
from reviews import screening, submitting
from reviews.models import Reason, Review

# A run reads so many at most, and the next one goes on where it ended.
AT_ONCE = 1000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What a run did: reviews read again, and how many of them stand elsewhere now."""

    read: int
    moved: int

    def __str__(self) -> str:
        return f"{self.read} reviews read again, {self.moved} moved"


def look_again(now: datetime, *, at_once: int = AT_ONCE) -> Outcome:
    """Read with the rules of today what was read with others, and what two people have decided on since.

    The oldest first, at most `at_once` for new rules. Harmless to repeat.
    """
    pks = dict.fromkeys([*_decided_on(), *_read_with_other_rules(at_once)])
    return Outcome(len(pks), sum(_looked_again(pk, now) for pk in pks))


def _looked_again(pk: int, now: datetime) -> bool:
    try:
        return submitting.look_again(pk, now=now)
    except Exception:
        # What is wrong with one must not keep all that came after it.
        logger.exception("review with key %s: not read again", pk)
        return False


def _read_with_other_rules(at_once: int) -> list[int]:
    rows = Review.objects.exclude(rules_version=screening.rules_version()).order_by("number")
    return list(rows.values_list("pk", flat=True)[:at_once])


def _decided_on() -> list[int]:
    """Return reviews that do not stand as the last word of two people about a sentence would have it.

    Withheld for a claim, and a sentence was allowed; or not withheld, and an allowance was taken back.
    """
    held = {"state": Review.State.WITHHELD, "reason": Reason.UNLAWFUL_CLAIM}
    allowed = Review.objects.filter(pk__in=_named(Override.State.APPROVED), **held)
    open_states = [Review.State.SHOWN, Review.State.WAITING]
    taken_back = Review.objects.filter(
        pk__in=_named(Override.State.WITHDRAWN), state__in=open_states
    )
    return [*allowed.values_list("pk", flat=True), *taken_back.values_list("pk", flat=True)]


def _named(state: str) -> list[int]:
    rows = Override.objects.filter(state=state, subject__startswith=f"{screening.SUBJECT}:")
    keys = rows.values_list("subject", flat=True).distinct()
    return [int(key.partition(":")[2]) for key in keys]
