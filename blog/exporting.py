"""The blog as a WordPress export (WXR 1.2): "your content is yours".

Whatever WXR has a place for stands there, so that WordPress reads it; the rest travels as JSON in
wp:postmeta `_b12_post` and `_b12_picture`, which blog/importing/own.py reads. The same content gives the
same bytes. Revisions, events and the files of pictures are not in it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from html import escape
from typing import Any

from django.conf import settings
from django.utils.timezone import get_default_timezone

from blog.importing.own import PICTURE, POST, SCHEMA
from blog.models import ArchivedComment, Category, Person, Picture, Post, Tag

AT_ONCE = 50
ZERO = "0000-00-00 00:00:00"
# Numbers for posts that WordPress never had: above its own, each the same in every export.
OUR_POSTS, OUR_PICTURES = 10**9, 1 << 41
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PARTS = (
    *("author_rows__person", "reference_rows__reference", "questions", "takeaways", "read_more"),
    *("tags", "categories", "series", "main_picture", "social_picture", "archived_comments"),
    "reviewed_by",
)
_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0"
	xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:wfw="http://wellformedweb.org/CommentAPI/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:wp="http://wordpress.org/export/1.2/"
>
<channel>
"""


def pieces(now: datetime) -> Iterator[str]:
    """Yield the export piece by piece. Posts whose time is after `now` count as scheduled."""
    yield _HEAD
    yield from _lines(
        ("title", "Blog"),
        ("link", f"{settings.SITE_URL}/blog/"),
        ("description", ""),
        ("language", "en-US"),
        ("wp:wxr_version", "1.2"),
        ("wp:base_site_url", settings.SITE_URL),
        ("wp:base_blog_url", f"{settings.SITE_URL}/blog"),
    )
    for number, person in enumerate(_sorted(Person.objects.filter(posts__isnull=False)), start=1):
        yield _author(number, person)
    yield from _terms()
    for picture in Picture.objects.order_by("digest").iterator(chunk_size=AT_ONCE):
        yield _picture(picture)
    ids = numbers()
    for keys in _in_batches(list(ids)):
        rows = Post.objects.filter(pk__in=keys).prefetch_related(*_PARTS).in_bulk()
        yield from (_post(rows[pk], ids[pk], now) for pk in keys if pk in rows)
    yield "</channel>\n</rss>\n"


def numbers() -> dict[int, int]:
    """Return the number of each post in the export, by its key and in the order of addresses. One query.

    A number that WordPress gave stays; so does the one that an earlier export gave to a post of ours.
    """
    rows = sorted(Post.objects.values_list("slug", "pk", "legacy_id", "legacy__source__identity"))
    wanted = {pk: legacy_id for _, pk, legacy_id, _ in rows if legacy_id}
    taken = set(wanted.values())
    for _, pk, legacy_id, identity in rows:
        given = str(identity or "").rpartition("#")[2]
        number = int(given) if given.isdecimal() else 0
        if not legacy_id and number and number not in taken:
            wanted[pk] = number
            taken.add(number)
    for _, pk, _, _ in rows:
        if pk not in wanted:
            number = OUR_POSTS + pk
            while number in taken:
                number += 1
            wanted[pk] = number
            taken.add(number)
    return {pk: wanted[pk] for _, pk, _, _ in rows}


def _author(number: int, person: Person) -> str:
    inner = _lines(
        ("wp:author_id", number),
        ("wp:author_login", person.slug),
        ("wp:author_email", ""),
        ("wp:author_display_name", escape(person.name, quote=False)),
        ("wp:author_first_name", ""),
        ("wp:author_last_name", ""),
    )
    return _wrapped("wp:author", inner)


def _terms() -> Iterator[str]:
    categories = {category.pk: category for category in _sorted(Category.objects.all())}
    done: set[int] = set()
    number = 0
    for category in categories.values():
        line, current = [], category
        while current.pk not in done and current not in line:
            line.append(current)
            current = categories.get(current.parent_id or 0, current)
        for each in reversed(line):
            number += 1
            done.add(each.pk)
            parent = categories.get(each.parent_id or 0)
            yield _wrapped(
                "wp:category",
                _lines(
                    ("wp:term_id", number),
                    ("wp:category_nicename", each.slug),
                    ("wp:category_parent", parent.slug if parent else ""),
                    ("wp:cat_name", escape(each.name, quote=False)),
                    ("wp:category_description", escape(each.introduction, quote=False)),
                ),
            )
    for tag in _sorted(Tag.objects.all()):
        number += 1
        yield _wrapped(
            "wp:tag",
            _lines(
                ("wp:term_id", number),
                ("wp:tag_slug", tag.slug),
                ("wp:tag_name", escape(tag.name, quote=False)),
                ("wp:tag_description", escape(tag.introduction, quote=False)),
            ),
        )


