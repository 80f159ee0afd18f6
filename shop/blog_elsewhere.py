"""What other apps show of the blog: posts on the home page and the site map, addresses in sitemap.xml."""

from collections.abc import Sequence

from django.utils import timezone

from blog import overview
from blog.dates import day_of
from blog.sitemaps import BlogSitemap
from pages import gathering
from pages.gathering import Link, LinkSection, PostTeaser


def connect() -> None:
    """Register it with the pages. Called once, when the roof is up."""
    gathering.register_latest_posts(latest_posts)
    gathering.register_site_map("posts", newest_posts)
    gathering.register_site_map("shelves", shelves)
    gathering.register_sitemap("blog", BlogSitemap)


def latest_posts(count: int) -> Sequence[PostTeaser]:
    """Return posts for the home page: reviewed ones only, and none that is late for its next review."""
    return [
        PostTeaser(post.title, post.get_absolute_url(), day_of(post.publish_at), post.summary)
        for post in overview.newest_recommended(count, timezone.now())
        if post.publish_at
    ]


def newest_posts() -> LinkSection:
    """Return the newest posts for the site map."""
    posts = overview.newest(timezone.now())
    return LinkSection(
        "New in the blog", tuple(Link(post.title, post.get_absolute_url()) for post in posts)
    )


def shelves() -> LinkSection:
    """Return categories, tags and months with their numbers of posts for the site map."""
    return LinkSection(
        "The blog by subject and month",
        tuple(
            Link(shelf.name, shelf.path, f"{shelf.posts} post{'' if shelf.posts == 1 else 's'}")
            for shelf in overview.shelves(timezone.now())
        ),
    )
