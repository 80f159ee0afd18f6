"""Erasing what an author wrote, at their wish: the words go, that there was a review stays.

Number, stars, dates, source and decisions with their reasons stay: without them nobody could see from
outside that no review was lost, and they name nobody. What quotes the author goes with the words: the notes
of decisions, what the rules noticed, the reply. A report of harm stays in its own case, which the law has us
keep (reviews/models/safety.py).
"""

from datetime import datetime

from django.db import transaction

from reviews import decisions, log, photo_files
from reviews.models import Flag, LogEntry, Review, ReviewVersion, Source, StaffReply

# The columns of a version that may be emptied (migration 0002).
WORDS = (
    *("author_name", "title", "body", "skin_type", "worn_on", "held", "used_for"),
    *("words_hash", "words_print", "photo_digest"),
)


class NothingToErase(Exception):
    """Its words were erased before."""


class NotTakenBack(Exception):
    """Its author has not taken it back. Erasing must not be a way for staff to hide what people read."""


def erase(review_id: int, *, actor: str, note: str = "", now: datetime) -> Review:
    """Empty the words of every version, remove the photo and the address; withdraw the review for good.

    `note` says how the wish reached us; it must not quote the author. Files of the photo go once the
    transaction has committed (reviews/photo_files.py), unless another review uses them.

    Only what its author has taken back by their own link: nobody of staff can do that. An imported review has
    no such link. Raises NotTakenBack, NothingToErase.
    """
    with transaction.atomic():
        log.locked_head()
        review = Review.objects.select_related("current", "product").get(pk=review_id)
        if not may_be_erased(review):
            message = "Its author has not taken it back, or has brought it back since."
            raise NotTakenBack(message)
        written = ReviewVersion.objects.filter(review=review)
        if all(version.is_erased for version in written):
            raise NothingToErase
        # From here on it counts for nothing but its stars, which stay.
        decisions.withdraw(review_id, now=now)
        photo_files.give_up(review)
        _erase_words(review)
        review = Review.objects.select_related("current", "product").get(pk=review_id)
        log.write(
            review,
            LogEntry.Kind.ERASED,
            version=review.current,
            actor=actor,
            note=note.strip(),
            now=now,
        )
    return review


def may_be_erased(review: Review) -> bool:
    """Say whether staff may erase it: its author has taken it back, or cannot, as it was imported."""
    return review.state == Review.State.WITHDRAWN or review.source == Source.IMPORT


def _erase_words(review: Review) -> None:
    empty = dict.fromkeys(WORDS, "")
    ReviewVersion.objects.filter(review=review).update(**empty)
    Flag.objects.filter(version__review=review).update(detail="")
    LogEntry.objects.filter(review=review).update(note="")
    StaffReply.objects.filter(review=review).delete()
    Review.objects.filter(pk=review.pk).update(
        email="",
        sender_key="",
        skin_type="",
        worn_on="",
        held="",
        photo_state=Review.PhotoState.NONE,
        photo_reason="",
        is_promotable=False,
    )
