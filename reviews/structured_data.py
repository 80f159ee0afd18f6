"""schema.org's rating and reviews of a Product, from what its page shows (products/page_parts.py).

Google wants ratings by a shop's own visitors, not such as were copied from elsewhere
(developers.google.com/search/docs/appearance/structured-data/review-snippet): imported reviews are left out
of both, and the page says what is left without them. A review with a claim in it is never repeated here.
"""

from typing import Any

from reviews.cards import Card
from reviews.models import Source
from reviews.models.review import MOST_STARS
from reviews.reading import ProductPart
from shop.lib.seo import JsonLd

BEST, WORST = MOST_STARS, 1


def product_json_ld(part: ProductPart) -> JsonLd:
    """Return what joins the Product: nothing while nobody has reviewed it."""
    own = part.summary.own
    if not own.count:
        return {}
    rating = {
        "@type": "AggregateRating",
        "ratingValue": own.average_text,
        "reviewCount": own.count,
        "bestRating": BEST,
        "worstRating": WORST,
    }
    reviews = [_review(card) for card in part.cards if _is_told(card)]
    return {"aggregateRating": rating, **({"review": reviews} if reviews else {})}


def _is_told(card: Card) -> bool:
    return card.may_be_quoted and card.review.source != Source.IMPORT


def _review(card: Card) -> dict[str, Any]:
    return {
        "@type": "Review",
        "name": card.heading,
        "author": {"@type": "Person", "name": card.author},
        "datePublished": card.day.isoformat(),
        "reviewBody": card.excerpt,
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": card.version.stars,
            "bestRating": BEST,
            "worstRating": WORST,
        },
    }
