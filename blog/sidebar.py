"""What stands beside every list: categories, tags that are used most, months.

Kept for some minutes: a new tag or the first post of a month is that late in the sidebar, and nowhere
else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from blog.dates import Period, day_of
from blog.models import Category, Post, Tag
from blog.models.posts import PostQuerySet

KEY = "blog:sidebar"
SECONDS = 300
TAGS_SHOWN = 24
MONTHS_SHOWN = 12
YEARS_SHOWN = 30
Shelf = TypeVar("Shelf", Category, Tag)


@dataclass(frozen=True)
class Line:
    """A link of the sidebar."""

    name: str
    path: str


@dataclass(frozen=True)
class Sidebar:
    """The lists of links beside the posts. `years` are those without a month among `months`."""

    categories: tuple[Line, ...]
    tags: tuple[Line, ...]
    months: tuple[Line, ...]
    years: tuple[Line, ...]


def sidebar(now: datetime) -> Sidebar:
    """Return it, kept or made anew with five queries."""
    kept: Sidebar | None = cache.get(KEY)
    if kept is None:
        kept = _read(now)
        cache.set(KEY, kept, SECONDS)
    return kept


def months_with_posts(now: datetime) -> list[tuple[Period, int]]:
    """Return each month that has posts with their number, the latest first. One query."""
    rows = (
        Post.objects.listed(now)
        .order_by()
        .values_list(TruncMonth("publish_at"))
        .annotate(posts=Count("pk"))
    )
    found = [(day_of(month), posts) for month, posts in rows]
    return [(Period(day.year, day.month), posts) for day, posts in sorted(found, reverse=True)]


def _read(now: datetime) -> Sidebar:
    months, years = _periods(now)
    return Sidebar(
        categories=tuple(Line(row.name, row.get_absolute_url()) for row in _used(Category, now)),
        tags=tuple(Line(row.name, row.get_absolute_url()) for row in _tags(now)),
        months=tuple(Line(period.name.replace(",", ""), period.path) for period in months),
        years=tuple(Line(period.name, period.path) for period in years),
    )


def _used(model: type[Shelf], now: datetime) -> QuerySet[Shelf]:
    """Return the shelves on which readers find something."""
    field = {Category: "categories", Tag: "tags"}[model]
    found = Post.objects.listed(now).order_by().filter(**{field: OuterRef("pk")})
    return model._default_manager.filter(Exists(found))


def _tags(now: datetime) -> list[Tag]:
    """Return the tags that stand on most posts, by name. Two queries.

    Drafts are counted too: so the count needs nothing but an index. A tag of drafts alone is left out.
    """
    uses = Post.tags.through.objects.values_list("tag_id").annotate(uses=Count("post_id"))
    most = [tag for tag, _ in uses.order_by("-uses", "tag_id")[: 2 * TAGS_SHOWN]]  # type: ignore[misc]
    found = _used(Tag, now).in_bulk(most)
    shown = [found[tag] for tag in most if tag in found][:TAGS_SHOWN]
    return sorted(shown, key=lambda tag: tag.name.casefold())


def _periods(now: datetime) -> tuple[list[Period], list[Period]]:
    """Return the last months up to the newest post, and the years before them, those with posts.

    Two queries. Each looks up one post of every period in the index; none is counted.
    """
    listed = Post.objects.listed(now)
    ends = _first_of_each([listed, listed.order_by("publish_at", "pk")])
    if not ends:
        return [], []
    first, last = day_of(min(ends)), day_of(max(ends))
    months = [_months_before(last, back) for back in range(MONTHS_SHOWN)]
    begin_of_months = months[-1].bounds[0]
    years = range(months[-1].year, max(first.year, last.year - YEARS_SHOWN) - 1, -1)
    spans = [(month, *month.bounds) for month in months]
    for year in map(Period, years):
        begin, end = year.bounds
        spans.append((year, begin, min(end, begin_of_months)))
    found = _first_of_each(
        [listed.filter(publish_at__gte=begin, publish_at__lt=end) for _, begin, end in spans]
    )
    used = [span for span, begin, end in spans if any(begin <= at < end for at in found)]
    return [span for span in used if span.month], [span for span in used if not span.month]


def _first_of_each(lists: Iterable[PostQuerySet]) -> list[datetime]:
    """Return when the first post of each list was published. One query."""
    picked = [Subquery(each.values("pk")[:1]) for each in lists]
    rows = Post.objects.filter(pk__in=picked).order_by()  # type: ignore[misc]
    return [at for at in rows.values_list("publish_at", flat=True) if at]


def _months_before(day: date, count: int) -> Period:
    number = day.year * 12 + day.month - 1 - count
    return Period(number // 12, number % 12 + 1)
