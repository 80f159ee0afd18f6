"""Makers of rows of the blog. `make_post()` has no problem that blocks; `make_reviewed_post()` can go out."""

import itertools
from datetime import datetime
from typing import Any

from blog import publishing
from blog.models import (
    Category,
    Person,
    Picture,
    Post,
    PostAuthor,
    PostReference,
    Question,
    ReadMoreLink,
    Tag,
    Takeaway,
)
from references.models import Reference
from tests.factories import NOON

_numbers = itertools.count(1)

BODY = """
<p>Vitamin B12 is made by bacteria. Animals take it up, and people get it from food [ref:{key}].</p>
<h2>Where is it found?</h2>
<p>Fish, eggs and milk hold it. So do cereals to which it was added.</p>
<ul><li>salmon</li><li>yogurt</li></ul>
<h2>How much does an adult need?</h2>
<p>An adult needs 2.4 micrograms a day [ref:{key}].</p>
"""


def make_person(**fields: Any) -> Person:
    """Somebody with a name and a slug of their own."""
    number = next(_numbers)
    return Person.objects.create(
        **{"name": f"Ann Author {number}", "slug": f"ann-author-{number}", **fields}
    )


def make_tag(name: str = "", **fields: Any) -> Tag:
    """A tag that names no disease, unless told."""
    number = next(_numbers)
    return Tag.objects.create(
        **{
            "name": name or f"Food {number}",
            "slug": f"food-{number}",
            "is_disease": False,
            **fields,
        }
    )


def make_category(**fields: Any) -> Category:
    """A category."""
    number = next(_numbers)
    return Category.objects.create(**{"name": f"Diet {number}", "slug": f"diet-{number}", **fields})


def make_picture(**fields: Any) -> Picture:
    """A picture of our own in the library; only the row, no file."""
    number = next(_numbers)
    return Picture.objects.create(
        **{
            "title": f"Plate {number}",
            "digest": f"{number:020x}",
            "file": f"blog/plate-{number}.png",
            "alt": "A plate with salmon, two eggs and a glass of milk",
            "credit": "Drawn for this shop",
            "width": 1600,
            "height": 900,
            **fields,
        }
    )


def make_reference(**fields: Any) -> Reference:
    """A source that texts can cite."""
    number = next(_numbers)
    return Reference.objects.create(
        **{
            "key": f"made-{number}",
            "citation": f"Doe J. A study of plates. J Plates 2020;{number}:1-9.",
            "doi": f"10.1000/{number}",
            **fields,
        }
    )


def make_post(**fields: Any) -> Post:
    """A draft that lacks nothing but a review: with author, tag, picture, source, question, takeaway.

    `tags`, `authors` and `references` are lists of rows; `body` may hold {key} for the first source.
    Saved through publishing, so it has its first revision.
    """
    number = next(_numbers)
    now = fields.pop("now", NOON)
    tags = fields.pop("tags", None)
    authors = fields.pop("authors", None)
    references = fields.pop("references", None)
    references = [make_reference()] if references is None else references
    key = references[0].key if references else ""
    body = fields.pop("body", BODY).replace("{key}", key)
    post = Post.objects.create(
        **{
            "title": f"Where vitamin B12 comes from, part {number}",
            "slug": f"where-b12-comes-from-{number}",
            "summary": "Bacteria make it. Animals take it up. People get it from food.",
            "body": body,
            "main_picture": fields.pop("main_picture", None) or make_picture(),
            "meta_title": "Where vitamin B12 comes from",
            "meta_description": "Who makes the vitamin, and which food holds it.",
            **fields,
        }
    )
    post.tags.set([make_tag()] if tags is None else tags)
    post.categories.set([make_category()])
    for position, person in enumerate([make_person()] if authors is None else authors):
        PostAuthor.objects.create(post=post, person=person, position=position)
    for position, reference in enumerate(references):
        PostReference.objects.create(post=post, reference=reference, position=position)
    Question.objects.create(post=post, question="Is it in fruit?", answer="<p>No, it is not.</p>")
    Takeaway.objects.create(post=post, text="It comes from food of animal origin.")
    publishing.save_draft_or_changes(post, by="ann", now=now, opened_version=post.version)
    return post


def make_reviewed_post(*, now: datetime = NOON, **fields: Any) -> Post:
    """A draft that can be published: somebody else has reviewed its words."""
    post = make_post(now=now, **fields)
    reviewer = make_person(name="Rita Reviewer")
    publishing.record_review(post, reviewer=reviewer, by="rita", now=now)
    return post


def make_published_post(*, now: datetime = NOON, at: datetime | None = None, **fields: Any) -> Post:
    """A post that readers see since `now`, or from `at` on."""
    post = make_reviewed_post(now=now, **fields)
    publishing.publish(post, by="paul", now=now, at=at)
    return post


def add_read_more(post: Post, *slugs: str) -> None:
    """Let the post lead to others."""
    for position, slug in enumerate(slugs):
        ReadMoreLink.objects.create(post=post, slug=slug, position=position)


def save(post: Post, *, now: datetime = NOON, by: str = "ann", **said: Any) -> None:
    """Do what a form does: save the row as it is in `post`, then take its next version."""
    post.save()
    publishing.save_draft_or_changes(post, by=by, now=now, opened_version=post.version, **said)
