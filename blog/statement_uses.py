"""Which posts cite a statement of the register, found in their words: no second list can go astray."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, Value

from blog.models import Picture, Post, Question, Takeaway
from blog.models.posts import PostQuerySet
from references.uses import Use

COLUMNS = ("cited", "pk", "title", "status", "publish_at", "expire_at")


def uses_of(keys: Collection[str], now: datetime) -> list[Use]:
    """Return the posts that cite these statements, drafts too, by statement and title.

    One query; it reads every post, so it is asked about a few statements and not on public pages.
    """
    first, *others = (_citing(key).values_list(*COLUMNS) for key in sorted(set(keys)))
    rows = first.union(*others, all=True) if others else first
    found = [
        Use(key, title, f"/admin/blog/post/{pk}/change/", _post(status, times).is_public(now))
        for key, pk, title, status, *times in rows
    ]
    return sorted(found, key=lambda use: (use.key, use.label))


def _citing(key: str) -> PostQuerySet:
    token = f"[claim:{key}]"
    captioned = Picture.objects.filter(caption__contains=token)
    return (
        Post.objects.filter(
            Q(body__contains=token)
            | Q(summary__contains=token)
            | Q(pk__in=Takeaway.objects.filter(text__contains=token).values("post"))
            | Q(pk__in=Question.objects.filter(answer__contains=token).values("post"))
            | Q(main_picture__in=captioned)
            | Q(
                pk__in=Post.body_pictures.through.objects.filter(picture__in=captioned).values(
                    "post"
                )
            )
        )
        .annotate(cited=Value(key))
        .order_by()
    )


def _post(status: str, times: list[datetime | None]) -> Post:
    publish_at, expire_at = times
    return Post(status=status, publish_at=publish_at, expire_at=expire_at)
