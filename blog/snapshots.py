"""A post as plain data, with everything that belongs to it: what revisions keep and what checks read.

    {"schema": 1, "title", "slug", "summary", "body", "read_more_heading", "left_out_of_contents",
     "meta_title", "meta_description",
     "authors": [{"slug", "name"}], "categories": [{"slug", "name"}],
     "tags": [{"slug", "name", "is_disease"}], "references": [{"key", "citation"}],
     "questions": [{"question", "answer"}], "takeaways": [text], "read_more": [slug],
     "series": {"slug", "name", "part"} | None,
     "main_picture": digest, "social_picture": digest, "body_pictures": [digest, …],
     "pictures": {digest: {"title", "alt", "is_decorative", "caption", "credit", "license"}}}

Pictures belong to the library and are shared: a snapshot tells how they were; putting it back does not
change them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction

from blog import wording
from blog.models import (
    Category,
    Person,
    Picture,
    Post,
    PostAuthor,
    PostReference,
    Question,
    ReadMoreLink,
    Series,
    Tag,
    Takeaway,
)
from blog.prose import PICTURE_SRC
from redirects import table
from references.models import Reference

Snapshot = dict[str, Any]

SCHEMA = 1
FIELDS = (
    *("title", "slug", "summary", "body", "read_more_heading"),
    *("left_out_of_contents", "meta_title", "meta_description"),
)
# Where each has a page; a merge or a new address leaves a redirect there.
SHELVES: dict[type[models.Model], str] = {
    Tag: "/blog/tag/",
    Category: "/blog/category/",
    Person: "/blog/author/",
}
PICTURE_FIELDS = ("title", "alt", "is_decorative", "caption", "credit", "license")
# For many posts at once: with these at hand take() only asks for the pictures.
PARTS = (
    *("author_rows__person", "categories", "tags", "reference_rows__reference", "questions"),
    *("takeaways", "read_more", "series", "main_picture", "social_picture"),
)


def take(post: Post) -> Snapshot:
    """Return the post as its rows are now. At most eleven queries."""
    authors = _rows(post, "author_rows", "person")
    sources = _rows(post, "reference_rows", "reference")
    questions = post.questions.all()
    return complete(
        {
            "schema": SCHEMA,
            **{name: getattr(post, name) for name in FIELDS},
            "authors": [_named(row.person) for row in authors],
            "categories": [_named(category) for category in post.categories.all()],
            "tags": [{**_named(tag), "is_disease": tag.is_disease} for tag in post.tags.all()],
            "references": [_cited(row.reference) for row in sources],
            "questions": [{"question": row.question, "answer": row.answer} for row in questions],
            "takeaways": [row.text for row in post.takeaways.all()],
            "read_more": [row.slug for row in post.read_more.all()],
            "series": {**_named(post.series), "part": post.series_part} if post.series else None,
            "main_picture": post.main_picture.digest if post.main_picture else "",
            "social_picture": post.social_picture.digest if post.social_picture else "",
        }
    )


def complete(snapshot: Snapshot) -> Snapshot:
    """Return it with its pictures as body and library have them: for texts just typed. One query."""
    shown = list(dict.fromkeys(PICTURE_SRC.findall(rich_text(snapshot))))
    leading = {snapshot.get("main_picture"), snapshot.get("social_picture")}
    rows = Picture.objects.filter(digest__in={*shown, *filter(None, leading)})
    pictures = {row.digest: {name: getattr(row, name) for name in PICTURE_FIELDS} for row in rows}
    return {**snapshot, "body_pictures": shown, "pictures": pictures}


def rich_text(snapshot: Snapshot) -> str:
    """Return all that can show pictures: the body and the answers, one after the other."""
    return "\n".join([snapshot["body"], *(row["answer"] for row in snapshot["questions"])])


def readers_words(snapshot: Snapshot) -> dict[str, Any]:
    """Return what a reviewer answers for and readers would notice: the words, where links lead, what is
    shown and cited. Bold type, addresses, tags and meta texts are not among it.
    """
    return {
        "title": wording.tidy(snapshot["title"]),
        "summary": wording.tidy(snapshot["summary"]),
        "body": _read(snapshot["body"]),
        "takeaways": [wording.tidy(text) for text in snapshot["takeaways"]],
        "questions": [
            [wording.tidy(row["question"]), _read(row["answer"])] for row in snapshot["questions"]
        ],
        "references": sorted(row["key"] for row in snapshot["references"]),
        "main_picture": snapshot["main_picture"],
    }


def apply(post: Post, snapshot: Snapshot) -> list[str]:
    """Put the post and its rows back to `snapshot`; return what could not be put back, in words.

    What was deleted meanwhile stays deleted. A tag that was merged comes back as the one that took its
    place. An address or a place in a series that another post has taken stays with that one.
    """
    with transaction.atomic():
        lost: list[str] = []
        for name in FIELDS:
            setattr(post, name, snapshot[name])
        taken = Post.objects.exclude(pk=post.pk).filter(slug=snapshot["slug"]).exists()
        if taken:
            lost.append(f"address {snapshot['slug']}")
            post.slug = Post.objects.values_list("slug", flat=True).get(pk=post.pk)
        _put_series(post, snapshot["series"], lost)
        leading = [snapshot["main_picture"], snapshot["social_picture"]]
        found = _by(Picture, "digest", [digest for digest in leading if digest], lost)
        post.main_picture, post.social_picture = (found.get(digest) for digest in leading)
        post.save()
        _put_rows(post, snapshot, lost)
        keep_pictures(post)
        forget_parts(post)
        return lost


def forget_parts(post: Post) -> None:
    """Have the rows of the post read afresh."""
    vars(post).pop("_prefetched_objects_cache", None)


def keep_pictures(post: Post) -> None:
    """Note which pictures body and answers show, so that the library does not let go of them."""
    texts = [post.body, *post.questions.values_list("answer", flat=True)]
    shown = {digest for text in texts for digest in PICTURE_SRC.findall(text)}
    post.body_pictures.set(Picture.objects.filter(digest__in=shown))


def _put_rows(post: Post, snapshot: Snapshot, lost: list[str]) -> None:
    for name, model in (("tags", Tag), ("categories", Category)):
        wanted = _by(model, "slug", [row["slug"] for row in snapshot[name]], lost)
        getattr(post, name).set(wanted.values())
    people = _by(Person, "slug", [row["slug"] for row in snapshot["authors"]], lost)
    sources = _by(Reference, "key", [row["key"] for row in snapshot["references"]], lost)
    authors = dict.fromkeys(people.values())  # of two people one may have taken the other's place
    _replace(post, PostAuthor, [{"person": person} for person in authors])
    _replace(post, PostReference, [{"reference": source} for source in sources.values()])
    _replace(post, Question, snapshot["questions"])
    _replace(post, Takeaway, [{"text": text} for text in snapshot["takeaways"]])
    _replace(post, ReadMoreLink, [{"slug": slug} for slug in snapshot["read_more"]])


def _replace(post: Post, model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    model._default_manager.filter(post=post).delete()
    model._default_manager.bulk_create(
        model(post=post, position=position, **row) for position, row in enumerate(rows)
    )


def _put_series(post: Post, wanted: dict[str, Any] | None, lost: list[str]) -> None:
    series = Series.objects.filter(slug=wanted["slug"]).first() if wanted else None
    part = wanted["part"] if wanted and series else None
    if wanted and not series:
        lost.append(f"series {wanted['slug']}")
    others = Post.objects.exclude(pk=post.pk)
    if series and part and others.filter(series=series, series_part=part).exists():
        lost.append(f"part {part} of {series}")
        part = None
    post.series, post.series_part = series, part


def _by(
    model: type[models.Model], field: str, values: Sequence[str], lost: list[str]
) -> dict[str, Any]:
    found = model._default_manager.in_bulk(values, field_name=field)
    for value in set(values) - set(found):
        if row := _successor(model, value):
            found[value] = row
    lost += [f"{model._meta.verbose_name} {value}" for value in values if value not in found]
    return {value: found[value] for value in values if value in found}


def _successor(model: type[models.Model], slug: str) -> Any:
    """Return the tag, category or person to whose page the one of `slug` leads now, if there is one."""
    shelf = SHELVES.get(model, "")
    moved = table.lookup(f"{shelf}{slug}/") if shelf else None
    if moved is None or not moved.target_key.startswith(shelf):
        return None
    return model._default_manager.filter(slug=moved.target_key.removeprefix(shelf)).first()


def _rows(post: Post, name: str, related: str) -> Iterable[Any]:
    rows = getattr(post, name).all()
    if name not in vars(post).get("_prefetched_objects_cache", {}):
        rows = rows.select_related(related)
    return list(rows)


def _named(row: Person | Category | Tag | Series) -> dict[str, Any]:
    return {"slug": row.slug, "name": row.name}


def _cited(source: Reference) -> dict[str, Any]:
    return {"key": source.key, "citation": source.citation}


def _read(markup: str) -> list[list[str]]:
    return [[block.tag, block.text] for block in wording.blocks(markup, with_links=True)]
