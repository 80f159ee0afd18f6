"""What the home page, the site map and sitemap.xml show of apps that `pages` does not know.

The roof registers the sources when the shop starts; until then each of them is simply empty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.sitemaps import Sitemap


@dataclass(frozen=True)
class Link:
    """A line of the site map."""

    label: str
    path: str
    note: str = ""


@dataclass(frozen=True)
class LinkSection:
    """A part of the site map: a heading with its links."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class PostTeaser:
    """A blog post as the home page shows it."""

    title: str
    path: str
    published_on: date
    summary: str


@dataclass(frozen=True)
class Quote:
    """What one buyer wrote, as the home page shows it. `halves` are half dots, `warnings` stand beside them."""

    words: str
    author: str
    day: date
    halves: int
    rating_words: str
    warnings: tuple[str, ...]
    labels: tuple[str, ...]
    path: str


@dataclass(frozen=True)
class Reviews:
    """All reviews in one line ("4.5 out of 5, 132 reviews"), where they are, and a few of them."""

    words: str
    halves: int
    path: str
    quotes: tuple[Quote, ...]


ReviewsSource = Callable[[int], Reviews | None]
LatestPosts = Callable[[int], Sequence[PostTeaser]]
SiteMapSource = Callable[[], LinkSection]

_latest_posts: list[LatestPosts] = []
_reviews: list[ReviewsSource] = []
_site_map: dict[str, SiteMapSource] = {}
_sitemaps: dict[str, type[Sitemap[Any]]] = {}


def register_latest_posts(source: LatestPosts) -> None:
    """Let `source(count)` give the home page its newest posts."""
    _latest_posts[:] = [source]


def register_reviews(source: ReviewsSource) -> None:
    """Let `source(count)` give the home page the reviews with up to `count` quotes."""
    _reviews[:] = [source]


def register_site_map(name: str, source: SiteMapSource) -> None:
    """Add a part to the Site Map page; the same name again replaces it."""
    _site_map[name] = source


def register_sitemap(name: str, sitemap: type[Sitemap[Any]]) -> None:
    """Add a part to sitemap.xml; the same name again replaces it."""
    _sitemaps[name] = sitemap


def latest_posts(count: int) -> list[PostTeaser]:
    """Return up to `count` posts, the newest first; none when no blog is registered."""
    return [post for source in _latest_posts for post in source(count)][:count]


def reviews(count: int) -> Reviews | None:
    """Return the reviews with up to `count` quotes; None where there are none, or nobody is registered."""
    return next((found for source in _reviews if (found := source(count))), None)


def site_map_sections() -> list[LinkSection]:
    """Return the registered parts that have links."""
    return [section for source in _site_map.values() if (section := source()).links]


def sitemaps() -> dict[str, type[Sitemap[Any]]]:
    """Return the registered parts of sitemap.xml."""
    return dict(_sitemaps)
