"""Feeds of everything, of a tag, a category, an author."""

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog import archives, feeds, old_addresses
from blog.archives import Archive
from shop.lib.caching import public_page

BY_KIND: dict[str, Callable[[str, datetime], Archive | None]] = {
    "tag": archives.of_tag,
    "category": archives.of_category,
    "author": archives.of_author,
}
OLD_SLUGS: dict[str, Callable[[str], str | None]] = {
    "tag": old_addresses.path_of_tag,
    "category": old_addresses.path_of_category,
}


@require_safe
@public_page
def everything(request: HttpRequest, format: str = "") -> HttpResponse:  # noqa: A002 (as in the address)
    """Answer the feed of all posts: RSS 2.0, or Atom below atom/."""
    now = timezone.now()
    return feeds.feed_of(request, archives.everything(now), now, atom=format == "atom")


@require_safe
@public_page
def part(request: HttpRequest, kind: str, slug: str, format: str = "") -> HttpResponse:  # noqa: A002
    """Answer the feed of one tag, category or author; an old slug leads to the new one's feed."""
    now = timezone.now()
    archive = BY_KIND[kind](slug, now)
    if archive is None:
        path = OLD_SLUGS[kind](slug) if kind in OLD_SLUGS else None
        if path is None:
            raise Http404
        feed = f"{path}feed/{'atom/' if format == 'atom' else ''}"
        return redirect(old_addresses.with_query(feed, request.GET), permanent=True)
    return feeds.feed_of(request, archive, now, atom=format == "atom")
