"""What other apps know of the reviews: beside the product, on the home page, in sitemap.xml, of codes."""

from django.urls import reverse

from orders import promised_codes
from outbox import masking
from pages import gathering
from pages.gathering import Quote, Reviews
from products import page_parts
from reviews import campaigns, reading, structured_data, summary
from reviews.cards import Card, excerpt
from reviews.sitemaps import ReviewsSitemap

# Letters of a review on the home page.
QUOTED = 280


# What the author of a review, or a buyer who is asked for one, gets by mail and nobody else.
OWN_LINKS = r"/reviews/(?:request|mine)/([^/\s\"'<>]+)"


def connect() -> None:
    """Register it with those pages. Called once, when the roof is up."""
    page_parts.register("reviews", reading.product_part, structured_data.product_json_ld)
    gathering.register_reviews(on_home_page)
    gathering.register_sitemap("reviews", ReviewsSitemap)
    masking.register("reviews", OWN_LINKS)
    promised_codes.register("reviews", campaigns.promise_of)


def on_home_page(count: int) -> Reviews | None:
    """Return the rating with up to `count` quotes, None while there is no review."""
    product = reading.primary_product()
    if product is None:
        return None
    figures, cards = summary.read(product.pk), reading.newest_quotable(product.pk, count)
    if not figures.count:
        return None
    return Reviews(
        words=figures.rating.words,
        halves=figures.rating.halves,
        path=reverse("reviews"),
        quotes=tuple(_quote(card) for card in cards),
    )


def _quote(card: Card) -> Quote:
    return Quote(
        words=excerpt(card.body, QUOTED),
        author=card.author,
        day=card.day,
        halves=card.halves,
        rating_words=card.rating_words,
        warnings=tuple(card.warnings),
        labels=(card.matched, card.came),
        path=card.path,
    )
