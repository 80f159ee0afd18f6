"""Keeping tags, categories and people in order: addresses that change lead on, near-duplicates become one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from blog.models import Category, Person, Post, Tag
from redirects import table

Shelf = Tag | Category | Person
# What stands at the address of a shelf: its first page and its feeds.
PARTS = ("", "feed/", "feed/atom/")


class NothingToMerge(Exception):
    """A merge needs a tag that stays and at least one other, and both must still be there."""


@transaction.atomic
def merge_tags(kept: Tag, others: Sequence[Tag], *, by: str, now: datetime) -> int:
    """Give the posts of `others` the tag `kept`, delete `others`, and leave redirects behind.

    Returns how many posts got the tag anew. A disease tag that is merged leaves a disease tag: nothing
    may become open for sales by putting words in order. Raises NothingToMerge.
    """
    # Locked in one order: two merges at once wait for each other, and so does who gives a post a tag.
    chosen = {kept.pk, *(tag.pk for tag in others)}
    locked = Tag.objects.select_for_update().filter(pk__in=chosen).order_by("pk")
    gone = {tag.pk: tag for tag in locked}
    stays = gone.pop(kept.pk, None)
    if not gone or stays is None:
        raise NothingToMerge
    link = Post.tags.through
    wanted = set(link.objects.filter(tag__in=gone).values_list("post_id", flat=True))
    has = set(link.objects.filter(tag=kept).values_list("post_id", flat=True))
    link.objects.bulk_create(link(post_id=post, tag=kept) for post in sorted(wanted - has))
    if any(tag.is_disease for tag in gone.values()) and not stays.is_disease:
        stays.is_disease = kept.is_disease = True
        stays.save()
    for tag in gone.values():
        old = tag.get_absolute_url()
        tag.delete()
        _lead(old, stays.get_absolute_url(), by=by, now=now)
    return len(wanted - has)


@transaction.atomic
def settle(shelf: Shelf, old: str, *, by: str, now: datetime) -> None:
    """Let the address follow a tag, category or author that was just saved: `old` is its address before,
    empty for a new one.
    """
    new = shelf.get_absolute_url()
    if not old:
        for part in PARTS:
            table.forget(f"{new}{part}")
    elif old != new:
        _lead(old, new, by=by, now=now)


def _lead(old: str, new: str, *, by: str, now: datetime) -> None:
    for part in PARTS:
        table.moved(f"{old}{part}", f"{new}{part}", by=by, now=now)
