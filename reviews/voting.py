"""The word of a visitor that a review helped: one for each visitor and review, counted once.

A visitor is a random token in a cookie that goes along with votes only; we keep its hash.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from reviews.models import HelpfulVote, Review
from throttle import limits
from throttle.limits import Limit

MOST_OF_A_NETWORK = 30
# A cookie is thrown away in a moment: so few new visitors of one network count for one review.
MOST_FOR_ONE_REVIEW = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)


class TooManyVotes(Exception):
    """This network has voted enough for now. `opens_at` is when it may again."""

    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__()


@dataclass(frozen=True)
class Voted:
    """What came of a vote. `count` is how many found the review helpful now."""

    count: int
    token: str


def vote(number: int, *, token: str, sender: str, now: datetime) -> Voted:
    """Count that the visitor with `token` found review `number` helpful; a second time changes nothing.

    An empty or strange `token` is a visitor we have not met: the answer holds a new one. `sender` is their
    network (throttle.limits.address_block). Raises Review.DoesNotExist for a review that is not shown, and
    TooManyVotes.
    """
    review = Review.objects.shown().only("pk", "number").get(number=number)
    if not _TOKEN.fullmatch(token):
        token = secrets.token_urlsafe(16)
    voter = voter_of(token)
    if not HelpfulVote.objects.filter(review=review, voter=voter).exists():
        _admit(number, sender, now)
        _count(review, voter, now)
    count = Review.objects.values_list("helpful_count", flat=True).get(pk=review.pk)
    return Voted(count, token)


def voter_of(token: str) -> str:
    """Return what is stored in place of a visitor's token (64 characters)."""
    text = f"reviews.voter:{token}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _admit(number: int, sender: str, now: datetime) -> None:
    wanted = [
        Limit("review-vote", sender, MOST_OF_A_NETWORK, HOUR),
        Limit("review-vote-one", f"{sender}:{number}", MOST_FOR_ONE_REVIEW, DAY),
    ]
    opens_at = limits.admit(wanted, now=now)
    if opens_at is not None:
        raise TooManyVotes(opens_at)


def _count(review: Review, voter: str, now: datetime) -> None:
    with transaction.atomic():
        _, is_new = HelpfulVote.objects.get_or_create(
            review=review, voter=voter, defaults={"voted_at": now}
        )
        if is_new:
            Review.objects.filter(pk=review.pk).update(helpful_count=F("helpful_count") + 1)
