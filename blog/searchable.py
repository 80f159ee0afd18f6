"""Posts, as the search knows them."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from blog import wording
from blog.archives import without_citations
from blog.models import Category, Post, Tag
from blog.models.posts import PostQuerySet
from search.models import Kind
from search.sources import Document, Source

# Below posts that somebody has compared with their sources.
NOT_REVIEWED_PERCENT = 50
AT_ONCE = 200


def _documents(keys: Collection[str] | None) -> Iterator[Document]:
    posts = _published().prefetch_related("tags", "categories", "questions", "takeaways")
    if keys is not None:
        posts = posts.filter(pk__in=[int(key) for key in keys if key.isdecimal()])
    # Some at a time and never by one long statement: while that is open, SQLite cannot empty the log of
    # what the search writes meanwhile, which then outgrows the database many times.
    last = 0
    while batch := list(posts.filter(pk__gt=last)[:AT_ONCE]):
        yield from map(_document, batch)
        last = batch[-1].pk


def _document(post: Post) -> Document:
    shelves: list[Tag | Category] = [*post.tags.all(), *post.categories.all()]
    texts = [without_citations(row.text) for row in post.takeaways.all()]
    texts.append(wording.plain(post.body))
    for row in post.questions.all():
        texts += [row.question, wording.plain(row.answer)]
    return Document(
        key=str(post.pk),
        path=post.get_absolute_url(),
        title=post.title,
        summary=post.summary,
        body="\n".join(texts),
        keywords=", ".join(map(str, shelves)),
        visible_from=post.publish_at,
        visible_until=post.expire_at,
        updated_at=post.updated_at,
        boost_percent=NOT_REVIEWED_PERCENT if post.is_unreviewed_import else 100,
    )


def _stamps() -> Mapping[str, datetime | None]:
    rows = _published().values_list("pk", "updated_at")
    return {str(pk): updated_at for pk, updated_at in rows}


def _published() -> PostQuerySet:
    return Post.objects.filter(status=Post.Status.PUBLISHED).order_by("pk")


POSTS = Source(Kind.POST, _documents, _stamps)
