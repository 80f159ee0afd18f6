"""The blog for sitemap.xml: posts and shelves that search engines may list, with their pictures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db import models
from django.db.models import Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from blog import picture_sources
from blog.models import Category, Person, Picture, Post, Tag
from blog.models.posts import PostQuerySet
from blog.reading import last_change
from blog.structured_data import on_our_host


@dataclass(frozen=True)
class Entry:
    """An address with the time of its last change; `images` are absolute."""

    path: str
    changed_at: datetime | None = None
    images: tuple[str, ...] = ()


class BlogSitemap(Sitemap[Entry]):
    """The index, each post, and each tag, category and author with posts. Seven queries."""

    def items(self) -> Sequence[Entry]:
        """Return them; imports that nobody has reviewed are not for search engines."""
        posts = indexed(timezone.now())
        entries = list(_posts(posts))
        newest = max((entry.changed_at for entry in entries if entry.changed_at), default=None)
        return [Entry("/blog/", newest), *entries, *_shelves(posts)]

    def location(self, item: Entry) -> str:
        """The path."""
        return item.path

    def lastmod(self, item: Entry) -> datetime | None:
        """When its words last changed."""
        return item.changed_at


def indexed(now: datetime) -> PostQuerySet:
    """Return the posts and imported pages that search engines may list."""
    is_read = Q(imported_at__isnull=True) | Q(reviewed_on__isnull=False)
    return Post.objects.public(now).filter(is_read).order_by("-publish_at", "-pk")


def _posts(posts: PostQuerySet) -> Iterator[Entry]:
    shown: dict[int, list[Picture]] = {}
    for row in Post.body_pictures.through.objects.filter(post__in=posts).select_related("picture"):
        shown.setdefault(row.post_id, []).append(row.picture)
    rows = posts.select_related("main_picture").defer("body", "legacy", "heading_ids")
    for post in rows:
        pictures = [post.main_picture, *shown.get(post.pk, [])]
        yield Entry(post.get_absolute_url(), last_change(post), _addresses(pictures))


def _addresses(pictures: Iterable[Picture | None]) -> tuple[str, ...]:
    found = (on_our_host(picture_sources.url_of(each)) for each in pictures if each)
    return tuple(dict.fromkeys(found))


def _shelves(posts: PostQuerySet) -> Iterator[Entry]:
    listed = posts.filter(kind=Post.Kind.POST).order_by()
    shelves: tuple[type[models.Model], ...] = (Tag, Category, Person)
    for model in shelves:
        changed = Max(
            Greatest(Coalesce("posts__changed_at", "posts__publish_at"), "posts__publish_at")
        )
        rows = model._default_manager.filter(posts__in=listed).annotate(changed=changed)
        for row in rows.order_by("pk"):
            yield Entry(row.get_absolute_url(), row.changed)
