"""The feed of product reviews for Google, by its schema 2.4 (developers.google.com/product-review-feeds).

Every review that visitors read is in it, whatever its stars, but for those that nobody may repeat in a place
where their label is not shown: words with a claim in them (is_promotable), which would become ours once we
send them on, and reviews by people who are ours (16 CFR 465.5; Google takes none of these either). Both are
left out for one to five stars alike. What is left out of a feed Google forgets, so withdrawn and withheld
reviews need no list of their own; the schema has none since 2.3.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from products.models import Product
from reviews.models import Review, Source
from reviews.models.review import MOST_STARS
from shop.lib.seo import absolute_url
from shop.lib.xml_text import xml_text

VERSION = "2.4"
SCHEMA = "http://www.google.com/shopping/reviews/schema/product/2.4/product_reviews.xsd"
CHUNK = 500
# How a review was asked for. Of an imported one we do not know.
METHODS = {Source.REQUEST: "post_fulfillment", Source.SITE: "unsolicited"}


def in_feed() -> "QuerySet[Review]":
    """Return the reviews that the feed tells, the first received first; blind to their stars."""
    rows = Review.objects.shown().filter(
        is_promotable=True,
        insider_label="",
        # The one product that has a page of its own; the schema needs its address.
        product__slug=settings.PRIMARY_PRODUCT_SLUG,
        product__is_published=True,
    )
    if settings.IS_PRODUCTION:
        rows = rows.filter(is_demo=False)
    return rows.exclude(current__body="").order_by("number")


def is_on() -> bool:
    """Return whether there are enough reviews: Google takes a feed from fifty on. One query, none if off."""
    least = settings.REVIEW_FEED_FROM
    return least > 0 and in_feed()[least - 1 : least].exists()


def write() -> Iterator[str]:
    """Yield the feed in pieces; memory does not grow with the number of reviews. Three queries."""
    about = Product.objects.published().filter(slug=settings.PRIMARY_PRODUCT_SLUG)
    product = "".join(_product(one) for one in about.prefetch_related("variants"))
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:noNamespaceSchemaLocation="{SCHEMA}">\n'
        f"{_tag('version', VERSION)}"
        f"<publisher>{_tag('name', settings.SITE_NAME)}"
        f"{_tag('favicon', absolute_url('/favicon.ico'))}</publisher>\n<reviews>\n"
    )
    for review in in_feed().select_related("current").iterator(chunk_size=CHUNK):
        yield _review(review, product)
    yield "</reviews>\n</feed>\n"


def _review(review: Review, product: str) -> str:
    version = review.current
    if version is None or not (content := xml_text(version.body).strip()):
        return ""
    name = xml_text(version.author_name).strip()
    title = xml_text(version.title).strip()
    url = absolute_url(f"{reverse('reviews')}#review-{review.number}")
    method = METHODS.get(Source(review.source))
    parts = (
        _tag("review_id", str(review.number)),
        f'<reviewer><name is_anonymous="{_yes(not name)}">{escape(name or "Anonymous")}</name></reviewer>',
        _tag("is_verified_purchase", _yes(review.is_verified)),
        _tag("is_incentivized_review", _yes(bool(review.incentive_label))),
        _tag("review_timestamp", _utc(review.written_at)),
        _tag("title", title) if title else "",
        _tag("content", content),
        f'<review_url type="group">{escape(url)}</review_url>',
        f'<ratings><overall min="1" max="{MOST_STARS}">{review.stars}</overall></ratings>',
        f"<products>{product}</products>",
        _tag("collection_method", method) if method else "",
    )
    return f"<review>{''.join(parts)}</review>\n"


def _product(product: Product) -> str:
    """Return the element of one product: all its packs, for a review is about what is in each of them."""
    packs = [pack for pack in product.variants.all() if pack.is_active]
    ids = (
        _tags("gtins", "gtin", [pack.gtin for pack in packs if pack.gtin]),
        _tags("skus", "sku", [pack.sku for pack in packs]),
        _tags("brands", "brand", [settings.SITE_NAME]),
    )
    return (
        f"<product><product_ids>{''.join(ids)}</product_ids>{_tag('product_name', product.name)}"
        f"{_tag('product_url', absolute_url(reverse('product_information')))}</product>"
    )


def _tags(group: str, name: str, texts: list[str]) -> str:
    return f"<{group}>{''.join(_tag(name, text) for text in texts)}</{group}>" if texts else ""


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(xml_text(text))}</{name}>"


def _yes(value: bool) -> str:  # noqa: FBT001 (what the schema takes)
    return "true" if value else "false"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
