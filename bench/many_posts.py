"""Fill a blog with posts, in a process with the shop's settings: `python bench/many_posts.py 100`.

Whatever their number, the blog spans the same months and its newest posts are the same, so the pages of a
small and of a large one show the same. The texts are made of about 250 words, by a fixed rule: shorter than
real posts, so that filling the search takes minutes and not a quarter of an hour; their number is what counts.
"""

import os
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import django

MOST = 10_000
SAME = 50  # the newest posts, alike in every blog
STEP = timedelta(hours=1)
TAGS, CATEGORIES = 4, 3
NEWEST = datetime(2026, 11, 1, 12, tzinfo=UTC)
WORDS = [
    "a",
    "about",
    "after",
    "all",
    "also",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "because",
    "blood",
    "body",
    "bone",
    "can",
    "cell",
    "day",
    "diet",
    "do",
    "doctor",
    "each",
    "egg",
    "fish",
    "food",
    "for",
    "form",
    "from",
    "gut",
    "has",
    "have",
    "how",
    "if",
    "in",
    "is",
    "it",
    "level",
    "less",
    "liver",
    "long",
    "low",
    "many",
    "meal",
    "measure",
    "milk",
    "more",
    "most",
    "nerve",
    "no",
    "not",
    "number",
    "of",
    "often",
    "on",
    "one",
    "or",
    "other",
    "part",
    "people",
    "plant",
    "protein",
    "red",
    "result",
    "salmon",
    "small",
    "so",
    "some",
    "step",
    "stomach",
    "store",
    "study",
    "such",
    "tablet",
    "test",
    "than",
    "that",
    "the",
    "there",
    "they",
    "this",
    "through",
    "time",
    "to",
    "too",
    "two",
    "vegan",
    "vitamin",
    "was",
    "week",
    "what",
    "when",
    "where",
    "which",
    "who",
    "why",
    "with",
    "year",
    "yogurt",
]


def places(count: int) -> list[int]:
    """Return which of the MOST posts a blog of `count` has: the newest SAME, the others evenly after them."""
    rest = count - SAME
    return [*range(SAME), *(SAME + place * (MOST - SAME) // rest for place in range(rest))]


def text_of(place: int) -> dict[str, str]:
    """Return title, summary and body of the post at `place`, 250 words. Five posts of every blog name salmon."""
    chance = random.Random(place)
    words = [word for word in WORDS if word != "salmon"]

    def some(number: int) -> str:
        return " ".join(chance.choices(words, k=number)).capitalize() + "."

    sections = "".join(
        f"<h2>{some(5)}</h2><p>{some(40)}</p><ul><li>{some(8)}</li><li>{some(8)}</li></ul>"
        for _ in range(3)
    )
    about = " Salmon is a fish." if place < SAME and place % 10 == 0 else ""
    return {
        "title": some(7),
        "summary": some(30),
        "body": f"<p>{some(40)} Vitamin B12 is a vitamin.{about}</p>{sections}",
    }


def posts(count: int) -> Iterator[Any]:
    """Yield the posts, not stored yet, the newest first."""
    from blog.models import Post  # noqa: PLC0415 (after setup)

    for place in places(count):
        at = NEWEST - place * STEP
        yield Post(
            slug=f"post-{place}",
            status=Post.Status.PUBLISHED,
            publish_at=at,
            changed_at=at,
            reviewed_on=at.date(),
            next_review_on=at.date() + timedelta(days=1000),
            legacy_id=place + 1,
            **text_of(place),
        )


def fill(count: int) -> None:
    """Replace the posts of the demo by `count` of these, and take them into the search."""
    from django.db import connection  # noqa: PLC0415 (after setup)

    from blog.models import Category, Person, Post, PostAuthor, Tag  # noqa: PLC0415
    from search.indexing import rebuild  # noqa: PLC0415

    Post.objects.all().delete()
    Tag.objects.filter(slug__startswith="tag-").delete()
    Category.objects.filter(slug__startswith="shelf-").delete()
    tags = [Tag.objects.create(name=f"Tag {n}", slug=f"tag-{n}") for n in range(TAGS)]
    shelves = [
        Category.objects.create(name=f"Shelf {n}", slug=f"shelf-{n}") for n in range(CATEGORIES)
    ]
    person, _ = Person.objects.get_or_create(slug="ann", defaults={"name": "Ann"})
    stream = posts(count)
    while batch := list(islice(stream, 500)):
        stored = Post.objects.bulk_create(batch)
        PostAuthor.objects.bulk_create(PostAuthor(post=post, person=person) for post in stored)
        for model, field, rows in (
            (Post.tags.through, "tag", tags),
            (Post.categories.through, "category", shelves),
        ):
            model.objects.bulk_create(
                model(post=post, **{field: rows[(post.legacy_id - 1) % len(rows)]})
                for post in stored
            )
    rebuild()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does within minutes


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    django.setup()
    fill(int(sys.argv[1]))
