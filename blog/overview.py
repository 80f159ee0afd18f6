"""The blog in a few lines, for pages of other apps: the home page and the site map."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from blog.models import Category, Post, Tag
from blog.sidebar import months_with_posts

NEWEST_SHOWN = 30
SHELVES_SHOWN = 200


@dataclass(frozen=True)
class Shelf:
    """A list of posts, and how many stand in it."""

    name: str
    path: str
    posts: int


def newest_recommended(count: int, now: datetime) -> list[Post]:
    """Return the newest posts that a reviewer has looked at and that are not late for the next look."""
    return list(Post.objects.recommended(now).defer("body", "legacy", "heading_ids")[:count])


def newest(now: datetime) -> list[Post]:
    """Return the newest posts, for the site map; the months lead to all others."""
    return list(Post.objects.listed(now).only("slug", "title", "publish_at")[:NEWEST_SHOWN])


def shelves(now: datetime) -> Iterator[Shelf]:
    """Yield categories and tags that have posts, by name, and then months. Three queries."""
    listed = Post.objects.listed(now).order_by().values("pk")
    for model in (Category, Tag):
        rows = model._default_manager.filter(posts__in=listed).annotate(uses=Count("posts"))
        for row in rows[:SHELVES_SHOWN]:
            yield Shelf(row.name, row.get_absolute_url(), row.uses)
    for period, posts in months_with_posts(now):
        yield Shelf(period.name.replace(",", ""), period.path, posts)
