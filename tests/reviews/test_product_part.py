"""Reviews beside the product, on the home page and for search engines: what may be repeated, and what not."""

import json

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from reviews.cards import EXCERPT
from reviews.models import Review, Source
from shop.reviews_elsewhere import QUOTED
from tests.factories import make_variant
from tests.reviews.makers import NOW, make_invitation
from tests.reviews.shelf import make_shelf, shown

pytestmark = pytest.mark.django_db
PAGE = "/product-information/"


@pytest.fixture
def product():
    made = make_shelf()
    make_variant(product=made, sku="B12-04", name="4 patches", units=4, price_cents=2_400)
    return made


def page_of(client, path=PAGE):
    response = client.get(path)
    assert response.status_code == 200
    return html.fromstring(response.content)


def words(page):
    return " ".join(page.get_element_by_id("main").text_content().split())


def told(page):
    """The Product that search engines read."""
    script = page.xpath("//script[@type='application/ld+json']")[0]
    return next(item for item in json.loads(script.text)["@graph"] if item["@type"] == "Product")


def test_without_reviews_nothing_is_told_and_nothing_is_shown(client, product):
    page = page_of(client)
    assert not {"aggregateRating", "review"} & set(told(page))
    assert "Nobody has reviewed this product here yet" in words(page)
    assert page.xpath("//*[contains(@class, 'rating')]") == []


def test_rating_and_reviews_are_told_as_the_page_shows_them(client, product):
    shown(product, stars=5, days_ago=1, title="Holds", body="It held all day.", author_name="Kim")
    shown(product, stars=2, title="", body="The edge lifted.", author_name="Lee")
    number = Review.objects.get(stars=2).number
    found = told(page_of(client))
    assert found["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": "3.5", "reviewCount": 2, "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    assert found["review"] == [
        {
            "@type": "Review", "name": name, "author": {"@type": "Person", "name": author},
            "datePublished": day, "reviewBody": body,
            "reviewRating": {"@type": "Rating", "ratingValue": stars, "bestRating": 5, "worstRating": 1},
        }
        for name, author, day, body, stars in (
            (f"Review {number}", "Lee", "2026-11-20", "The edge lifted.", 2),
            ("Holds", "Kim", "2026-11-19", "It held all day.", 5),
        )
    ]  # fmt: skip


def values(item):
    """Every text in `item`, however deep, with its name."""
    for key, value in item.items():
        if isinstance(value, dict):
            yield from values(value)
        elif not key.startswith("@"):
            yield key, str(value)


def test_every_value_told_stands_on_the_visible_page(client, product):
    shown(product, stars=5, body="word " * 200)
    shown(
        product,
        stars=4,
        source=Source.IMPORT,
        origin_fields={"imported_from": "Old Shop", "imported_date": NOW.date()},
    )
    shown(product, stars=2, author_name="Lee")
    page = page_of(client)
    text, days = words(page), page.xpath("//main//time/@datetime")
    found = told(page)
    assert found["aggregateRating"]["reviewCount"] == 2
    assert "Without these: 3.5 out of 5, 2 reviews." in text
    assert len(found["review"]) == 2
    for item in (found["aggregateRating"], *found["review"]):
        for key, value in values(item):
            assert value in (days if key == "datePublished" else text), key


def test_imported_reviews_alone_give_search_engines_no_rating(client, product):
    shown(
        product,
        source=Source.IMPORT,
        origin_fields={"imported_from": "Old Shop", "imported_date": NOW.date()},
    )
    page = page_of(client)
    assert "4.0 out of 5, 1 review" in words(page)
    assert not {"aggregateRating", "review"} & set(told(page))


