"""Lists of posts: all, of a tag, a category, an author, a year, a month, a day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from blog import wording
from blog.dates import Period, long_date
from blog.models import Category, Person, Post, PostAuthor, Tag
from blog.models.posts import PostQuerySet
from blog.picture_sources import picture_html
from blog.reading import rendered, with_parts
from blog.rendering import Place, RenderedPost
from blog.rendering.citations import MARK

THIN = 3  # date archives with fewer posts are not for search engines
START_READ = 900  # letters of a body, for posts without a summary
EXCERPT = 280
LAST_PAGE = 10_000
FEW = 200  # posts of a shelf
# Of a picture in a list; site.css.
SIZES = "14rem"


@dataclass(frozen=True)
class Archive:
    """A list of posts before it is read. `path` is the address of its first page."""

    heading: str
    path: str
    name: str
    posts: PostQuerySet
    about: Tag | Category | Person | Period | None = None
    title: str = ""
    description: str = ""

    @property
    def introduction(self) -> str:
        """Plain words above the posts; a tag's may cite sources."""
        if isinstance(self.about, Person):
            return self.about.bio
        return getattr(self.about, "introduction", "")

    @property
    def feed(self) -> str:
        """The address of its RSS feed, empty for dates, which have none."""
        return "" if isinstance(self.about, Period) else f"{self.path}feed/"


@dataclass(frozen=True)
class ListedPost:
    """A post in a list: its row, and a few words on what it says."""

    post: Post
    words: str

    @property
    def picture(self) -> SafeString:
        """The main picture beside the words; narrow screens hide it and, as it is lazy, never fetch it."""
        picture = self.post.main_picture
        if picture is None:
            return SafeString("")
        return picture_html(picture, sizes=SIZES)

    @property
    def date_line(self) -> str:
        """The day of the post."""
        return long_date(self.post.publish_at) if self.post.publish_at else ""


@dataclass(frozen=True)
class ArchivePage:
    """One page of an archive; `whole` instead of `summaries` where whole posts are shown."""

    archive: Archive
    number: int
    has_older: bool
    summaries: tuple[ListedPost, ...] = ()
    whole: tuple[RenderedPost, ...] = field(default=())

    @property
    def posts(self) -> list[Post]:
        """The posts of this page."""
        return [each.post for each in self.summaries] + [each.post for each in self.whole]

    @property
    def path(self) -> str:
        """The address of this page."""
        return self.path_of(self.number)

    @property
    def older(self) -> str:
        """The address of the page with older posts, empty on the last."""
        return self.path_of(self.number + 1) if self.has_older else ""

    @property
    def newer(self) -> str:
        """The address of the page with newer posts, empty on the first."""
        return self.path_of(self.number - 1) if self.number > 1 else ""

    @property
    def is_indexed(self) -> bool:
        """Whether search engines may list it: first pages that are not empty, nor thin ones of a date.

        Imports that nobody has reviewed are not for them: they do not count, nor stand there whole.
        """
        if self.number > 1 or any(each.post.is_unreviewed_import for each in self.whole):
            return False
        fewest = THIN if isinstance(self.archive.about, Period) else 1
        found = sum(not post.is_unreviewed_import for post in self.posts)
        return found >= fewest or self.archive.about is None

    def path_of(self, number: int) -> str:
        """Return the address of another page of the archive."""
        return self.archive.path if number == 1 else f"{self.archive.path}page/{number}/"


def everything(now: datetime) -> Archive:
    """Return the list of all posts."""
    return Archive(
        heading="Blog",
        path="/blog/",
        name="Blog",
        posts=Post.objects.listed(now),
        title="Blog: vitamin B12, with sources",
        description="Articles on vitamin B12 with named authors, numbered sources and dates. "
        "Nothing is sold inside an article.",
    )


def of_tag(slug: str, now: datetime) -> Archive | None:
    """Return the posts of a tag, None where there is no such tag."""
    tag = Tag.objects.filter(slug=slug).first()
    if tag is None:
        return None
    return Archive(
        heading=f"Posts Tagged ‘{tag.name}’",
        path=tag.get_absolute_url(),
        name=tag.name,
        posts=_those_in(Post.tags.through.objects.filter(tag=tag), now),
        about=tag,
        title=tag.meta_title,
        description=tag.meta_description or tag.introduction,
    )


