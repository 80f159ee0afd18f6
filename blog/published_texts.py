"""Everything of the blog that visitors can read, piece by piece, for the claims check."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from blog import snapshots, wording
from blog.models import Category, Person, Picture, Post, Revision, Series, Tag
from blog.snapshots import Snapshot
from claims.desk import PublishedText
from claims.row_texts import RowTexts, of_fields

LINES = {
    "title": "Title",
    "meta_title": "Meta title",
    "meta_description": "Meta description",
    "summary": "In short",
    "read_more_heading": "Heading of “Read more”",
}
POSTS_AT_ONCE = 100


def texts_of(snapshot: Snapshot, post: Post | None = None) -> list[PublishedText]:
    """Return each text of a post: words, address, meta texts, questions, pictures, tags."""
    pieces = [(name, label, snapshot[name]) for name, label in LINES.items()]
    pieces.append(("slug", "Address", snapshot["slug"].replace("-", " ").replace("_", " ")))
    pieces.append(("body", "Text", as_lines(snapshot["body"])))
    pieces += [("takeaways", "Takeaway", text) for text in snapshot["takeaways"]]
    pieces += [("tags", "Tag", row["name"]) for row in snapshot["tags"]]
    pieces += [("categories", "Category", row["name"]) for row in snapshot["categories"]]
    for picture in snapshot["pictures"].values():
        pieces += [("body", "Alternative text", picture["alt"])]
        pieces += [("body", "Caption", picture["caption"]), ("body", "Credit", picture["credit"])]
    pieces += [("body", "Alternative text", alt) for alt in _alts(snapshots.rich_text(snapshot))]
    found = [_text(post, *piece) for piece in pieces]
    found += [
        _text(post, "questions", "Question", _answered(row), context="faq")
        for row in snapshot["questions"]
    ]
    return [text for text in found if text.text.strip()]


def text_of_change(note: str, post: Post) -> PublishedText:
    """Return what readers are told of a change, in the list "What changed"."""
    return _text(post, "public_note", "What changed", note)


def as_lines(markup: str) -> str:
    """Return rich text block by block, rows of tables whole, citations too; an empty line between two."""
    blocks = (
        wording.RELATED.sub("", block.text) for block in wording.blocks(markup, whole_rows=True)
    )
    return "\n\n".join(text for text in blocks if text)


def public_texts(now: datetime) -> Iterator[PublishedText]:
    """Yield each text of the posts that are public or will be, a hundred posts at a time."""
    return _public(Post.objects.all(), now)


def public_texts_of(post: Post, now: datetime) -> list[PublishedText]:
    """Return the texts of one post as it is stored; none while nobody reads it nor will."""
    return list(_public(Post.objects.filter(pk=post.pk), now))


def _public(rows: QuerySet[Post], now: datetime) -> Iterator[PublishedText]:
    told = Revision.objects.exclude(public_note="").defer("snapshot")
    posts = rows.filter(status=Post.Status.PUBLISHED).prefetch_related(
        *snapshots.PARTS, Prefetch("revisions", told, to_attr="told")
    )
    for post in posts.order_by("pk").iterator(chunk_size=POSTS_AT_ONCE):
        if post.expire_at is None or post.expire_at > now:
            yield from texts_of(snapshots.take(post), post)
            yield from (text_of_change(revision.public_note, post) for revision in post.told)


def texts_of_key(key: str) -> list[PublishedText]:
    """Return the texts of the post with this key, a draft too; none where there is no such post."""
    post = Post.objects.filter(pk=key).first() if key.isdecimal() else None
    if post is None:
        return []
    notes = post.revisions.exclude(public_note="").values_list("public_note", flat=True)
    return [
        *texts_of(snapshots.take(post), post),
        *(text_of_change(note, post) for note in notes),
    ]


def _teaches(row: object) -> str:
    return "blog"


TAG = RowTexts(
    model=Tag,
    pieces=of_fields("name", "slug", "introduction", "meta_title", "meta_description"),
    context=_teaches,
)
CATEGORY = RowTexts(
    model=Category, pieces=of_fields("name", "slug", "introduction"), context=_teaches
)
SERIES = RowTexts(model=Series, pieces=of_fields("name", "slug", "introduction"), context=_teaches)
PERSON = RowTexts(
    model=Person,
    pieces=of_fields("name", "slug", "credentials", "bio", "disclosures"),
    context=_teaches,
)
PICTURE = RowTexts(model=Picture, pieces=of_fields("alt", "caption", "credit"), context=_teaches)
# What posts are sorted, signed and shown with. It has no draft: it is public as soon as a post shows it.
ROWS = (TAG, CATEGORY, SERIES, PERSON, PICTURE)


def _text(
    post: Post | None, field: str, label: str, text: str, *, context: str = "blog"
) -> PublishedText:
    return PublishedText(
        subject=f"blog.post:{post.pk}" if post else "blog.post:new",
        field=field,
        label=f"{post}: {label}" if post else label,
        text=text,
        context=context,
        edit_path=f"/admin/blog/post/{post.pk}/change/" if post else "",
    )


def _answered(row: dict[str, str]) -> str:
    return f"{row['question']} {as_lines(row['answer'])}"


def _alts(markup: str) -> list[str]:
    return [wording.tidy(image.get("alt") or "") for image in wording.parsed(markup).iter("img")]
