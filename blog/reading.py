"""One post with everything that stands on its page: what is read, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Prefetch, Q, Subquery, prefetch_related_objects
from django.utils.timezone import localdate

from blog import differences
from blog.dates import day_of
from blog.differences import PublicChange
from blog.models import Picture, Post, PostAuthor, PostReference
from blog.models.posts import PostQuerySet
from blog.rendering import (
    LinkedPost,
    Place,
    RenderedPost,
    Surroundings,
    Texts,
    render_post,
    texts_of,
)
from blog.rendering.citations import statements_in
from references import statements

PARTS: tuple[str | Prefetch[Any], ...] = (
    Prefetch("author_rows", PostAuthor.objects.select_related("person")),
    Prefetch("reference_rows", PostReference.objects.select_related("reference")),
    *("questions", "takeaways", "read_more", "categories", "tags"),
)
COLUMNS = ("pk", "slug", "title", "kind", "publish_at", "series_id", "series_part")
Row = dict[str, Any]
# Where nobody picked posts to read next: so many are shown, of so many of the newest.
ALIKE, AMONG = 3, 100
CHANGES_KEPT = 3600  # seconds; an older or newer version has a key of its own


@dataclass(frozen=True)
class SeriesPart:
    """A part of the series that a post belongs to; `path` is empty for the post itself."""

    number: int
    title: str
    path: str


@dataclass(frozen=True)
class PostPage:
    """A post's page, as it is at `now`."""

    rendered: RenderedPost
    now: datetime
    older: LinkedPost | None = None
    newer: LinkedPost | None = None
    parts: tuple[SeriesPart, ...] = ()
    changes: tuple[PublicChange, ...] = ()

    @property
    def post(self) -> Post:
        """The post itself."""
        return self.rendered.post

    @cached_property
    def read_more(self) -> tuple[LinkedPost, ...]:
        """The posts to read next: those that were picked, without any those that share most tags.

        One query where none was picked.
        """
        if self.post.read_more.all():
            return self.rendered.read_more
        return _alike(self.post, self.now)

    @property
    def part_before(self) -> SeriesPart | None:
        """The part to read before this one."""
        return self._beside(-1)

    @property
    def part_after(self) -> SeriesPart | None:
        """The part to read after this one."""
        return self._beside(1)

    def _beside(self, step: int) -> SeriesPart | None:
        here = next((place for place, part in enumerate(self.parts) if not part.path), None)
        if here is None or not 0 <= here + step < len(self.parts):
            return None
        return self.parts[here + step]


def with_parts(posts: PostQuerySet) -> PostQuerySet:
    """Return `posts` with all that render_post needs: seven queries more, however many posts there are."""
    return posts.select_related(
        "main_picture", "social_picture", "reviewed_by", "series"
    ).prefetch_related(*PARTS)


def post_for_page(slug: str, now: datetime) -> PostPage | None:
    """Return the page of the post that readers find at `slug` now, None where there is none.

    At most twelve queries.
    """
    post = with_parts(Post.objects.public(now)).filter(slug=slug).first()
    return None if post is None else page_of(post, now)


def page_of(post: Post, now: datetime, *, draft: bool = False) -> PostPage:
    """Return the page of `post`, whatever its state; `draft` shows its author what readers would miss."""
    if not hasattr(post, "_prefetched_objects_cache"):
        prefetch_related_objects([post], *PARTS)
    texts = texts_of(post)
    others = _others([post], [texts], now, beside=post)
    return PostPage(
        render_post(post, now=now, around=_around([post], [texts], others), draft=draft),
        now,
        *_neighbors(post, others),
        _parts(post, others),
        () if draft else _changes(post),
    )


def rendered(posts: Sequence[Post], now: datetime, places: Iterable[Place]) -> list[RenderedPost]:
    """Return several whole posts, for an archive or a feed, each in its place. Two queries at most."""
    placed = list(zip(posts, places, strict=False))
    texts = [texts_of(post, level=place.level) for post, place in placed]
    around = _around(posts, texts, _others(posts, texts, now))
    return [render_post(post, now=now, around=around, place=place) for post, place in placed]


def is_changed(post: Post) -> bool:
    """Say whether readers see other words than on the first day."""
    return bool(
        post.changed_at and post.publish_at and day_of(post.changed_at) > day_of(post.publish_at)
    )


def last_change(post: Post) -> datetime | None:
    """Return when readers last saw other words. A scheduled post is new on the day it appears."""
    return max(filter(None, (post.changed_at, post.publish_at)), default=None)


def _around(posts: Iterable[Post], texts: Iterable[Texts], others: Iterable[Row]) -> Surroundings:
    digests = set().union(*(each.digests for each in texts)) - {""}
    pictures = list(Picture.objects.filter(digest__in=digests)) if digests else []
    return Surroundings(
        {row.digest: row for row in pictures},
        {
            row["slug"]: LinkedPost(row["title"], _path(row["slug"]), is_overdue=bool(row["late"]))
            for row in others
        },
        statements.sources_of(_cited_statements(posts, pictures)),
    )


