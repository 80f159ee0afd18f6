"""Saving a post: each save is the next version, and what readers see changes only by rules.

A draft may be anything; what is published has no open problem (blog/readiness), and where its words
change, readers are told why. The states and their verbs are in blog/publishing.py.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from blog import events, readiness, snapshots
from blog.models import Post, PostEvent, Revision
from blog.readiness.claimed import problems_of_change
from blog.readiness.problems import Problem
from blog.rendering import contents
from blog.snapshots import Snapshot, readers_words
from redirects import table

Kind = PostEvent.Kind


class ReasonMissing(Exception):
    """The words of a published post changed, and nobody said why and what. Readers are told both."""


class NotReady(Exception):
    """The post has problems that readers must not see."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{one.message} {one.excerpt}".strip() for one in problems))


class StaleVersion(Exception):
    """Somebody saved the post after this form was opened."""

    def __init__(self, saved_by: str, saved_at: datetime | None) -> None:
        self.saved_by, self.saved_at = saved_by, saved_at
        super().__init__(f"{saved_by or 'Somebody'} has saved this post meanwhile.")


def open_for_saving(pk: int, opened_version: int) -> Post:
    """Lock the post until the transaction ends and return it fresh. Raises StaleVersion, Post.DoesNotExist.

    Who saves a form gets the post by this. A row that was read before somebody else's save would write
    old values over new ones, its state included.
    """
    post = Post.objects.select_for_update().get(pk=pk)
    if post.version != opened_version:
        raise _stale(post)
    return post


@transaction.atomic
def save_draft_or_changes(  # noqa: PLR0913 (what one form says)
    post: Post,
    *,
    by: str,
    now: datetime,
    opened_version: int,
    note: str = "",
    public_reason: str = "",
    public_note: str = "",
) -> Revision:
    """Make what is stored of the post its next version and return the revision.

    To be called in the transaction in which the post and its rows were saved; who gets an exception
    rolls that back. A draft is kept as it is. A published post must be ready, and where its words
    change, readers are told why. Raises StaleVersion, NotReady, ReasonMissing.
    """
    _take_next_version(post, opened_version)
    stored = Post.objects.get(pk=post.pk)
    before = stored.revisions.first()
    snapshot = snapshots.take(stored)
    if stored.status == Post.Status.PUBLISHED:
        demand_ready(stored, snapshot, now, before=before)
    is_public_change = _changes_in_public(stored, before, snapshot, now)
    if is_public_change and not (public_reason and public_note):
        raise ReasonMissing
    if is_public_change and (claimed := problems_of_change(public_note, stored)):
        raise NotReady(claimed)
    revision = stored.revisions.create(
        number=stored.version,
        snapshot=snapshot,
        saved_at=now,
        saved_by=by,
        note=note,
        public_reason=public_reason if is_public_change else "",
        public_note=public_note if is_public_change else "",
    )
    _follow_up(stored, before, revision)
    bring_up_to_date(post, stored)
    return revision


def _take_next_version(post: Post, opened_version: int) -> None:
    mine = Post.objects.filter(pk=post.pk, version=opened_version)
    won = mine.update(version=opened_version + 1) == 1
    # The row alone could lie: saving an instance that was read too early writes its old version back.
    newer = Revision.objects.filter(post_id=post.pk, number__gt=opened_version)
    if not won or newer.exists():
        raise _stale(post)


def _stale(post: Post) -> StaleVersion:
    newest = Revision.objects.filter(post_id=post.pk).first()
    return StaleVersion(newest.saved_by, newest.saved_at) if newest else StaleVersion("", None)


def demand_ready(
    post: Post, snapshot: Snapshot, now: datetime, *, before: Revision | None = None
) -> None:
    """Raise NotReady where readers would see a problem. For an unreviewed import only what is new since
    `before` counts: an archive of what was once written, which nobody has to finish.
    """
    problems = readiness.look_at(snapshot, post=post, now=now).blocking
    if post.is_unreviewed_import:
        known = before.snapshot if before else snapshot
        problems = readiness.added(problems, since=readiness.look_at(known, post=post, now=now))
    if problems:
        raise NotReady(problems)


def _changes_in_public(
    post: Post, before: Revision | None, snapshot: Snapshot, now: datetime
) -> bool:
    if before is None or post.status != Post.Status.PUBLISHED or not has_been_public(post, now):
        return False
    return readers_words(before.snapshot) != readers_words(snapshot)


def has_been_public(post: Post, now: datetime) -> bool:
    """Whether readers could see the post at some time up to `now`."""
    # What was scheduled and taken back before its time has lost that time: see unpublish().
    return post.publish_at is not None and post.publish_at <= now


def _follow_up(post: Post, before: Revision | None, revision: Revision) -> None:
    """Let follow what follows from a save: pictures kept, anchors, events, redirects."""
    snapshots.keep_pictures(post)
    by, now = revision.saved_by, revision.saved_at
    if post.status == Post.Status.PUBLISHED:
        set_fields(post, heading_ids=contents.heading_ids(post.body, post.heading_ids))
    if before is None:
        kind = Kind.IMPORTED if post.imported_at else Kind.CREATED
        events.record(post, kind, by=by, now=now)
    if revision.public_reason:
        set_fields(post, changed_at=now)
        note = f"{revision.get_public_reason_display()}. {revision.public_note}".strip()
        events.record(post, Kind.CHANGED, by=by, now=now, note=note)
    if before and before.snapshot["slug"] != post.slug:
        _move(post, f"/blog/{before.snapshot['slug']}/", by=by, now=now)


def _move(post: Post, old: str, *, by: str, now: datetime) -> None:
    """Let the address follow that the post had so far, if readers know it."""
    is_published = post.status == Post.Status.PUBLISHED
    # One that was taken off the site and waits for another time does not have the old one any more.
    left_once = post.events.filter(kind=Kind.UNPUBLISHED)
    if has_been_public(post, now) or left_once.exists():
        table.moved(old, post.get_absolute_url(), by=by, now=now)
        if is_published:
            events.record(post, Kind.CHANGED, by=by, now=now, note=f"New address; before: {old}")
    elif is_published:
        table.forget(post.get_absolute_url())  # it is scheduled: nothing else runs at its time


def set_fields(post: Post, **fields: Any) -> None:
    """Write these fields of the post and no others, in the row and in `post`."""
    Post.objects.filter(pk=post.pk).update(**fields)
    for name, value in fields.items():
        setattr(post, name, value)


def bring_up_to_date(post: Post, stored: Post) -> None:
    """Let the caller's `post` say what is stored."""
    if post is not stored:
        post.refresh_from_db()
    snapshots.forget_parts(post)
