"""What becomes of a review: one path for one to five stars.

Nothing in this module reads the stars; whoever decides is not shown them either. Once they have been told to
everybody, deciding anew takes two people (reviews/second_look.py, decision 34). Each verb moves the state once, writes the
log and keeps the counts, in one transaction, or raises and changes nothing.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from reviews import (
    counting,
    log,
    notifications,
    photo_files,
    screening,
    waiting,
)
from reviews.models import Flag, LogEntry, Reason, Review, ReviewVersion
from reviews.second_look import Past

State = Review.State
PhotoState = Review.PhotoState
Kind = LogEntry.Kind

logger = logging.getLogger(__name__)


class NotPossible(Exception):
    """The decision cannot be taken like that; the message says why, to staff."""


def settle(
    review: Review,
    found: screening.Screening,
    *,
    before: Counter[counting.Key],
    now: datetime,
) -> None:
    """Let the rules decide on the current version, in the caller's transaction, which holds the log's lock.

    `found` is what they find in its words now: a flag that stands on record may have been lifted since, by
    two people who let the sentence stand. `before` is what the review counted for until now
    (counting.keys_of), nothing for a new one.

    A statement that the law forbids withholds it; what a person withheld goes back to a person; reports of
    no effect or of a reaction are shown; what needs a person and was never shown waits; all else is shown.
    """
    version = _current(review)
    if found.holding_claim:
        reason = Reason.UNLAWFUL_CLAIM
        _move(review, State.WITHHELD, reason=reason, before=before, now=now)
        notifications.review_withheld(review, found.holding_claim)
    elif Past(review).is_doubted:
        note = "A person withheld or doubted the words before these."
        _move(review, State.WAITING, note=note, before=before, now=now)
    elif _may_be_shown(review, version, _kinds(version, found)):
        _move(review, State.SHOWN, before=before, now=now)
    else:
        _move(review, State.WAITING, before=before, now=now)


def reasons_for(review: Review) -> list[Reason]:
    """Return the reasons for which this review may be withheld; the others cannot be true of it.

    Only the claims check can say that a claim is in it. Who bought from us is no fake. A report of no effect
    or of a reaction is about the product, and nobody may doubt it away, unless it repeats another review.
    """
    allowed = _reasons_of_people(review)
    if screening.holding_claim_in(_current(review)):
        allowed.append(Reason.UNLAWFUL_CLAIM)
    return allowed


def photo_reasons_for(review: Review) -> list[Reason]:
    """Return the reasons for which its photo may be withheld. No rule reads what is written in a photo."""
    return [*_reasons_of_people(review), Reason.UNLAWFUL_CLAIM]


def last_entry(review: Review) -> int:
    """Return the sequence of the last log entry about `review`: what somebody has seen who decides on it."""
    return int(review.log.order_by("-sequence").values_list("sequence", flat=True).first() or 0)


def show(
    review_id: int,
    *,
    version_id: int,
    actor: str,
    note: str = "",
    seen: int | None = None,
    now: datetime,
) -> Review:
    """Show a review. `version_id` is the version that `actor` has read, `seen` its last_entry() then.

    What was withheld is not shown by one person: it waits for a second one, with a note that says why after
    all. Raises NotPossible.
    """

    def act(review: Review) -> None:
        _check_open(review, State.SHOWN)
        if screening.holding_claim_in(_current(review)):
            message = (
                "It makes a statement that we may not show. Its author can change it, or two people can let "
                "the sentence stand."
            )
            raise NotPossible(message)
        past = Past(review)
        is_seconded = past.is_showing_seconded(actor)
        if not is_seconded and past.has_asked_to_show(actor):
            message = "You asked to show it. Somebody else decides on that."
            raise NotPossible(message)
        if review.state != State.WITHHELD or (is_seconded and note.strip()):
            _move(review, State.SHOWN, actor=actor, note=note.strip(), now=now)
            notifications.review_shown(review)
        elif note.strip():
            _move(review, State.WAITING, actor=actor, note=note.strip(), now=now)
        else:
            message = "It was withheld. Say why it can be shown after all: it is kept in the log."
            raise NotPossible(message)

    return _decide(review_id, version_id, seen, act)


def withhold(  # noqa: PLR0913 (what was read, who, why and when)
    review_id: int,
    *,
    version_id: int,
    reason: str,
    actor: str,
    note: str,
    seen: int | None = None,
    now: datetime,
) -> Review:
    """Withhold a review for a listed reason; `note` says which words. Its author is told and can edit.

    Once its stars have been told, it only waits, until a second person has withheld or shown it.
    `version_id`, `seen`: as in show(). Raises NotPossible, also for a reason that cannot be true of it (see
    reasons_for()).
    """

    def act(review: Review) -> None:
        _check_open(review, State.WITHHELD)
        words = _checked(reason, reasons_for(review), note)
        listed, past = Reason(reason), Past(review)
        if not past.is_told or past.is_withholding_seconded(actor):
            _move(review, State.WITHHELD, reason=listed, actor=actor, note=words, now=now)
            notifications.review_withheld(review, words)
        elif past.has_asked_to_withhold(actor):
            message = "You asked to withhold it once. Somebody else decides on that."
            raise NotPossible(message)
        else:
            _move(review, State.WAITING, wish=listed, actor=actor, note=words, now=now)
            if past.withheld_before is None:
                notifications.review_read_again(review, listed, words)

    return _decide(review_id, version_id, seen, act)


def show_photo(
    review_id: int,
    *,
    version_id: int,
    actor: str,
    note: str = "",
    seen: int | None = None,
    now: datetime,
) -> Review:
    """Show the photo of a review; `note` is kept in the log. Raises NotPossible."""

    def act(review: Review) -> None:
        _move_photo(review, PhotoState.SHOWN, actor=actor, note=note.strip(), now=now)

    return _decide(review_id, version_id, seen, act)


def withhold_photo(  # noqa: PLR0913 (what was seen, who, why and when)
    review_id: int,
    *,
    version_id: int,
    reason: str,
    actor: str,
    note: str,
    seen: int | None = None,
    now: datetime,
) -> Review:
    """Withhold the photo alone, for a listed reason; the words are shown all the same. Raises NotPossible."""

    def act(review: Review) -> None:
        words = _checked(reason, photo_reasons_for(review), note)
        state, listed = PhotoState.WITHHELD, Reason(reason)
        _move_photo(review, state, reason=listed, actor=actor, note=words, now=now)
        notifications.photo_withheld(review, words)

    return _decide(review_id, version_id, seen, act)


def withdraw(review_id: int, *, now: datetime) -> Review:
    """Take a review back at its author's wish; the log keeps that there was one. Harmless when done."""
    with transaction.atomic():
        log.locked_head()
        review = _read(review_id)
        if review.state != State.WITHDRAWN:
            _move(review, State.WITHDRAWN, now=now)
    return review


