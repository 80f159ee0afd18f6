"""Questions of visitors: asked on the site, answered by staff, and the answer becomes a row of the FAQ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.safestring import SafeString
from django.utils.text import slugify

from pages import notifications
from pages.citations import Footnotes
from pages.contact import keep_reaction
from pages.models import FaqItem, VisitorQuestion
from throttle import limits

QUESTIONS_PER_HOUR = 5
# The privacy policy promises these times; a day is left for the nightly run.
KEEP = timedelta(days=730)
KEEP_DECLINED = timedelta(days=90)
KEEP_ASKER = timedelta(days=30)
KEEP_SENDER = timedelta(days=2)
LONGEST_SLUG = 50
ROOM_FOR_NUMBER = 6


class TooManyQuestions(Exception):
    """This network has asked its share for the hour; the next question is taken later."""


@dataclass(frozen=True)
class Asked:
    """A checked question, before it is stored. Name and email may be empty."""

    question: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class ShownQuestion:
    """A question of the FAQ as another page shows it."""

    slug: str
    question: str
    answer: SafeString


@transaction.atomic
def ask(asked: Asked, *, sender: str, now: datetime) -> VisitorQuestion:
    """Store `asked` for staff.

    `sender` is the sender's network (throttle.limits.address_block); only a hash of it with the day is
    kept. Raises TooManyQuestions past QUESTIONS_PER_HOUR; then nothing is stored.
    """
    hour = timedelta(hours=1)
    if not limits.hit(kind="question", key=sender, limit=QUESTIONS_PER_HOUR, period=hour, now=now):
        raise TooManyQuestions
    return VisitorQuestion.objects.create(
        question=asked.question,
        name=asked.name,
        email=asked.email,
        asked_at=now,
        # Not the hash that the limits store: what one network did elsewhere is no part of its question.
        sender_key_hash=limits.digest_of(f"question:{sender}", now),
    )


@transaction.atomic
def answer(question: VisitorQuestion, item: FaqItem, *, by: str, now: datetime) -> FaqItem:
    """Publish `item`, not saved yet, as the answer to `question`, and tell who asked.

    The item has been checked as the admin's form does; it goes to the end of its group. `by` is a user
    name. Raises AlreadySettled; then no row is made and no mail queued.
    """
    # First of all: whoever comes second waits here, and makes nothing.
    question.mark_answered(by=by, now=now)
    last = FaqItem.objects.filter(group=item.group).aggregate(last=Max("position"))["last"] or 0
    item.position = last + 10
    item.is_published = True
    _save_under_free_slug(item)
    _settle_with(question, item)
    return item


@transaction.atomic
def answer_with(question: VisitorQuestion, item: FaqItem, *, by: str, now: datetime) -> None:
    """Note that `item`, which is published, answers `question` already, and tell who asked.

    Raises AlreadySettled; ValueError for an item that nobody can read.
    """
    if not item.is_published:
        msg = f"Nobody can read “{item}”."
        raise ValueError(msg)
    question.mark_answered(by=by, now=now)
    _settle_with(question, item)


@transaction.atomic
def decline(
    question: VisitorQuestion, reason: str, *, by: str, now: datetime, note: str = ""
) -> None:
    """Note that nobody will answer, for one of VisitorQuestion.Reason, and tell who asked.

    What tells of a skin reaction becomes a contact message, where such reports are looked after. `note`
    stays with staff. Raises AlreadySettled.
    """
    question.mark_declined(reason=reason, note=note, by=by, now=now)
    if reason == VisitorQuestion.Reason.REACTION:
        keep_reaction(question.question, name=question.name, email=question.email, now=now)
    # Abuse gets no mail: the address may be that of somebody else.
    if question.email and reason != VisitorQuestion.Reason.ABUSE:
        notifications.question_declined(question)


def others_of_sender(question: VisitorQuestion) -> int:
    """Return how many other questions came from the same network on the same day, as long as we know."""
    if not question.sender_key_hash:
        return 0
    same = VisitorQuestion.objects.filter(sender_key_hash=question.sender_key_hash)
    return same.exclude(pk=question.pk).count()


def free_slug(words: str) -> str:
    """Return an anchor made of `words` that no question has yet."""
    return next(slug for slug in _slugs(words) if not FaqItem.objects.filter(slug=slug).exists())


def shown_on_product() -> list[ShownQuestion]:
    """Return the questions that stand beside the product, in the order of the FAQ page: one query."""
    rows = FaqItem.objects.on_product_page().values_list("slug", "question", "answer")
    return [
        ShownQuestion(slug, question, Footnotes({}).render(words).html)
        for slug, question, words in rows
    ]


def forget_old(now: datetime) -> tuple[int, int]:
    """Delete old questions, and erase who asked, past the times that the privacy policy names.

    What was answered stays in the FAQ, in our own words. Returns how many questions were deleted, and of
    how many the asker or the sender's hash was erased.
    """
    rows = VisitorQuestion.objects
    declined = rows.filter(state=VisitorQuestion.State.DECLINED)
    deleted = rows.asked_before(now - KEEP).delete()[0]
    deleted += declined.settled_before(now - KEEP_DECLINED).delete()[0]
    told = rows.settled_before(now - KEEP_ASKER).exclude(name="", email="")
    erased = told.update(name="", email="")
    known = rows.asked_before(now - KEEP_SENDER).exclude(sender_key_hash="")
    return deleted, erased + known.update(sender_key_hash="")


def _settle_with(question: VisitorQuestion, item: FaqItem) -> None:
    question.faq_item = item
    question.save(update_fields=["faq_item"])
    if question.email:
        notifications.question_answered(question, item)


def _save_under_free_slug(item: FaqItem) -> None:
    for slug in _slugs(item.slug):
        item.slug = slug
        try:
            # Two questions in the same words may be answered at the same moment.
            with transaction.atomic():
                item.save(force_insert=True)
        except IntegrityError:
            if not FaqItem.objects.filter(slug=slug).exists():
                raise
        else:
            return


def _slugs(words: str) -> Iterator[str]:
    whole = slugify(words)[:LONGEST_SLUG].strip("-") or "question"
    yield whole
    short = whole[: LONGEST_SLUG - ROOM_FOR_NUMBER].strip("-")
    yield from (f"{short}-{number}" for number in count(2))
