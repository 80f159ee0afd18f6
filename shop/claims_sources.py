"""What the claims check reads: registered here, since no app knows all others. docs/claims.md has the list."""

from collections.abc import Iterator
from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone

from blog import published_texts as blog_texts
from blog.models import PostEvent
from claims import nightly, sources
from claims.desk import PublishedText
from orders import published_texts as order_texts
from pages import published_texts as page_texts
from policies import published_texts as policy_texts
from products import published_texts as product_texts
from references import published_texts as statement_texts
from reviews import published_texts as review_texts
from shop import template_texts

ROWS = (
    *product_texts.ROWS,
    *page_texts.ROWS,
    *policy_texts.ROWS,
    *order_texts.ROWS,
    *blog_texts.ROWS,
    *statement_texts.ROWS,
    *review_texts.ROWS,
)


# What readers see of a post changes with these; an import brings the queue up to date by itself.
STEPS = {
    PostEvent.Kind.PUBLISHED,
    PostEvent.Kind.SCHEDULED,
    PostEvent.Kind.CHANGED,
    PostEvent.Kind.UNPUBLISHED,
}


def connect() -> None:
    """Register all sources, and follow posts. Called once, when the roof is up."""
    for rows in ROWS:
        sources.register_rows(rows)
    # An answer may name the customer.
    sources.keep_private("pages.contactmessage", "pages.view_contactmessage")
    # What visitors write is theirs and in no queue of ours; people may let a sentence of it stand.
    sources.register_subject("reviews.review", review_texts.words_of_key)
    sources.keep_private("reviews.review", "reviews.view_review")
    sources.register("blog.post", _posts)
    sources.register_subject("blog.post", blog_texts.texts_of_key)
    sources.register("template", template_texts.public)
    sources.register_subject("template", template_texts.texts_of_key)
    post_save.connect(_follow_post, sender=PostEvent, dispatch_uid="claims-post-event")


def _posts() -> Iterator[PublishedText]:
    return blog_texts.public_texts(timezone.now())


def _follow_post(
    sender: type[PostEvent],
    instance: PostEvent,
    created: bool,  # noqa: FBT001 (Django's signature)
    **_: Any,
) -> None:
    if created and instance.kind in STEPS:
        texts = blog_texts.public_texts_of(instance.post, instance.at)
        nightly.look_again(f"blog.post:{instance.post_id}", texts, instance.at)