def show_overdue(*, after: timedelta, now: datetime) -> int:
    """Show reviews that have waited for longer than `after`; return how many.

    So nobody can withhold a review by never deciding on it. What repeats another or came in a burst is shown
    after LONGER times as long. What may hold private data goes on waiting, and is counted in public as
    waiting. Where one person wanted withheld words shown and no second one agreed, they are withheld again.
    """
    shown = 0
    overdue = Review.objects.waiting().filter(state_at__lt=now - after)
    for read in overdue.select_related("current"):
        try:
            shown += _show_if_overdue(read, after, now)
        except Exception:
            # What is wrong with one must not keep all that came after it.
            logger.exception("%s: not looked at for being overdue", read)
    return shown


def _show_if_overdue(read: Review, after: timedelta, now: datetime) -> bool:
    # Read by the rules of today, before the lock: what stands on record may be gone, or be a claim.
    version = _current(read)
    found = screening.screen(screening.words_of(version), review_pk=read.pk, now=now)
    times = waiting.times_to_wait(Past(read), _kinds(version, found))
    if found.holding_claim or not times or now - read.state_at <= times * after:
        return False
    with transaction.atomic():
        log.locked_head()
        review = _read(read.pk)
        is_the_same = (review.state_at, review.current_id) == (read.state_at, version.pk)
        return review.state == State.WAITING and is_the_same and _end_waiting(review, now)


def _end_waiting(review: Review, now: datetime) -> bool:
    """Show it, or withhold it again where one person alone wanted it shown; say whether it is shown now."""
    held = Past(review).withheld_before
    if held is not None:
        _move(review, State.WITHHELD, reason=Reason(held.reason), note=held.note, now=now)
        return False
    _move(review, State.SHOWN, note="Nobody had decided in time.", now=now)
    notifications.review_shown(review)
    return True


