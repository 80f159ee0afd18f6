"""Labels of insiders: what staff learn of a tie stands beside the review (16 CFR 465.5), whatever it says."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from reviews import log, notifications
from reviews.models import Insider, LogEntry, Review

Tie = Insider.Tie
# How the note of an entry tells of a label: before → after: how we know.
NO_LABEL = "no label"
_TO, _BECAUSE = " → ", ": "


class LabelRefused(Exception):
    """The label cannot be changed like that; the message says why, to staff."""


def label(review_id: int, tie: str, *, actor: str, note: str, now: datetime) -> Review:
    """Put the label of `tie` (one of Insider.Tie) beside a review; `note` says how we know.

    An empty `tie` takes a label away. Raises LabelRefused without a note, for an unknown tie, and where the
    label stands already; then nothing is changed.
    """
    if tie and tie not in Tie.values:
        message = "Choose a tie from the list."
        raise LabelRefused(message)
    if not note.strip():
        message = "Say how we know. It is kept in the log."
        raise LabelRefused(message)
    words = str(Tie(tie).label) if tie else ""
    with transaction.atomic():
        log.locked_head()
        review = Review.objects.select_related("current", "product").get(pk=review_id)
        if review.insider_label == words:
            message = "That is how it stands. Choose another label, or go back."
            raise LabelRefused(message)
        _put(review, words, actor=actor, note=note.strip(), now=now)
    return review


def label_all_of(insider: Insider, *, actor: str, now: datetime) -> int:
    """Label the earlier reviews of somebody whose tie has become known; return how many.

    A label that stands there stays: whoever put it knew why. Harmless to repeat. Raises LabelRefused for the
    domain of a public mail service, or of a whole country: nobody there has to have a tie to us.
    """
    if insider.covers_everybody:
        raise LabelRefused(Insider.TOO_WIDE)
    count = 0
    for pk in list(_unlabelled(insider.address).values_list("pk", flat=True)):
        with transaction.atomic():
            log.locked_head()
            review = Review.objects.select_related("current", "product").get(pk=pk)
            if review.insider_label:
                continue
            words, note = str(Tie(insider.tie).label), "Known by the address that it came from."
            _put(review, words, actor=actor, note=note, now=now)
            count += 1
    return count


def told_in(note: str) -> tuple[bool, bool] | None:
    """Return what the note of an entry "labelled" tells: whether a label stood there before, and afterwards.

    None where the note tells nothing: it was emptied at the author's wish.
    """
    before, arrow, rest = note.partition(_TO)
    if not arrow:
        return None
    return before != NO_LABEL, not rest.startswith(NO_LABEL + _BECAUSE)


def _unlabelled(address: str) -> QuerySet[Review]:
    rows = Review.objects.filter(insider_label="").order_by("number")
    if address.startswith("@"):
        return rows.filter(email__iendswith=address)
    return rows.filter(email__iexact=address)


def _put(review: Review, words: str, *, actor: str, note: str, now: datetime) -> None:
    before, review.insider_label = review.insider_label or NO_LABEL, words
    review.save(update_fields=["insider_label"])
    log.write(
        review,
        LogEntry.Kind.LABELLED,
        version=review.current,
        actor=actor,
        note=f"{before}{_TO}{words or NO_LABEL}{_BECAUSE}{note}",
        now=now,
    )
    notifications.review_labelled(review)
