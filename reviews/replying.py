"""The one answer of the shop below a review: dated, signed with a role, and only where everybody reads both."""

from datetime import datetime

from django.db import transaction

from reviews import log, notifications
from reviews.models import LogEntry, Review, StaffReply


class ReplyRefused(Exception):
    """The reply cannot stand like that; the message says why, to staff."""


def reply(review_id: int, body: str, role: str, *, actor: str, now: datetime) -> StaffReply:
    """Put the reply below a shown review, or put it right; every wording stays in the log.

    `role` is who speaks, such as "Customer care"; `actor` is a user name, for the log alone. The author is
    mailed that there is an answer, once: a corrected word is no news. The date is that of the last wording.
    Raises ReplyRefused and changes nothing for a review that is not shown, for empty words, and where
    nothing is different.
    """
    body, role = body.strip(), role.strip()
    with transaction.atomic():
        log.locked_head()
        review = Review.objects.select_related("current", "product").get(pk=review_id)
        _check(review, body, role)
        earlier = StaffReply.objects.filter(review=review).first()
        if earlier and (earlier.body, earlier.role) == (body, role):
            message = "Nothing is different. Change the words, or go back."
            raise ReplyRefused(message)
        row = earlier or StaffReply(review=review)
        row.body, row.role, row.by, row.replied_at = body, role, actor, now
        row.save()
        _note(review, f"{role}: {body}", actor, now)
        if earlier is None:
            notifications.review_replied(review)
    return row


def take_back(review_id: int, *, actor: str, note: str, now: datetime) -> None:
    """Remove the reply; what it said and `note`, why it goes, stay in the log. Raises ReplyRefused."""
    if not note.strip():
        message = "Say why it goes. It is kept in the log."
        raise ReplyRefused(message)
    with transaction.atomic():
        log.locked_head()
        review = Review.objects.select_related("current").get(pk=review_id)
        if not StaffReply.objects.filter(review=review).delete()[0]:
            message = "There is no reply any more."
            raise ReplyRefused(message)
        _note(review, f"Reply taken back: {note.strip()}", actor, now)


def _check(review: Review, body: str, role: str) -> None:
    message = ""
    if not review.is_shown:
        message = "A reply stands below a review that everybody can read. This one is not shown."
    elif not body or not role:
        message = "Write the reply, and who speaks."
    if message:
        raise ReplyRefused(message)


def _note(review: Review, note: str, actor: str, now: datetime) -> None:
    kind = LogEntry.Kind.REPLIED
    log.write(review, kind, version=review.current, actor=actor, note=note, now=now)
