"""A prepared post into the database: all of it in one transaction, or nothing."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.timezone import get_default_timezone

from blog import events, published_texts, snapshots
from blog.importing.identity import Stored, source_of
from blog.importing.own import OwnPost
from blog.importing.prepared import PreparedPost
from blog.models import (
    ArchivedComment,
    Person,
    Picture,
    Post,
    PostEvent,
    ReviewRecord,
    Revision,
    Series,
    Tag,
)
from claims import nightly
from redirects import table
from redirects.addresses import RedirectRefused
from redirects.models import Redirect
from redirects.pointers import Kind
from references.models import Reference


@dataclass(frozen=True)
class Hand:
    """Who writes and when. `restores` takes over reviews from our own exports."""

    by: str
    now: datetime
    restores: bool = False


@transaction.atomic
def write(prepared: PreparedPost, stored: Stored | None, hand: Hand) -> list[str]:
    """Store the post, new or over what an earlier run stored; return what else there is to say."""
    if prepared.own:
        _write_parts(prepared.own)
    post = Post.objects.select_for_update().get(pk=stored.pk) if stored else Post()
    if stored and post.version != stored.version:
        return ["left as it is: somebody saved it just now"]
    _fill(post, prepared, hand)
    lost = [f"not there: {one}" for one in snapshots.apply(post, prepared.snapshot)]
    revision = Revision.objects.create(
        post=post,
        number=post.version,
        snapshot=snapshots.take(post),
        saved_at=hand.now,
        saved_by=hand.by,
        note="Imported" if stored is None else "Imported again: the export had changed",
    )
    _write_comments(post, prepared)
    for digest, credit in prepared.credits:
        Picture.objects.filter(digest=digest, credit="").update(credit=credit)
    if hand.restores and prepared.own and not post.imported_at:
        _write_review(post, revision, hand)
    events.record(post, PostEvent.Kind.IMPORTED, by=hand.by, now=hand.now)
    if post.status == Post.Status.PUBLISHED:
        texts = published_texts.texts_of(revision.snapshot, post)
        nightly.look_again(f"blog.post:{post.pk}", texts, hand.now)
    return lost + _redirect(prepared, hand)


def write_redirect(old: str, new: str, hand: Hand) -> str:
    """Have `old` lead to `new`, if nobody leads elsewhere from there; return why not."""
    standing = table.lookup(old)
    if standing and standing.source != Redirect.Source.IMPORT:
        return f"no redirect from {old}: it leads to {standing.new_path or 'nowhere'} already"
    try:
        table.add(
            old, new, kind=Kind.PERMANENT, source=Redirect.Source.IMPORT, by=hand.by, now=hand.now
        )
    except RedirectRefused as error:
        return f"no redirect from {old}: {error}"
    return ""


def _redirect(prepared: PreparedPost, hand: Hand) -> list[str]:
    new = f"/blog/{prepared.entry.slug}/"
    said = [write_redirect(old, new, hand) for old in prepared.old_paths]
    return [text for text in said if text]


def _fill(post: Post, prepared: PreparedPost, hand: Hand) -> None:
    for name, value in prepared.fields.items():
        setattr(post, name, value)
    post.version += 1
    post.created_by = post.created_by or hand.by
    post.slug, post.title = prepared.snapshot["slug"], prepared.snapshot["title"]
    post.imported_at = hand.now
    post.reviewed_by, post.reviewed_on, post.next_review_on = None, None, None
    state = prepared.own.state if prepared.own and hand.restores else {}
    if state and not state["imported"]:
        post.imported_at = None
    if state and state["reviewed_by"] and state["reviewed_on"]:
        post.reviewed_by = _person(state["reviewed_by"])
        post.reviewed_on, post.next_review_on = state["reviewed_on"], state["next_review_on"]
    source = source_of(prepared.entry.identity, prepared.digest, post)
    post.legacy = {**prepared.legacy, "source": source}
    post.save()


def _write_review(post: Post, revision: Revision, hand: Hand) -> None:
    if not (post.reviewed_by and post.reviewed_on and post.next_review_on):
        return
    noon = datetime.combine(post.reviewed_on, time(12), get_default_timezone())
    ReviewRecord.objects.create(
        post=post,
        revision=revision,
        reviewer=post.reviewed_by,
        reviewed_at=noon,
        next_review_on=post.next_review_on,
        recorded_by=hand.by,
        note="Taken over from an export of this blog.",
    )


def _write_comments(post: Post, prepared: PreparedPost) -> None:
    post.archived_comments.all().delete()
    ArchivedComment.objects.bulk_create(
        ArchivedComment(post=post, **fields) for fields in prepared.comments
    )


def _write_parts(own: OwnPost) -> None:
    """Make the rows that a post of our own export refers to, where they are missing."""
    for row in own.authors:
        _person(row)
    for row in own.references:
        if row:
            Reference.objects.get_or_create(key=row["key"], defaults=row)
    if own.series:
        fields = {"name": own.series["name"], "introduction": own.series["introduction"]}
        Series.objects.get_or_create(slug=own.series["slug"], defaults=fields)
    for slug, fields in own.tags.items():
        # Only what nobody here has said: the import has just made the tag, or staff have.
        Tag.objects.filter(slug=slug, is_disease=True, meta_title="", meta_description="").update(
            **fields
        )


def _person(row: dict[str, Any]) -> Person:
    fields = {name: row[name] for name in ("name", "credentials", "bio", "disclosures")}
    return Person.objects.get_or_create(slug=row["slug"], defaults=fields)[0]
