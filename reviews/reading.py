"""The reviews that everybody can read, page by page.

A page costs the same with a hundred reviews and with a hundred thousand: figures come from the counts, rows
down an index that ends with the order of the list, and the many columns of a review are read for the ten
that are shown.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import OrderBy, QuerySet, Sum
from django.db.models.functions import Coalesce

from products.models import Product
from reviews import summary as summaries
from reviews.cards import Card, card_of
from reviews.filtering import ORDERS, Wish, cells, conditions
from reviews.models import Review
from reviews.summary import Summary

NEWEST_SHOWN = 3
# So many hits are fetched by their cells and sorted; more are so dense that the way down the index of the
# order soon meets ten of them.
FEW = 2_000


@dataclass(frozen=True)
class Listing:
    """One page of the list. `page` counts only; the reviews are in `cards`."""

    wish: Wish
    cards: list[Card]
    page: "Page[int]"
    total: int

    @property
    def count(self) -> int:
        """How many reviews the wish takes in."""
        return int(self.page.paginator.count)

    @property
    def count_words(self) -> str:
        """How many of all it takes in, in words."""
        return f"Shown: {self.count:,} of {self.total:,}"


@dataclass(frozen=True)
class ProductPart:
    """What the product's page shows of the reviews."""

    summary: Summary
    cards: list[Card]


def primary_product() -> Product | None:
    """Return the product that `/reviews/` is about, on sale or not."""
    return Product.objects.filter(slug=settings.PRIMARY_PRODUCT_SLUG).first()


def read(product_id: int, summary: Summary, wish: Wish, number: int) -> Listing | None:
    """Return page `number` of the list, None behind its end; the first page is always there.

    Two queries at most: the hits of filters that combine are added up, and the rows are read.
    """
    size = settings.REVIEW_PAGE_SIZE
    count = _count(product_id, summary, wish)
    paginator = Paginator(range(count), size)
    if not 1 <= number <= paginator.num_pages:
        return None
    start = (number - 1) * size
    numbers = _numbers(product_id, wish, count)[start : start + size]
    return Listing(wish, _cards(numbers, wish.order), paginator.page(number), summary.count)


def newest(product_id: int, count: int) -> list[Card]:
    """Return the newest shown reviews of a product."""
    numbers = Review.objects.shown().filter(product=product_id).order_by(*ORDERS[""])
    return _cards(numbers.values("number")[:count], ORDERS[""])


def newest_at() -> datetime | None:
    """Return when the newest shown review of the product was written, None while there is none."""
    rows = Review.objects.shown().filter(product__slug=settings.PRIMARY_PRODUCT_SLUG)
    return rows.order_by(*ORDERS[""]).values_list("written_at", flat=True).first()


def newest_quotable(product_id: int, count: int) -> list[Card]:
    """Return the newest reviews that may be quoted elsewhere, whatever their stars."""
    rows = Review.objects.promotable().filter(product=product_id).order_by(*ORDERS[""])
    cards = _cards(rows.values("number")[:count], ORDERS[""])
    return [card for card in cards if card.may_be_quoted]


def product_part(product: Product) -> ProductPart:
    """Return what a product's page shows: the figures and the newest reviews. Two queries."""
    return ProductPart(summaries.read(product.pk), newest(product.pk, NEWEST_SHOWN))


def _count(product_id: int, summary: Summary, wish: Wish) -> int:
    asked = wish.filters
    if not asked:
        return summary.count
    if asked.keys() == {"stars"}:
        return summary.rating.votes.get(int(wish.stars), 0)
    if asked.keys() == {"verified"}:
        return summary.verified_count
    return cells(product_id, wish).aggregate(total=Sum("count"))["total"] or 0


def _numbers(product_id: int, wish: Wish, count: int) -> "QuerySet[Review, Any]":
    """Return the numbers of the reviews asked for, in order."""
    rows = Review.objects.shown().filter(product=product_id)
    if wish.filters.keys() - {"stars"} and count <= FEW:
        rows = rows.filter(cell__in=cells(product_id, wish).values("key"))
        return rows.order_by(*_without_index(wish.order)).values("number")
    return rows.filter(conditions(wish)).order_by(*wish.order).values("number")


def _without_index(order: tuple[str, ...]) -> list[OrderBy]:
    """Return the same order in a form that no index has: a database that looks for few hits down the index
    of the order reads all reviews.
    """
    names = [(name.removeprefix("-"), name.startswith("-")) for name in order]
    return [
        OrderBy(Coalesce(name, name), descending=is_last_first) for name, is_last_first in names
    ]


def _cards(numbers: "QuerySet[Review, Any]", order: tuple[str, ...]) -> list[Card]:
    """Return the cards of few numbers, in one query that finds these first and reads the rest for them."""
    rows = Review.objects.filter(number__in=numbers).order_by(*order)
    return [card_of(row) for row in rows.select_related("current__photo", "reply")]