def _picture(picture: Picture) -> str:
    data = {
        "schema": SCHEMA,
        **{
            name: getattr(picture, name)
            for name in (
                *("digest", "title", "alt", "is_decorative", "caption", "credit", "license"),
                *("source_url", "focal_x", "focal_y", "legacy_url"),
            )
        },
    }
    address = picture.file.url if picture.file else picture.get_absolute_url()
    if address.startswith("/"):
        address = settings.SITE_URL + address
    meta = [
        ("_wp_attached_file", str(picture.file.name or "")),
        ("_wp_attachment_image_alt", picture.alt),
        (PICTURE, _json(data)),
    ]
    inner = [
        *_lines(
            ("title", escape(picture.title, quote=False)),
            ("link", f"{settings.SITE_URL}{picture.get_absolute_url()}"),
            ("content:encoded", ""),
            ("excerpt:encoded", escape(picture.caption, quote=False)),
            ("wp:post_id", _picture_id(picture)),
            ("wp:post_name", f"picture-{picture.digest}"),
            ("wp:status", "inherit"),
            ("wp:post_parent", 0),
            ("wp:post_type", "attachment"),
            ("wp:attachment_url", address),
        ),
        *(_meta(key, value) for key, value in meta if value),
    ]
    return _wrapped("item", inner)


def _picture_id(picture: Picture) -> int:
    return OUR_PICTURES + int(picture.digest[:10], 16)


def _post(post: Post, number: int, now: datetime) -> str:
    legacy = post.legacy
    authors = [row.person for row in post.author_rows.all()]
    link = f"{settings.SITE_URL}{post.get_absolute_url()}"
    inner = [
        *_lines(
            ("title", escape(post.title, quote=False)),
            ("link", link),
            *([("pubDate", _mail_date(post.publish_at))] if post.publish_at else []),
            ("dc:creator", authors[0].slug if authors else ""),
            ("guid", legacy.get("guid") or f"{settings.SITE_URL}/?p={number}"),
            ("description", ""),
            ("content:encoded", post.body),
            ("excerpt:encoded", escape(post.summary, quote=False)),
            ("wp:post_id", number),
            *_dates(post),
            ("wp:comment_status", legacy.get("comment_status", "closed")),
            ("wp:ping_status", legacy.get("ping_status", "closed")),
            ("wp:post_name", post.slug),
            ("wp:status", _status(post, now)),
            ("wp:post_parent", legacy.get("parent", 0)),
            ("wp:menu_order", legacy.get("menu_order", 0)),
            ("wp:post_type", post.kind),
            ("wp:post_password", ""),
            ("wp:is_sticky", legacy.get("sticky", 0)),
        ),
        *_terms_of(post),
        *(_meta(key, value) for key, value in _metas(post, authors)),
        *(_comment(comment) for comment in _sorted_comments(post)),
    ]
    return _wrapped("item", inner)


def _status(post: Post, now: datetime) -> str:
    if post.status == Post.Status.PUBLISHED:
        return "publish" if post.publish_at and post.publish_at <= now else "future"
    return "pending" if post.status == Post.Status.SUBMITTED else "draft"


def _dates(post: Post) -> Iterator[tuple[str, Any]]:
    changed_at = post.changed_at or post.publish_at
    for name, moment in (("post_date", post.publish_at), ("post_modified", changed_at)):
        local = post.legacy.get(name, ZERO) if name == "post_date" else ZERO
        yield f"wp:{name}", _stamp(moment, local=True) if moment else local
        yield f"wp:{name}_gmt", _stamp(moment) if moment else ZERO


def _terms_of(post: Post) -> Iterator[str]:
    named = [("category", row.slug, row.name) for row in post.categories.all()]
    named += [("post_tag", row.slug, row.name) for row in post.tags.all()]
    for row in sorted(named):
        yield _term(*row)
    for other in post.legacy.get("terms", []):
        yield _term(*other)


def _term(domain: str, slug: str, name: str) -> str:
    attributes = f'domain="{escape(domain)}" nicename="{escape(slug)}"'
    return f"\t\t<category {attributes}>{cdata(escape(name, quote=False))}</category>\n"