def of_category(slug: str, now: datetime) -> Archive | None:
    """Return the posts of a category and those below it, None where there is no such category."""
    rows = list(Category.objects.all())
    category = next((row for row in rows if row.slug == slug), None)
    if category is None:
        return None
    below = _with_those_below(category, rows)
    return Archive(
        heading=f"Archive for the ‘{category.name}’ Category",
        path=category.get_absolute_url(),
        name=category.name,
        posts=_those_in(Post.categories.through.objects.filter(category__in=below), now),
        about=category,
        description=category.introduction,
    )


def of_author(slug: str, now: datetime) -> Archive | None:
    """Return the posts of an author, or of somebody who only reviews those that this person has reviewed;
    None where there is no such person.
    """
    written = PostAuthor.objects.filter(person=OuterRef("pk"))
    person = Person.objects.filter(slug=slug).annotate(writes=Exists(written)).first()
    if person is None:
        return None
    reviewed = Post.objects.listed(now).filter(reviewed_by=person)
    only_reviews = not person.writes and reviewed.exists()
    posts = reviewed if only_reviews else _those_in(PostAuthor.objects.filter(person=person), now)
    return Archive(
        heading=f"Posts {'reviewed ' if only_reviews else ''}by {person.name}",
        path=person.get_absolute_url(),
        name=person.name,
        posts=posts,
        about=person,
    )


def of_period(period: Period, now: datetime) -> Archive:
    """Return the posts of a year, a month or a day in the shop's time zone."""
    begin, end = period.bounds
    return Archive(
        heading=f"Archive for {period.name}",
        path=period.path,
        name=period.name,
        posts=Post.objects.listed(now).filter(publish_at__gte=begin, publish_at__lt=end),
        about=period,
    )


def read(archive: Archive, number: int, now: datetime) -> ArchivePage | None:
    """Return page `number` of the archive, None behind its end. The first page is always there."""
    if not 1 <= number <= LAST_PAGE:
        return None
    size = settings.BLOG_PAGE_SIZE
    shows_whole = settings.BLOG_SHOWS == "whole"
    start = (number - 1) * size
    rows = with_parts(archive.posts) if shows_whole else _light(archive.posts)
    found = list(rows[start : start + size + 1])
    if not found and number > 1:
        return None
    posts, has_older = found[:size], len(found) > size
    if shows_whole:
        whole = tuple(rendered(posts, now, _places(posts)))
        return ArchivePage(archive, number, has_older, whole=whole)
    summaries = tuple(_listed(post) for post in posts)
    return ArchivePage(archive, number, has_older, summaries)


def without_citations(text: str) -> str:
    """Return a plain text without the tokens of its sources."""
    return MARK.sub("", text)


def _listed(post: Post) -> ListedPost:
    words = post.summary or wording.excerpt(_start(post), EXCERPT)
    return ListedPost(post, words)


def _those_in(shelf: QuerySet[Any], now: datetime) -> PostQuerySet:
    """Return the listed posts among the rows of a shelf.

    A shelf with few posts is read through its own index, one with many down the index of all posts until
    the page is full: with either way alone, one of the two would be read from end to end.
    """
    listed = Post.objects.listed(now)
    few = list(shelf.order_by().values_list("post_id", flat=True)[: FEW + 1])
    if len(few) <= FEW:
        return listed.filter(pk__in=few)
    return listed.filter(Exists(shelf.filter(post=OuterRef("pk"))))


def _light(posts: PostQuerySet) -> PostQuerySet:
    """Leave the long texts where they are; posts without a summary show how they begin."""
    return (
        posts.select_related("main_picture")
        .defer("body", "heading_ids", "legacy", "left_out_of_contents")
        .annotate(body_start=Left(F("body"), START_READ))
    )


def _start(post: Post) -> str:
    return wording.tidy(wording.plain(getattr(post, "body_start", "")))


def _places(posts: Iterable[Post]) -> list[Place]:
    """Each title is an h2 there, and the same questions come again in several posts of a page."""
    return [
        Place(level=3, prefix=f"post-{post.pk}-", is_first=number == 0)
        for number, post in enumerate(posts)
    ]


def _with_those_below(category: Category, rows: Iterable[Category]) -> set[int]:
    below: dict[int | None, list[int]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row.pk)
    found: set[int] = set()
    waiting = [category.pk]
    while waiting:
        found.add(current := waiting.pop())
        waiting += [pk for pk in below.get(current, []) if pk not in found]
    return found