def make_unrepeatable(product):
    """One of each kind that is shown, and never quoted."""
    claim = shown(product, body="Marker claim. I have more energy since I wear it.")
    assert claim.is_promotable is False
    shown(
        product,
        body="Marker tie. It held well on my arm.",
        source=Source.SITE,
        origin_fields={"tie": "staff"},
    )
    invitation = make_invitation(product, incentive_label="Got a code for writing")
    shown(
        product,
        body="Marker paid. It held well on my arm.",
        origin_fields={"invitation": invitation},
    )


def test_a_claim_a_tie_or_a_thank_you_is_never_repeated(client, product):
    make_unrepeatable(product)
    page = page_of(client)
    assert words(page).count("Marker") == 3
    assert told(page)["aggregateRating"]["reviewCount"] == 3
    assert "review" not in told(page)
    heads = page.xpath("//head//text() | //head//@content")
    assert not any("Marker" in text for text in heads)
    home = client.get("/").content.decode()
    assert "4.0 out of 5, 3 reviews" in home
    assert "Marker" not in home


def test_the_three_newest_are_there_whatever_their_stars_and_lead_to_the_list(client, product):
    made = [
        shown(product, stars=stars, body=f"Number {stars} of mine held well.")
        for stars in (5, 4, 3, 1)
    ]
    page = page_of(client)
    ids = [card.get("id") for card in page.xpath("//article[contains(@class, 'review')]")]
    assert ids == [f"review-{review.number}" for review in made[:0:-1]]
    assert "/reviews/?stars=1#list" in page.xpath("//a/@href")
    assert "Read 4 reviews" in words(page)


def test_a_long_review_is_cut_between_words_and_leads_to_its_whole(client, product):
    review = shown(product, body="lengthy " * 100)
    page = page_of(client)
    card = page.get_element_by_id(f"review-{review.number}")
    (body,) = card.xpath("./p[starts-with(., 'lengthy')]/text()")
    assert len(body) <= EXCERPT
    assert body.endswith("lengthy …")
    assert f"/reviews/#review-{review.number}" in card.xpath(".//a/@href")


@pytest.mark.parametrize("path", [PAGE, "/"])
def test_a_page_asks_as_often_with_many_reviews_as_with_none(client, product, path):
    asked = []
    for more in (0, 1, 5):
        for _ in range(more):
            shown(product)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        asked.append(len(queries))
    assert len(set(asked)) == 1


def test_home_quotes_the_newest_that_may_be_quoted_with_dots_and_labels(client, product):
    for stars in (5, 4, 1):
        shown(
            product,
            stars=stars,
            body=f"It held, says {stars}. " + "more " * 100,
            author_name=f"N{stars}",
        )
    shown(
        product,
        stars=3,
        body="From the form, all plain.",
        source=Source.SITE,
        origin_fields={"is_demo": True},
    )
    page = page_of(client, "/")
    quotes = page.xpath("//figure[contains(@class, 'quote')]")
    text = [" ".join(quote.text_content().split()) for quote in quotes]
    assert len(text) == 3
    assert text[0].startswith("3 of 5 Demo review, invented From the form, all plain.")
    assert "Not matched with an order Written without being asked" in text[0]
    assert text[1].startswith("1 of 5 It held, says 1.")
    assert "Bought here, order matched We asked by email" in text[1]
    assert len(quotes[1].xpath("string(.//blockquote)").strip()) <= QUOTED
    assert "3.3 out of 5, 4 reviews" in words(page)
    assert "Reviews are not here yet" not in words(page)


def test_home_and_site_map_say_nothing_while_there_is_no_review(client, product):
    page = page_of(client, "/")
    assert page.xpath("//*[contains(@class, 'rating')]") == []
    assert "What people say" not in words(page)


def test_sitemap_tells_when_the_newest_review_was_written(client, product):
    entry = f"<loc>{settings.SITE_URL}/reviews/</loc>"
    assert f"{entry}</url>" in client.get("/sitemap.xml").content.decode()
    shown(product, days_ago=2)
    assert (
        f"{entry}<lastmod>2026-11-18</lastmod></url>" in client.get("/sitemap.xml").content.decode()
    )
