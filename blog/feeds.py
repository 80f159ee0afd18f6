"""RSS 2.0 and Atom with whole posts, for all posts and for each tag, category and author."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape, format_html
from django.utils.http import http_date
from django.utils.safestring import SafeString
from django.utils.xmlutils import SimplerXMLGenerator

from blog import picture_sources
from blog.archives import Archive, without_citations
from blog.models import Picture, Post
from blog.reading import last_change, rendered, with_parts
from blog.rendering import Place, RenderedPost
from blog.structured_data import on_our_host
from shop.lib.seo import absolute_url
from shop.lib.xml_text import xml_text

_OWN_ADDRESS = re.compile(r'(\s(?:href|src)=")/(?!/)')
_NO_POST = datetime(2012, 1, 1, tzinfo=UTC)


class _SameAgain:
    """The same feed twice is the same text: no time of writing in it."""

    changed_at: datetime

    def latest_post_date(self) -> datetime:
        """When its newest words were written."""
        return self.changed_at


class WholeRss(_SameAgain, Rss201rev2Feed):
    """RSS 2.0 with the whole text in content:encoded, beside a summary for readers that want no more."""

    def root_attributes(self) -> dict[str, str]:
        """Name the module for whole texts."""
        module = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}
        return {**super().root_attributes(), **module}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Add the whole text."""
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["whole"])


class WholeAtom(_SameAgain, Atom1Feed):
    """Atom (RFC 4287) with the whole text as content."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Add the whole text."""
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["whole"], {"type": "html"})


def feed_of(request: HttpRequest, archive: Archive, now: datetime, *, atom: bool) -> HttpResponse:
    """Return the newest posts of the archive as a feed, or 304 to a reader that has it already."""
    posts = list(with_parts(archive.posts)[: settings.BLOG_PAGE_SIZE])
    changed_at = max(filter(None, map(last_change, posts)), default=_NO_POST)
    feed = _channel(archive, atom=atom)
    feed.changed_at = changed_at
    places = [_in_feed(post) for post in posts]
    for each in rendered(posts, now, places):
        _add(feed, each)
    text = feed.writeString("utf-8")
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    answer = HttpResponse(text, content_type=f"{feed.content_type}")
    answer["ETag"] = etag
    answer["Last-Modified"] = http_date(changed_at.timestamp())
    same = get_conditional_response(request, etag, int(changed_at.timestamp()), answer)
    if same is not None and same.status_code == HTTPStatus.NOT_MODIFIED:
        return same
    return answer


def _channel(archive: Archive, *, atom: bool) -> Any:
    kind: type[SyndicationFeed] = WholeAtom if atom else WholeRss
    name = settings.SITE_NAME if archive.about is None else f"{archive.name} – {settings.SITE_NAME}"
    about = without_citations(archive.description) or archive.heading
    return kind(
        title=xml_text(f"{name} blog" if archive.about is None else name),
        link=absolute_url(archive.path),
        # RSS takes a description for HTML, Atom its subtitle for plain words.
        description=xml_text(about if atom else escape(about)),
        language="en-us",
        feed_url=absolute_url(f"{archive.feed}atom/" if atom else archive.feed),
    )


def _add(feed: Any, each: RenderedPost) -> None:
    post = each.post
    address = absolute_url(post.get_absolute_url())
    names = [row.person.name for row in post.author_rows.all()]
    feed.add_item(
        title=xml_text(post.title),
        link=address,
        description=xml_text(escape(post.summary or post.title)),  # HTML in both
        author_name=xml_text(", ".join(names)) or settings.SITE_NAME,
        pubdate=post.publish_at,
        updateddate=last_change(post),
        # Lasting, also when the address changes: readers show each name once (RFC 4287, 4.2.6).
        unique_id=f"tag:{urlsplit(settings.SITE_URL).hostname},2026:post-{post.pk}",
        unique_id_is_permalink=False,
        categories=[xml_text(row.name) for row in _shelves(post)],
        whole=xml_text(whole_text(each)),
    )


def whole_text(each: RenderedPost) -> str:
    """Return the post as HTML that can stand anywhere: every address in it is absolute."""
    text = render_to_string("blog/_in_feed.html", {"post": each.post, "rendered": each})
    return _OWN_ADDRESS.sub(lambda found: f"{found[1]}{settings.SITE_URL}/", text)


def _in_feed(post: Post) -> Place:
    address = absolute_url(post.get_absolute_url())
    return Place(prefix="", address=address, draw=_plain_picture)


def _plain_picture(picture: Picture, alt: str | None, is_first: bool) -> SafeString:  # noqa: FBT001
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}">',
        on_our_host(picture_sources.url_of(picture)),
        "" if picture.is_decorative else (alt or picture.alt),
        picture.width,
        picture.height,
    )


def _shelves(post: Post) -> Iterable[Any]:
    return [*post.categories.all(), *post.tags.all()]
