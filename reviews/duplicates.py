"""Whether a review repeats another one: the same words, or nearly the same."""

import hashlib
import itertools
import re
from datetime import datetime, timedelta

from reviews.models import ReviewVersion

# So many of the last versions are compared word for word; the same words are found however old they are.
COMPARED = 2000
LOOKS_BACK = timedelta(days=365)
# Whose similarity hashes differ in at most so many of 64 bits is read itself, the nearest first. Short texts
# move many bits with one word: tests/reviews/test_duplicates.py has what was measured.
MOST_BITS = 14
READ = 10
# So much of the pairs of words that two texts have together must stand in both.
LIKENESS = 0.5
# Fewer words say nothing: two people may well write "It stays on well", and many write "Love it".
FEWEST_WORDS = 6

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Return the words of `text` without capitals and signs."""
    return _WORD.findall(text.casefold())


def words_hash(text: str) -> str:
    """Return the SHA-256 of the words alone: capitals, signs and spaces change nothing."""
    return hashlib.sha256(" ".join(words_of(text)).encode()).hexdigest()


def words_print(text: str) -> str:
    """Return a 64-bit similarity hash (Charikar 2002) in hexadecimal; empty for a short text."""
    words = words_of(text)
    if len(words) < FEWEST_WORDS:
        return ""
    weights = [0] * 64
    for place in range(len(words) - 1):
        pair = f"{words[place]} {words[place + 1]}".encode()
        number = int.from_bytes(hashlib.blake2b(pair, digest_size=8).digest())
        for bit in range(64):
            weights[bit] += 1 if number >> bit & 1 else -1
    return f"{sum(1 << bit for bit, weight in enumerate(weights) if weight > 0):016x}"


def likeness(one: str, other: str) -> float:
    """Return how much of the pairs of words of two texts stands in both, 0 to 1."""
    pairs, others = _pairs(one), _pairs(other)
    return len(pairs & others) / len(pairs | others) if pairs | others else 0.0


def similar_to(text: str, *, not_of: int | None, now: datetime) -> int | None:
    """Return the public number of an earlier review with these words or nearly these; None if there is none.

    `not_of` is the key of the review that they are of, if it is stored: only those that came before it count,
    or a copy would pull down what it was copied from. At most three queries.
    """
    if not (own := words_print(text)):
        return None
    others = (
        ReviewVersion.objects.filter(review__lt=not_of) if not_of else ReviewVersion.objects.all()
    )
    same = others.filter(words_hash=words_hash(text)).values_list("review__number", flat=True)
    if (number := same.order_by("pk").first()) is not None:
        return number
    recent = others.exclude(words_print="").filter(written_at__gte=now - LOOKS_BACK)
    rows = recent.order_by("-written_at").values_list("words_print", "pk")[:COMPARED]
    wanted = int(own, 16)
    bits = ((int(known, 16) ^ wanted).bit_count() for known, _ in rows)
    near = sorted((far, pk) for far, (_, pk) in zip(bits, rows, strict=True) if far <= MOST_BITS)
    return _likest(text, [pk for _, pk in near[:READ]])


def _likest(text: str, keys: list[int]) -> int | None:
    if not keys:
        return None
    rows = ReviewVersion.objects.filter(pk__in=keys).order_by("pk")
    found = (
        (likeness(text, body), number)
        for body, number in rows.values_list("body", "review__number")
    )
    best, number = max(found, default=(0.0, None), key=lambda one: one[0])
    return number if best >= LIKENESS else None


def _pairs(text: str) -> set[tuple[str, str]]:
    words = words_of(text)
    return set(itertools.pairwise(words))
