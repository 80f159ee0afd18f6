"""Links to drafts, for people without a log-in: signed, for one revision, and only for some days."""

from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer, TimestampSigner, b62_decode
from django.db import models

from blog.models import (
    Category,
    Person,
    Picture,
    Post,
    PostAuthor,
    PostReference,
    Question,
    ReadMoreLink,
    Series,
    Tag,
    Takeaway,
)
from blog.snapshots import FIELDS, Snapshot, forget_parts
from references.models import Reference

SALT = "blog.preview"


def preview_path(post: Post) -> str:
    """Return the address under which anybody can read the post as it is now, for PREVIEW_DAYS."""
    return f"/blog/preview/{_signer().sign(f'{post.pk}-{post.version}')}/"


def post_for_preview(token: str, now: datetime) -> Post | None:
    """Return the post as it was when the link was made; None where the link is wrong, old, or the post
    gone. The row is for reading: saving it would put the old words back.
    """
    try:
        # Without the time first: TimestampSigner would compare it with the clock, not with `now`.
        stamped = Signer(salt=SALT, sep=".").unsign(token)
        value, _, stamp = stamped.rpartition(".")
        pk, _, number = value.partition("-")
        signed_at, pk_number = b62_decode(stamp), (int(pk), int(number))
    except (BadSignature, ValueError):
        return None
    if now.timestamp() - signed_at > timedelta(days=settings.PREVIEW_DAYS).total_seconds():
        return None
    post = Post.objects.filter(pk=pk_number[0]).first()
    if post is None or post.version == pk_number[1]:
        return post
    revision = post.revisions.filter(number=pk_number[1]).first()
    return as_of(post, revision.snapshot) if revision else None


def as_of(post: Post, snapshot: Snapshot) -> Post:
    """Return a copy of the post that reads like `snapshot`, without changing a row. At most eight
    queries.
    """
    past = copy(post)
    forget_parts(past)
    for name in FIELDS:
        setattr(past, name, snapshot[name])
    leading = [snapshot["main_picture"], snapshot["social_picture"]]
    pictures = _rows(Picture, "digest", [digest for digest in leading if digest])
    past.main_picture, past.social_picture = (
        next((picture for picture in pictures if picture.digest == digest), None)
        for digest in leading
    )
    place = snapshot["series"]
    past.series = next(iter(_rows(Series, "slug", [place["slug"]] if place else [])), None)
    past.series_part = place["part"] if place else None
    people = _rows(Person, "slug", [row["slug"] for row in snapshot["authors"]])
    sources = _rows(Reference, "key", [row["key"] for row in snapshot["references"]])
    parts: dict[str, list[Any]] = {
        "author_rows": [PostAuthor(post=past, person=person) for person in people],
        "reference_rows": [PostReference(post=past, reference=source) for source in sources],
        "questions": [Question(post=past, **row) for row in snapshot["questions"]],
        "takeaways": [Takeaway(post=past, text=text) for text in snapshot["takeaways"]],
        "read_more": [ReadMoreLink(post=past, slug=slug) for slug in snapshot["read_more"]],
        "tags": _rows(Tag, "slug", [row["slug"] for row in snapshot["tags"]]),
        "categories": _rows(Category, "slug", [row["slug"] for row in snapshot["categories"]]),
    }
    for name, rows in parts.items():
        held = getattr(past, name).all()
        held._result_cache = rows
        vars(past).setdefault("_prefetched_objects_cache", {})[name] = held
    return past


def _rows(model: type[models.Model], field: str, values: list[str]) -> list[Any]:
    found = model._default_manager.in_bulk(values, field_name=field)
    return [found[value] for value in values if value in found]


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=SALT, sep=".")
