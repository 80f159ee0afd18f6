"""What a reviewer's sentence comes to, in words that the claims check flags.

The check is made for text that sells. It does not flag "my feet arent numb anymore" or "me curó la anemia". Such a
sentence is given to it with READ_AS before it: it holds the review, and staff can ask to let it stand as they can
with every other. The author is told their own words. Pure.
"""

import hashlib
from collections.abc import Collection
from functools import lru_cache

from claims.check import find_claims
from reviews import illness_talk

READ_AS = "This patch cures illness: "
# For a sentence that a guard of the claims check would excuse, or that would be cut in two, its digest stands.
READ_AS_DIGEST = "This patch cures illness, sentence "
CATEGORY = "cure"
_CONTEXT = "patch"
_DIGEST_LENGTH = 12
# So many hold a review as well as more would; whoever changes them is told of the others.
_MOST = 12


def of_claims(review: str, *, known: Collection[str]) -> list[str]:
    """Return a reading of each sentence of `review` that claims something; none of what is `known` to be held."""
    held = [_flat(one) for one in known]
    new = [one for one in _claims(review) if not _is_among(_flat(one), held)]
    return [_reading(one) for one in new[:_MOST]]


def author_words(reading: str, review: str) -> str:
    """Return the sentence of `review` from which `reading` was made; empty where there is none."""
    made_from = {READ_AS + _flat(one): one for one in _claims(review)}
    made_from |= {READ_AS_DIGEST + _digest(one): one for one in _claims(review)}
    return made_from.get(reading, "")


@lru_cache(maxsize=64)
def _claims(review: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(illness_talk.claims_of(review)))


def _is_among(claim: str, held: list[str]) -> bool:
    return any(claim in one or one in claim for one in held)


def _reading(claim: str) -> str:
    whole = READ_AS + _flat(claim)
    for one in find_claims(whole, context=_CONTEXT):
        if one.category == CATEGORY and one.sentence == whole:
            return whole
    return READ_AS_DIGEST + _digest(claim)


def _digest(claim: str) -> str:
    return hashlib.sha256(_flat(claim).encode()).hexdigest()[:_DIGEST_LENGTH]


def _flat(claim: str) -> str:
    return " ".join(claim.split()).casefold()
