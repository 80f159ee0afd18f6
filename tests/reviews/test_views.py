"""The page of reviews: empty, with reviews, filtered, sorted, page by page."""

import pytest
from django.conf import settings
from lxml import html

from reviews import decisions, replying, submitting
from reviews.models import Review, Source
from tests.reviews.deciding_steps import withhold_by_two
from tests.reviews.makers import NOW, make_content, make_invitation, make_review
from tests.reviews.shelf import make_shelf, shown, with_photo

pytestmark = pytest.mark.django_db
PAGE = "/reviews/"


@pytest.fixture
def product():
    return make_shelf()


def page_of(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return html.fromstring(response.content)


def words(element):
    return " ".join(element.text_content().split())


def numbers(page):
    return [int(card.get("id").removeprefix("review-")) for card in page.xpath("//article[@id]")]


def card(page, review):
    return page.get_element_by_id(f"review-{review.number}")


def head(page, what):
    found = page.xpath(
        {
            "robots": "//meta[@name='robots']/@content",
            "canonical": "//link[@rel='canonical']/@href",
        }[what]
    )
    return found[0].removeprefix(settings.SITE_URL) if found else ""


@pytest.mark.parametrize("has_product", [True, False])
def test_without_reviews_there_is_no_rating_and_no_dot(client, has_product):
    if has_product:
        make_shelf()
    page = page_of(client)
    text = words(page.get_element_by_id("main"))
    assert "No reviews yet:" in text
    assert "The same rules hold for one dot and for five" in text
    assert "out of 5" not in text
    assert page.xpath("//*[contains(@class, 'rating')]") == []
    assert page.xpath("//ul[@class='bars']") == []
    assert "AggregateRating" not in page.text_content()


def test_a_waiting_a_withheld_and_a_withdrawn_review_are_not_there(client, product):
    make_review(product=product, source=Source.SITE)
    withheld = shown(product)
    withhold_by_two(withheld)
    decisions.withdraw(shown(product).pk, now=NOW)
    there = shown(product)
    page = page_of(client)
    assert numbers(page) == [there.number]
    assert "4.0 out of 5, 1 review" in words(page)


def test_the_page_is_the_same_for_everybody(client, product):
    shown(product)
    response = client.get(PAGE)
    assert response["Cache-Control"] == "public, max-age=60"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert b"csrf" not in response.content


def test_it_takes_four_queries_with_none_with_one_and_with_many(
    client, product, django_assert_num_queries
):
    # The last is for the questions under the first page.
    with django_assert_num_queries(4):
        client.get(PAGE)
    with_photo(shown(product))
    with django_assert_num_queries(4):
        client.get(PAGE)
    for days in range(12):
        review = shown(product, days_ago=days, skin_type="dry")
        replying.reply(
            review.pk, body="Thank you for telling us.", role="Customer care", actor="ann", now=NOW
        )
    for query, count in (("", 4), ("?page=2", 3), ("?stars=4", 3), ("?skin=dry&sort=helpful", 4)):
        with django_assert_num_queries(count):
            assert client.get(f"{PAGE}{query}").status_code == 200


def test_average_histogram_and_attributes_stand_there_as_words(client, product):
    for stars, sticking in ((5, 5), (5, 4), (4, 4), (2, 1)):
        shown(product, stars=stars, sticking=sticking)
    page = page_of(client)
    bars = [
        (words(bar), bar.get("href")) for bar in page.xpath("//ul[@class='bars']//*[@class='bar']")
    ]
    assert bars == [
        ("5 dots: 2 reviews, 50 %", "/reviews/?stars=5#list"),
        ("4 dots: 1 review, 25 %", "/reviews/?stars=4#list"),
        ("3 dots: 0 reviews, 0 %", None),
        ("2 dots: 1 review, 25 %", "/reviews/?stars=2#list"),
        ("1 dot: 0 reviews, 0 %", None),
    ]
    text = words(page)
    assert "4.0 out of 5, 4 reviews" in text
    assert "3.5 out of 5 4 answers, the middle half 1 to 4" in text
    assert "All of them are matched with an order." in text


def test_a_card_says_who_when_how_it_came_and_what_was_worn(client, product):
    review = shown(
        product, title="Held", body="First line.\nSecond <b>line</b>.", author_name="Kim",
        skin_type="dry", worn_on="wrist", held="8-16", used_for="weeks", skin_reacted=False, stars=3,
    )  # fmt: skip
    found = card(page_of(client), review)
    text = words(found)
    for part in (
        "3 of 5", "Kim", "November 20, 2026", "Bought here, order matched", "We asked by email",
        "First line.", "Second <b>line</b>.", "Skin: Dry", "Worn on: Inner wrist",
        "Held: 8 to 16 hours", "Used: A few weeks", "Skin reacted: No", f"Number {review.number}",
    ):  # fmt: skip
        assert part in text
    assert found.xpath(".//b") == []
    assert found.xpath(".//br")
    assert "found this helpful" not in text
    assert "Changed on" not in text


def test_labels_stand_beside_the_dots(client, product):
    thanked = shown(
        product,
        origin_fields={"invitation": make_invitation(product, incentive_label="Got a code")},
    )
    ours = shown(product, source=Source.SITE, origin_fields={"tie": "staff", "is_demo": True})
    page = page_of(client)
    beside = {n: words(card(page, n).xpath("./p[1]")[0]) for n in (thanked, ours)}
    assert beside[thanked] == "4 of 5 Got a code"
    assert beside[ours] == "4 of 5 Works for the shop Demo review, invented"
    assert "Not matched with an order Written without being asked" in words(card(page, ours))


def test_an_imported_review_says_where_it_stood_and_bears_its_own_day(client, product):
    review = shown(
        product, source=Source.IMPORT,
        origin_fields={"imported_from": "Old Shop", "imported_date": NOW.date().replace(year=2024)},
    )  # fmt: skip
    text = words(card(page_of(client), review))
    assert "Imported from Old Shop" in text
    assert "November 20, 2024" in text
    assert "Not matched with an order" in text


def test_a_changed_review_says_so_and_a_reply_is_dated_and_signed(client, product):
    review = shown(product, days_ago=5)
    submitting.edit(
        review.pk, make_content(body="Better words than before, and true ones."), now=NOW
    )
    replying.reply(
        review.pk, body="Thank you for telling us.", role="Customer care", actor="ann", now=NOW
    )
    text = words(card(page_of(client), review))
    assert "November 15, 2026 Changed on November 20, 2026" in text
    assert "Customer care replied November 20, 2026 Thank you for telling us." in text
    assert "ann" not in text.split()


def test_a_photo_is_shown_only_when_somebody_has_looked_at_it(client, product):
    seen, unseen = (
        with_photo(shown(product), alt="On a wrist"),
        with_photo(shown(product), is_shown=False),
    )
    nameless = with_photo(shown(product))
    page = page_of(client)
    assert card(page, seen).xpath(".//img/@alt") == ["On a wrist"]
    assert card(page, unseen).xpath(".//img") == []
    assert card(page, nameless).xpath(".//img/@alt") == [
        f"Photo that came with review {nameless.number}"
    ]


def test_filters_combine_and_each_can_be_taken_off(client, product):
    dry = shown(product, stars=5, skin_type="dry", worn_on="ear", held="24")
    with_photo(dry)
    shown(product, stars=5, skin_type="dry", worn_on="wrist", held="16-24")
    shown(product, stars=1, skin_type="oily", source=Source.SITE)
    for query, count in (
        ({"skin": "dry"}, 2), ({"skin": "dry", "held": "24"}, 1), ({"photo": "1"}, 1),
        ({"verified": "1"}, 2), ({"stars": "1"}, 1), ({"stars": "5", "worn": "wrist"}, 1),
        ({"stars": "1", "verified": "1"}, 0), ({"stars": "9", "skin": "blue", "x": "1"}, 3),
    ):  # fmt: skip
        assert len(numbers(page_of(client, **query))) == count, query
    page = page_of(client, stars="5", skin="dry", sort="helpful")
    links = {words(link): link.get("href") for link in page.xpath("//nav[@class='filters']//a")}
    assert links["Take off: 5 dots"] == "/reviews/?skin=dry&sort=helpful#list"
    assert links["Take off: Dry"] == "/reviews/?stars=5&sort=helpful#list"
    assert links["With a photo"] == "/reviews/?stars=5&photo=1&skin=dry&sort=helpful#list"
    assert "Shown: 2 of 3" in words(page)


def test_a_filter_that_nothing_fits_says_so(client, product):
    shown(product)
    assert "No review fits all of that." in words(page_of(client, skin="oily"))


def test_every_order_is_what_it_says(client, product):
    old = shown(product, stars=5, days_ago=3)
    poor = shown(product, stars=1, days_ago=2)
    new = shown(product, stars=3, days_ago=1)
    Review.objects.filter(pk=poor.pk).update(helpful_count=2)
    for sort, order in (
        ("", [new, poor, old]), ("helpful", [poor, new, old]), ("highest", [old, new, poor]),
        ("lowest", [poor, new, old]), ("nonsense", [new, poor, old]),
    ):  # fmt: skip
        assert numbers(page_of(client, sort=sort)) == [review.number for review in order], sort


def test_pages_follow_each_other_and_end(client, product, settings):
    settings.REVIEW_PAGE_SIZE = 2
    made = [shown(product).number for _ in range(5)]
    found = [n for page in (1, 2, 3) for n in numbers(page_of(client, page=page))]
    assert found == made[::-1]
    assert client.get(PAGE, {"page": "4"}).status_code == 404
    assert client.get(PAGE, {"page": "0"}).status_code == 404
    assert numbers(page_of(client, page="x")) == made[:2:-1]
    links = page_of(client, page=2, stars=4).xpath("//nav[@class='pagination']//a/@href")
    assert links[0] == "/reviews/?stars=4#list"
    assert links[-1] == "?stars=4&page=3#list"


def test_only_pages_of_the_whole_list_are_for_search_engines(client, product, settings):
    settings.REVIEW_PAGE_SIZE = 1
    shown(product)
    shown(product)
    for query, robots, canonical in (
        ({}, "", "/reviews/"),
        ({"page": "1"}, "", "/reviews/"),
        ({"page": "2"}, "", "/reviews/?page=2"),
        ({"stars": "4"}, "noindex, follow", "/reviews/"),
        ({"stars": "4", "page": "2"}, "noindex, follow", "/reviews/"),
        ({"sort": "lowest"}, "noindex, follow", "/reviews/"),
        ({"stars": "9"}, "", "/reviews/"),
    ):
        page = page_of(client, **query)
        assert (head(page, "robots"), head(page, "canonical")) == (robots, canonical), query


def test_there_is_no_structured_rating_on_this_page(client, product):
    shown(product)
    scripts = page_of(client).xpath("//script[@type='application/ld+json']")
    assert scripts
    assert all("Rating" not in script.text for script in scripts)
