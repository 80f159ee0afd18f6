"""Demo people, who sign the first posts so that a demo shop has a blog. Never in a real shop."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from blog.models import Person, Post, PostAuthor
from blog.publishing import publish, record_review, save_draft_or_changes
from blog.starter_content import CONTENT, LOADED_BY, read

SIGNED_BY = "demo"


class NotADemo(Exception):
    """Invented people were to sign posts in a real shop."""


def load(now: datetime) -> str:
    """Let demo people sign, review and publish the drafts that are as we loaded them. Changes nothing twice.

    Returns one line for people. Raises NotADemo unless settings.DEMO.
    """
    if not settings.DEMO:
        message = "Demo people belong in a demo shop only (DEMO=True)."
        raise NotADemo(message)
    people = _people()
    drafts = Post.objects.filter(status=Post.Status.DRAFT, created_by=LOADED_BY, authors=None)
    # The oldest first: a post links to earlier ones.
    waiting = sorted(
        ((read(CONTENT / "posts" / f"{post.slug}.toml"), post) for post in _ours(drafts)),
        key=lambda pair: -pair[0]["demo_days_ago"],
    )
    for number, (content, post) in enumerate(waiting):
        author = people[number % (len(people) - 1)]
        _publish(
            post,
            author=author,
            reviewer=people[-1],
            at=now - timedelta(days=content["demo_days_ago"]),
        )
    return f"Demo blog: {len(waiting)} posts signed by invented people and published."


def _ours(drafts: QuerySet[Post]) -> list[Post]:
    return [post for post in drafts if (CONTENT / "posts" / f"{post.slug}.toml").exists()]


def _people() -> list[Person]:
    """The authors, and the reviewer at the end."""
    people = []
    for row in read(CONTENT / "people.toml")["person"]:
        person, _ = Person.objects.get_or_create(slug=row.pop("slug"), defaults=row)
        people.append(person)
    return people


@transaction.atomic
def _publish(post: Post, *, author: Person, reviewer: Person, at: datetime) -> None:
    PostAuthor.objects.create(post=post, person=author)
    save_draft_or_changes(
        post, by=SIGNED_BY, now=at, opened_version=post.version, note="Signed for the demo"
    )
    record_review(post, reviewer=reviewer, by=SIGNED_BY, now=at, note="Demo: nobody has read it.")
    publish(post, by=SIGNED_BY, now=at)
