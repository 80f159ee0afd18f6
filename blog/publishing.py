"""The life of a post: saved, submitted, reviewed, published, changed, taken back.

Every verb locks the post's row first, so the words that it looks at are the words that it lets through.
A draft may be anything; what readers see has no open problem (blog/readiness) and words that a reviewer
has compared with their sources. The post that a caller passes is brought up to date.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from blog import events, freshness, snapshots
from blog.models import Person, Post, PostEvent, ReviewRecord, Revision
from blog.rendering import contents
from blog.reviewing import review_of_words
from blog.saving import (
    NotReady,
    ReasonMissing,
    StaleVersion,
    bring_up_to_date,
    demand_ready,
    has_been_public,
    open_for_saving,
    save_draft_or_changes,
    set_fields,
)
from blog.snapshots import Snapshot, readers_words
from redirects import table

# Saving is a part of publishing; blog/saving.py only keeps this module short.
__all__ = [
    "NotReady",
    "ReasonMissing",
    "StaleVersion",
    "TransitionNotAllowed",
    "open_for_saving",
    "publish",
    "record_review",
    "reopen",
    "restore",
    "save_draft_or_changes",
    "send_back",
    "submit",
    "unpublish",
]

Kind = PostEvent.Kind
Status = Post.Status


class TransitionNotAllowed(Exception):
    """The post is not in a state for this, or these people may not. The text says why, for staff."""


@transaction.atomic
def submit(post: Post, *, by: str, now: datetime) -> None:
    """Hand a draft over to the reviewers, however finished it is. Raises TransitionNotAllowed."""
    locked = _locked(post, Status.DRAFT)
    _move(locked, Status.SUBMITTED)
    events.record(locked, Kind.SUBMITTED, by=by, now=now)
    bring_up_to_date(post, locked)


@transaction.atomic
def send_back(post: Post, *, by: str, now: datetime, note: str) -> None:
    """Give a submitted post back to its author, with a word on why. Raises TransitionNotAllowed."""
    locked = _locked(post, Status.SUBMITTED)
    _move(locked, Status.DRAFT)
    events.record(locked, Kind.SENT_BACK, by=by, now=now, note=note)
    bring_up_to_date(post, locked)


@transaction.atomic
def record_review(
    post: Post,
    *,
    reviewer: Person,
    by: str,
    now: datetime,
    next_review_on: date | None = None,
    note: str = "",
) -> ReviewRecord:
    """Write down that `reviewer` has compared the post, as it is now, with its sources.

    A public post must be ready for it: a review puts it back on the home page. Raises
    TransitionNotAllowed (nobody reviews their own text), NotReady.
    """
    locked = _locked(post)
    # Also not in the name of somebody else.
    own = locked.author_rows.filter(Q(person=reviewer) | Q(person__user__username=by))
    if author := own.select_related("person").first():
        message = f"{author.person} is an author of this post: somebody else has to review it."
        raise TransitionNotAllowed(message)
    next_review_on = next_review_on or freshness.next_review_after(localdate(now))
    if next_review_on <= localdate(now):
        message = "The next review must be on a later day."
        raise TransitionNotAllowed(message)
    record = ReviewRecord.objects.create(
        post=locked,
        revision=_revision_of_now(locked, by, now),
        reviewer=reviewer,
        reviewed_at=now,
        next_review_on=next_review_on,
        recorded_by=by,
        note=note,
    )
    _take_over(locked, record)
    if locked.is_public(now):
        demand_ready(locked, snapshots.take(locked), now)
    events.record(locked, Kind.REVIEWED, by=by, now=now, note=note)
    bring_up_to_date(post, locked)
    return record


@transaction.atomic
def publish(
    post: Post,
    *,
    by: str,
    now: datetime,
    at: datetime | None = None,
    expire_at: datetime | None = None,
) -> None:
    """Let readers see the post from `at` on (now, without it) until `expire_at`.

    Nothing has to run at that time: lists and pages ask for it (PostQuerySet.public). A post that was
    public before keeps its date. Raises TransitionNotAllowed, NotReady.
    """
    locked = _locked(post, Status.DRAFT, Status.SUBMITTED, Status.UNPUBLISHED)
    publish_at = _time_of_publishing(locked, now, at, expire_at)
    snapshot = snapshots.take(locked)
    demand_ready(locked, snapshot, now)
    record = review_of_words(locked, snapshot)
    if record is None:
        message = "No reviewer has read these words."
        raise TransitionNotAllowed(message)
    _take_over(locked, record)
    changed_at = _time_of_change(locked, snapshot, now) or publish_at
    _move(
        locked,
        Status.PUBLISHED,
        publish_at=publish_at,
        expire_at=expire_at,
        changed_at=changed_at,
        heading_ids=contents.heading_ids(locked.body, locked.heading_ids),
    )
    table.forget(locked.get_absolute_url())
    kind = Kind.SCHEDULED if publish_at > now else Kind.PUBLISHED
    events.record(locked, kind, by=by, now=now)
    bring_up_to_date(post, locked)


@transaction.atomic
def unpublish(post: Post, *, by: str, now: datetime, note: str) -> None:
    """Take the post off the site, with a word on why. Raises TransitionNotAllowed."""
    locked = _locked(post, Status.PUBLISHED)
    # What nobody has seen yet has no date that it could keep.
    publish_at = locked.publish_at if has_been_public(locked, now) else None
    _move(locked, Status.UNPUBLISHED, publish_at=publish_at, expire_at=None)
    events.record(locked, Kind.UNPUBLISHED, by=by, now=now, note=note)
    bring_up_to_date(post, locked)


@transaction.atomic
def reopen(post: Post, *, by: str, now: datetime) -> None:
    """Make an unpublished post a draft again. Raises TransitionNotAllowed."""
    locked = _locked(post, Status.UNPUBLISHED)
    _move(locked, Status.DRAFT)
    events.record(locked, Kind.REOPENED, by=by, now=now)
    bring_up_to_date(post, locked)


@transaction.atomic
def restore(post: Post, revision: Revision, *, by: str, now: datetime) -> Revision:
    """Put the post back to an earlier revision, as a new one; sources, questions and tags included.

    What cannot come back (a tag that was deleted) stands in the notes of the event and of the new
    revision. Raises TransitionNotAllowed, and NotReady for a published post.
    """
    locked = _locked(post)
    if revision.post_id != locked.pk:
        message = "That revision belongs to another post."
        raise TransitionNotAllowed(message)
    gone = snapshots.apply(locked, revision.snapshot)
    lost = f"; gone and not put back: {', '.join(gone)}" if gone else ""
    longest = Revision._meta.get_field("note").max_length
    restored = save_draft_or_changes(
        locked,
        by=by,
        now=now,
        opened_version=locked.version,
        note=f"Revision {revision.number} put back{lost}"[:longest],
        public_reason=Revision.Reason.CORRECTION,
        public_note="An earlier version was put back.",
    )
    note = f"Revision {revision.number}{lost}"
    events.record(locked, Kind.RESTORED, by=by, now=now, note=note)
    bring_up_to_date(post, locked)
    return restored


# --- what the verbs share ------------------------------------------------------------------------


def _locked(post: Post, *states: Post.Status) -> Post:
    locked = Post.objects.select_for_update().get(pk=post.pk)
    if states and locked.status not in states:
        message = f"“{locked}” is {locked.get_status_display().lower()}: this cannot be done now."
        raise TransitionNotAllowed(message)
    return locked


def _move(post: Post, status: Post.Status, **fields: Any) -> None:
    old = Status(post.status)
    if status not in Post.TRANSITIONS[old]:
        message = f"“{post}” is {old.label.lower()}; it cannot become {status.label.lower()}."
        raise TransitionNotAllowed(message)
    # Compare and set: of two at once exactly one changes the row, also without the lock.
    if Post.objects.filter(pk=post.pk, status=old).update(status=status, **fields) != 1:
        message = f"“{post}” has just changed."
        raise TransitionNotAllowed(message)
    post.refresh_from_db()


def _take_over(post: Post, record: ReviewRecord) -> None:
    set_fields(
        post,
        reviewed_by=record.reviewer,
        reviewed_on=localdate(record.reviewed_at),
        next_review_on=record.next_review_on,
    )


def _revision_of_now(post: Post, by: str, now: datetime) -> Revision:
    """The newest revision; a new one where the post was written without one."""
    newest = post.revisions.first()
    if newest and readers_words(newest.snapshot) == readers_words(snapshots.take(post)):
        return newest
    try:
        return save_draft_or_changes(
            post, by=by, now=now, opened_version=post.version, note="As it was reviewed"
        )
    except ReasonMissing as error:
        message = "Its words changed past the editor: save it there first, and tell readers why."
        raise TransitionNotAllowed(message) from error


def _time_of_publishing(
    post: Post, now: datetime, at: datetime | None, expire_at: datetime | None
) -> datetime:
    if at is not None and at < now:
        message = "The time of publishing has passed: choose a later one, or publish at once."
        raise TransitionNotAllowed(message)
    kept = post.publish_at if has_been_public(post, now) and at is None else None
    if expire_at is not None and expire_at <= (at or now):
        message = "The post would leave the site before it appears."
        raise TransitionNotAllowed(message)
    return kept or at or now


def _time_of_change(post: Post, snapshot: Snapshot, now: datetime) -> datetime | None:
    """When readers last got other words: now, if they change by coming back."""
    if not has_been_public(post, now):
        return None
    away = post.events.filter(kind=Kind.UNPUBLISHED).first()
    last = post.revisions.filter(saved_at__lte=away.at).first() if away else None
    is_same = last is None or readers_words(last.snapshot) == readers_words(snapshot)
    return post.changed_at if is_same else now
