"""The product that /reviews/ is about, and reviews of it, for tests of what readers see."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from products.models import Product
from reviews import counting, decisions
from reviews.models import Review, ReviewPhoto
from tests.factories import make_product
from tests.reviews.makers import NOW, make_content, make_review


def make_shelf() -> Product:
    """The shop's own product, on sale."""
    return make_product(slug=settings.PRIMARY_PRODUCT_SLUG, name="B12 Patch")


def shown(product: Product, *, days_ago: int = 0, source: str = "request", **fields: Any) -> Review:
    """A shown review of `product`; `origin_fields` are those of reviews.submitting.Origin."""
    at: datetime = NOW - timedelta(days=days_ago)
    origin = fields.pop("origin_fields", {})
    review = make_review(make_content(**fields), now=at, product=product, source=source, **origin)
    if not review.is_shown:
        decisions.show(review.pk, version_id=review.current_id, actor="ann", now=at)
    review.refresh_from_db()
    return review


def with_photo(review: Review, *, alt: str = "", is_shown: bool = True) -> Review:
    """Give `review` a photo, already looked at or not."""
    ReviewPhoto.objects.create(
        version=review.current, digest="d" * 64, file="reviews/p.jpg", alt=alt, width=80, height=60
    )
    before = counting.keys_of(review, review.current)
    review.photo_state = Review.PhotoState.WAITING
    review.save(update_fields=["photo_state"])
    counting.change(review.product_id, before, counting.keys_of(review, review.current))
    if is_shown:
        decisions.show_photo(review.pk, version_id=review.current_id, actor="ann", now=NOW)
    review.refresh_from_db()
    return review