def _metas(post: Post, authors: Sequence[Person]) -> Iterator[tuple[str, str]]:
    if post.main_picture:
        yield "_thumbnail_id", str(_picture_id(post.main_picture))
    yield from post.legacy.get("meta", [])
    yield POST, _json(_own(post, authors))


def _own(post: Post, authors: Sequence[Person]) -> dict[str, Any]:
    references = [row.reference for row in post.reference_rows.all()]
    columns = ("key", "citation", "kind", "year", "publisher", "doi", "pmid", "link", "accessed_on")
    series = post.series
    kept = {key: value for key, value in post.legacy.items() if key not in {"source", "meta"}}
    return {
        "schema": SCHEMA,
        "legacy_id": post.legacy_id,
        "read_more_heading": post.read_more_heading,
        "left_out_of_contents": post.left_out_of_contents,
        "meta_title": post.meta_title,
        "meta_description": post.meta_description,
        "authors": [_person(person) for person in authors],
        "references": [{name: getattr(row, name) for name in columns} for row in references],
        "questions": [
            {"question": row.question, "answer": row.answer} for row in post.questions.all()
        ],
        "takeaways": [row.text for row in post.takeaways.all()],
        "read_more": [row.slug for row in post.read_more.all()],
        "series": {
            "slug": series.slug,
            "name": series.name,
            "introduction": series.introduction,
            "part": post.series_part,
        }
        if series
        else None,
        "main_picture": post.main_picture.digest if post.main_picture else "",
        "social_picture": post.social_picture.digest if post.social_picture else "",
        "heading_ids": post.heading_ids,
        "tags": [
            {
                "slug": tag.slug,
                "is_disease": tag.is_disease,
                "meta_title": tag.meta_title,
                "meta_description": tag.meta_description,
            }
            for tag in sorted(post.tags.all(), key=lambda each: each.slug)
        ],
        "status": post.status,
        "publish_at": post.publish_at,
        "expire_at": post.expire_at,
        "changed_at": post.changed_at,
        "legacy": kept,
        "state": {
            "imported": post.imported_at is not None,
            "reviewed_by": _person(post.reviewed_by) if post.reviewed_by else None,
            "reviewed_on": post.reviewed_on,
            "next_review_on": post.next_review_on,
        },
    }


def _person(person: Person) -> dict[str, str]:
    names = ("slug", "name", "credentials", "bio", "disclosures")
    return {name: getattr(person, name) for name in names}


def _comment(comment: ArchivedComment) -> str:
    moment = comment.written_at
    inner = _lines(
        ("wp:comment_id", comment.legacy_id),
        ("wp:comment_author", escape(comment.author_name, quote=False)),
        ("wp:comment_date", _stamp(moment, local=True) if moment else ZERO),
        ("wp:comment_date_gmt", _stamp(moment) if moment else ZERO),
        ("wp:comment_content", escape(comment.text, quote=False)),
        ("wp:comment_approved", int(comment.was_approved)),
        ("wp:comment_type", comment.kind),
        ("wp:comment_parent", comment.parent_legacy_id),
    )
    return _wrapped("wp:comment", inner)


def cdata(text: str) -> str:
    """Return `text` as CDATA in which nothing ends too early, without what XML cannot hold."""
    return f"<![CDATA[{_INVALID.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _lines(*values: tuple[str, Any]) -> Iterator[str]:
    for name, value in values:
        shown = str(value) if isinstance(value, int) else cdata(str(value))
        yield f"\t\t<{name}>{shown}</{name}>\n"


def _wrapped(name: str, inner: Iterator[str] | Sequence[str]) -> str:
    return f"\t<{name}>\n{''.join(inner)}\t</{name}>\n"


def _meta(key: str, value: str) -> str:
    return _wrapped("wp:postmeta", list(_lines(("wp:meta_key", key), ("wp:meta_value", value))))


def _json(data: dict[str, Any]) -> str:
    def as_text(value: datetime | date) -> str:
        is_moment = isinstance(value, datetime)
        return value.astimezone(UTC).isoformat() if is_moment else value.isoformat()  # type: ignore[union-attr]

    return json.dumps(data, ensure_ascii=False, default=as_text)


def _stamp(moment: datetime, *, local: bool = False) -> str:
    zone = get_default_timezone() if local else UTC
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _mail_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


def _sorted(rows: Any) -> list[Any]:
    # Not by the database: two of them sort letters in two ways.
    return sorted(rows.distinct(), key=lambda row: row.slug)


def _sorted_comments(post: Post) -> list[ArchivedComment]:
    return sorted(post.archived_comments.all(), key=lambda row: row.legacy_id)


def _in_batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
