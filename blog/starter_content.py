"""The first posts: in a new shop they are drafts, for people with names to check, sign and publish."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction

from blog.models import (
    Category,
    Picture,
    Post,
    PostReference,
    Question,
    ReadMoreLink,
    Series,
    Tag,
    Takeaway,
)
from blog.pictures import add_picture
from blog.publishing import save_draft_or_changes
from references.models import Reference

CONTENT = Path(__file__).parent / "content"
LOADED_BY = "starter content"
OUR_CREDIT = "Drawn for this shop"


def load(now: datetime) -> str:
    """Put tags, categories, series and drafts into an empty blog; leave any other as it is.

    Returns one line for people. A draft has no author and no reviewer: nobody has signed it. Raises
    Reference.DoesNotExist where the sources have not been loaded before.
    """
    if Post.objects.exists():
        return "Blog: posts there already, kept as they are."
    with transaction.atomic():
        _load_sorting()
        files = sorted((CONTENT / "posts").glob("*.toml"))
        for file in files:
            _load_post(file.stem, read(file), now)
    return f"Blog: {len(files)} drafts added, to be signed, reviewed and published."


def read(file: Path) -> dict[str, Any]:
    """Return what stands in a TOML file of ours."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _load_sorting() -> None:
    for row in read(CONTENT / "categories.toml")["category"]:
        Category.objects.get_or_create(slug=row.pop("slug"), defaults=row)
    for row in read(CONTENT / "tags.toml")["tag"]:
        Tag.objects.get_or_create(slug=row.pop("slug"), defaults=row)
    for row in read(CONTENT / "series.toml")["series"]:
        Series.objects.get_or_create(slug=row.pop("slug"), defaults=row)


def _load_post(slug: str, content: dict[str, Any], now: datetime) -> None:
    shown = {one["file"]: _picture(one) for one in content.get("pictures", [])}
    body = content["body"]
    for name, picture in shown.items():
        body = body.replace(f"picture:{name}", picture.get_absolute_url())
    series = content.get("series")
    post = Post.objects.create(
        slug=slug,
        title=content["title"],
        summary=content["summary"],
        body=body,
        main_picture=_picture(content["picture"]),
        read_more_heading=content["read_more_heading"],
        series=Series.objects.get(slug=series) if series else None,
        series_part=content.get("series_part"),
        left_out_of_contents="\n".join(content["left_out_of_contents"]),
        meta_title=content["meta_title"],
        meta_description=content["meta_description"],
        created_by=LOADED_BY,
    )
    post.tags.set(Tag.objects.filter(name__in=content["tags"]))
    post.categories.set(Category.objects.filter(slug__in=content["categories"]))
    _add_rows(post, content)
    save_draft_or_changes(
        post, by=LOADED_BY, now=now, opened_version=post.version, note="First content"
    )


def _add_rows(post: Post, content: dict[str, Any]) -> None:
    PostReference.objects.bulk_create(
        PostReference(post=post, reference=Reference.objects.get(key=key), position=place)
        for place, key in enumerate(content["references"], start=1)
    )
    Question.objects.bulk_create(
        Question(post=post, question=row["question"], answer=row["answer"], position=place)
        for place, row in enumerate(content["faq"], start=1)
    )
    Takeaway.objects.bulk_create(
        Takeaway(post=post, text=text, position=place)
        for place, text in enumerate(content["takeaways"], start=1)
    )
    ReadMoreLink.objects.bulk_create(
        ReadMoreLink(post=post, slug=slug, position=place)
        for place, slug in enumerate(content["read_more"], start=1)
    )


def _picture(content: dict[str, Any]) -> Picture:
    path = CONTENT / "pictures" / content["file"]
    with path.open("rb") as file:
        return add_picture(
            File(file, name=path.name),
            title=path.stem.replace("-", " "),
            alt=content["alt"],
            caption=content.get("caption", ""),
            credit=OUR_CREDIT,
        )