def _decide(
    review_id: int, version_id: int, seen: int | None, act: Callable[[Review], None]
) -> Review:
    with transaction.atomic():
        log.locked_head()
        review = _read(review_id)
        if review.current_id != version_id:
            message = "Its author has changed it since you opened it. Please read it again."
            raise NotPossible(message)
        if seen is not None and seen != last_entry(review):
            message = "Somebody has decided on it since you opened it. Please look at where it stands now."
            raise NotPossible(message)
        act(review)
    return review


def _read(review_id: int) -> Review:
    return Review.objects.select_related("current", "product").get(pk=review_id)


def _current(review: Review) -> ReviewVersion:
    assert review.current is not None  # noqa: S101 (set with the review, in one transaction)
    return review.current


def _reasons_of_people(review: Review) -> list[Reason]:
    allowed = [Reason.PRIVATE_DATA, Reason.ABUSE]
    if not review.is_never_held:
        allowed.append(Reason.OFF_TOPIC)
    if review.order_line_id is None and not (review.is_never_held and not _is_a_copy(review)):
        allowed.append(Reason.FAKE)
    return allowed


def _is_a_copy(review: Review) -> bool:
    return _current(review).flags.filter(kind=Flag.Kind.DUPLICATE).exists()


def _kinds(version: ReviewVersion, found: screening.Screening) -> set[str]:
    """Return what was noticed when the version came, and what its words say by the rules of today."""
    stored = version.flags.exclude(kind__in=screening.OF_WORDS).values_list("kind", flat=True)
    return {*stored, *found.flags}


def _may_be_shown(review: Review, version: ReviewVersion, kinds: set[str]) -> bool:
    if _was_shown(version):
        return True
    # Forms take no private data; an import may bring some, and nobody's number is shown unread.
    waits_for = {Flag.Kind.PRIVATE_DATA} if review.is_never_held else waiting.WAITS_FOR
    return not kinds & waits_for


def _was_shown(version: ReviewVersion) -> bool:
    # Somebody, or the rules, have decided on these very words; they need not wait for that again.
    return version.log.filter(kind=Kind.SHOWN).exists()


def _checked(reason: str, allowed: list[Reason], note: str) -> str:
    if reason not in allowed:
        message = "This reason cannot be true of this review. Choose one from the list."
        raise NotPossible(message)
    if not note.strip():
        message = "Say what it is about: the author is told, and must be able to change it."
        raise NotPossible(message)
    return note.strip()


def _check_open(review: Review, state: State) -> None:
    if review.state == State.WITHDRAWN:
        message = "Its author has withdrawn it."
        raise NotPossible(message)
    if review.state == state:
        message = f"This review is {state.label.lower()} already."
        raise NotPossible(message)


def _move(  # noqa: PLR0913 (who, why and when)
    review: Review,
    state: State,
    *,
    now: datetime,
    reason: Reason | None = None,
    wish: Reason | None = None,
    actor: str = "",
    note: str = "",
    before: Counter[counting.Key] | None = None,
) -> None:
    if state not in Review.TRANSITIONS[State(review.state)]:
        message = f"A review that is {review.state} cannot become {state}."
        raise NotPossible(message)
    if before is None:
        before = counting.keys_of(review, review.current)
    review.state, review.reason, review.state_at = state, reason or "", now
    review.save(update_fields=["state", "reason", "state_at"])
    log.write(
        review,
        Kind(state.value),
        version=review.current,
        actor=actor,
        note=note,
        reason=wish or review.reason,
        now=now,
    )
    counting.change(review.product_id, before, counting.keys_of(review, review.current))
    photo_files.settle_after_commit(review.pk)


def _move_photo(
    review: Review,
    state: PhotoState,
    *,
    now: datetime,
    actor: str,
    reason: Reason | None = None,
    note: str = "",
) -> None:
    if review.state == State.WITHDRAWN:
        message = "Its author has withdrawn it."
        raise NotPossible(message)
    if review.photo_state in {PhotoState.NONE, state}:
        message = "There is no photo to decide on."
        raise NotPossible(message)
    before = counting.keys_of(review, review.current)
    review.photo_state, review.photo_reason = state, reason or ""
    review.save(update_fields=["photo_state", "photo_reason"])
    kind = Kind.PHOTO_SHOWN if state == PhotoState.SHOWN else Kind.PHOTO_WITHHELD
    log.write(
        review,
        kind,
        version=review.current,
        actor=actor,
        note=note,
        reason=review.photo_reason,
        now=now,
    )
    counting.change(review.product_id, before, counting.keys_of(review, review.current))
    photo_files.settle_after_commit(review.pk)