def _cited_statements(posts: Iterable[Post], pictures: Iterable[Picture]) -> set[str]:
    """Return the keys of the statements that `posts` or captions cite, in all their texts."""
    cited = [picture.caption for picture in pictures]
    for post in posts:
        cited += [post.body, *(row.text for row in post.takeaways.all())]
        cited += [row.answer for row in post.questions.all()]
        cited += [post.main_picture.caption] if post.main_picture else []
    return set().union(*map(statements_in, cited))


def _others(
    posts: Iterable[Post], texts: Iterable[Texts], now: datetime, *, beside: Post | None = None
) -> list[Row]:
    """Return the public posts to which `posts` lead, and those next to `beside` and in its series.

    One query; each of its parts has an index.
    """
    slugs = set().union(*(each.posts for each in texts))
    slugs |= {row.slug for post in posts for row in post.read_more.all()}
    wanted = Q(slug__in=slugs)
    if beside is not None:
        if beside.series_id is not None:
            wanted |= Q(series=beside.series_id)
        for nearest in _nearest(beside, now):
            wanted |= Q(pk=Subquery(nearest.values("pk")[:1]))
    elif not slugs:
        return []
    rows = Post.objects.public(now).filter(wanted).order_by("publish_at", "pk")
    late = Q(next_review_on__lt=localdate(now))
    return [dict(row) for row in rows.annotate(late=late).values(*COLUMNS, "late")]


def _alike(post: Post, now: datetime) -> tuple[LinkedPost, ...]:
    """Return the posts that share most tags with this one, of equals the newest; as a home page has them."""
    newest = Post.objects.listed(now).exclude(pk=post.pk).values("pk")[:AMONG]
    sharing = Post.tags.through.objects.filter(
        post__in=newest,
        post__reviewed_on__isnull=False,
        post__next_review_on__gte=localdate(now),
        tag__in=[tag.pk for tag in post.tags.all()],
    )
    rows = sharing.values_list("post__title", "post__slug").annotate(shared=Count("pk"))
    best = rows.order_by(F("shared").desc(), "-post__publish_at", "-post_id")[:ALIKE]
    return tuple(LinkedPost(title, _path(slug)) for title, slug, _ in best)


def _nearest(post: Post, now: datetime) -> tuple[PostQuerySet, ...]:
    """Return the posts before this one, the nearest first, and those after it."""
    if post.publish_at is None or post.kind != Post.Kind.POST:
        return ()
    listed, at, pk = Post.objects.listed(now), post.publish_at, post.pk
    before = listed.filter(Q(publish_at__lt=at) | Q(pk__lt=pk), publish_at__lte=at)
    after = listed.filter(Q(publish_at__gt=at) | Q(pk__gt=pk), publish_at__gte=at)
    return before, after.order_by("publish_at", "pk")


def _neighbors(post: Post, others: Iterable[Row]) -> tuple[LinkedPost | None, LinkedPost | None]:
    """Return the posts published before and after this one; `others` has both, by time."""
    older = newer = None
    if post.publish_at is None or post.kind != Post.Kind.POST:
        return None, None
    own = (post.publish_at, post.pk)
    for row in others:
        link = LinkedPost(row["title"], _path(row["slug"]))
        place = (row["publish_at"], row["pk"])
        if row["kind"] != Post.Kind.POST:
            continue
        if place < own:
            older = link
        elif place > own and newer is None:
            newer = link
    return older, newer


def _parts(post: Post, others: Iterable[Row]) -> tuple[SeriesPart, ...]:
    if post.series_id is None or post.series_part is None:
        return ()
    parts = [
        SeriesPart(row["series_part"], row["title"], _path(row["slug"]))
        for row in others
        if row["series_id"] == post.series_id
        and row["series_part"] is not None
        and row["slug"] != post.slug
    ]
    own = SeriesPart(post.series_part, post.title, "")
    return tuple(sorted([*parts, own], key=lambda part: part.number)) if parts else ()


def _changes(post: Post) -> tuple[PublicChange, ...]:
    """Return what changed in public since the first day. Comparing texts takes long: kept for a while."""
    if post.changed_at is None or post.changed_at == post.publish_at:
        return ()
    key = f"blog:changes:{post.pk}:{post.version}:{post.changed_at.timestamp()}"
    found: tuple[PublicChange, ...] | None = cache.get(key)
    if found is None:
        found = tuple(differences.public_changes(post))
        cache.set(key, found, CHANGES_KEPT)
    return found


def _path(slug: str) -> str:
    return f"/blog/{slug}/"
