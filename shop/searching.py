"""What the search finds, and how the index follows the rows: registered here, since no app knows all others.

The index only repeats what stands in rows, so it is no rule of any app: saved rows are followed by signals
after the commit, and what signals do not see (bulk updates, renamed tags, a policy that begins today) by the
hourly look of shop.schedule.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from blog import searchable as blog_searchable
from blog.models import Post, PostEvent, Revision
from pages import searchable as pages_searchable
from pages.models import DailyAmount, FaqItem, FoodSource, InfoPage, PageBlock, Study
from policies.models import PolicyVersion
from policies.rendering import render
from products import searchable as products_searchable
from products.models import Product
from search import indexing, sources
from search.models import Kind
from search.plain_text import text_of
from search.sources import Document, Source

Place = tuple[Kind, str]

# Pages without rows of their own: (path, title, what it is for, words that people look for it by).
WAYS = (
    ("/order/", "Order", "Choose a pack and put it in the cart.", "buy price packs"),
    (
        "/order-status/",
        "Order status",
        "Get the link to your order page by email.",
        "track my order tracking parcel where is",
    ),
    ("/reviews/", "Customer Reviews", "What buyers say, the good and the bad.", "ratings stars"),
    ("/affiliates/", "Affiliate Program", "Earn a commission as a partner.", "partner commission"),
    ("/blog/", "Blog", "Posts on vitamin B12, with their sources.", "articles posts news"),
    (
        "/research/statements/",
        "What we state, and on what evidence",
        "Our statements on vitamin B12, how strong the evidence is, and what they do not say.",
        "grade grades proof",
    ),
    ("/back-in-stock/", "Email me when it is back", "For packs that are sold out.", "sold out"),
)

# Events of a post that come with a revision, which is followed by itself.
WITH_A_SAVE = {
    *(PostEvent.Kind.CREATED, PostEvent.Kind.IMPORTED),
    *(PostEvent.Kind.CHANGED, PostEvent.Kind.RESTORED),
}


def _policies(keys: Collection[str] | None) -> Iterator[Document]:
    """Yield the policies in force today."""
    versions = PolicyVersion.objects.in_force(on=timezone.localdate()).select_related("policy")
    for version in versions:
        policy = version.policy
        if keys is None or policy.slug in keys:
            yield Document(
                key=policy.slug,
                path=policy.get_absolute_url(),
                title=policy.title,
                summary=policy.meta_description,
                body=text_of(render(version.body).html),
                updated_at=version.created_at,
            )


def _ways(keys: Collection[str] | None) -> Iterator[Document]:
    for path, title, summary, keywords in WAYS:
        if keys is None or path in keys:
            yield Document(path, path, title, summary, keywords=keywords)


SOURCES = {
    "posts": blog_searchable.POSTS,
    "products": products_searchable.PRODUCTS,
    "pages": pages_searchable.PAGE_TEXTS,
    "questions": pages_searchable.QUESTIONS,
    "studies": pages_searchable.STUDIES,
    "policies": Source(Kind.PAGE, _policies),
    "ways": Source(Kind.PAGE, _ways),
}


def _page_of(block: PageBlock) -> list[Place]:
    slugs = InfoPage.objects.filter(pk=block.page_id).values_list("slug", flat=True)
    return [(Kind.PAGE, slug) for slug in slugs]


def _policy_of(version: PolicyVersion) -> list[Place]:
    return [(Kind.PAGE, version.policy.slug)]


def _post_of_save(revision: Revision) -> list[Place]:
    # A draft is saved often, and the search does not know it.
    published = Post.objects.filter(pk=revision.post_id, status=Post.Status.PUBLISHED)
    return [(Kind.POST, str(pk)) for pk in published.values_list("pk", flat=True)]


def _post_of_step(event: PostEvent) -> list[Place]:
    return [] if event.kind in WITH_A_SAVE else [(Kind.POST, str(event.post_id))]


# Which documents a row stands in. Asked after the commit, so a deleted row may only name itself.
FOLLOWED: dict[type[models.Model], Callable[[Any], Iterable[Place]]] = {
    # Every step of a post's life writes an event, every save a revision: also one of nothing but tags, of
    # which readers are told nothing.
    PostEvent: _post_of_step,
    Revision: _post_of_save,
    Product: lambda product: [(Kind.PRODUCT, product.slug)],
    InfoPage: lambda page: [(Kind.PAGE, page.slug)],
    PageBlock: _page_of,
    FoodSource: lambda _: [(Kind.PAGE, InfoPage.Slug.ABOUT)],
    DailyAmount: lambda _: [(Kind.PAGE, InfoPage.Slug.ABOUT)],
    FaqItem: lambda item: [(Kind.QUESTION, item.slug)],
    Study: lambda study: [(Kind.PAGE, pages_searchable.study_key(study.slug))],
    PolicyVersion: _policy_of,
}


def connect() -> None:
    """Register all sources and follow their rows. Called once, when the roof is up."""
    for name, source in SOURCES.items():
        sources.register(name, source)
    for model in FOLLOWED:
        for signal in (post_save, post_delete):
            signal.connect(_follow, sender=model, dispatch_uid=f"search-{model._meta.label}")


def _follow(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    if not indexing.is_paused():
        # robust: a search that lags behind until the next hour must not fail what staff do.
        transaction.on_commit(lambda: _index(sender, instance), robust=True)


def _index(sender: type[models.Model], instance: models.Model) -> None:
    for kind, key in FOLLOWED[sender](instance):
        indexing.index(kind, [key])
