"""The feed for Google: valid, whole, off until there are enough reviews, and blind to the stars."""

from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from reviews import decisions, feeds, submitting
from reviews.models import Review, ReviewVersion
from tests.factories import make_product, make_staff, make_variant
from tests.reviews.deciding_steps import withhold_by_two
from tests.reviews.makers import NOW, make_content, make_invitation, make_review

pytestmark = pytest.mark.django_db

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("google_product_reviews.xsd")))
FEED = "/reviews/google.xml"


def test_the_shop_begins_it_with_fifty(default_start):
    assert default_start == 50


@pytest.fixture
def default_start(settings):
    """What the setting is before `patch` changes it."""
    return settings.REVIEW_FEED_FROM


@pytest.fixture(autouse=True)
def patch(default_start, settings):
    settings.REVIEW_FEED_FROM = 1
    settings.SITE_URL = "https://shop.example"
    product = make_product(slug="b12-patch", name="B12 Patch & more")
    make_variant(product=product, sku="B12-12", gtin="00012345678905")
    make_variant(product=product, sku="B12-OLD", is_active=False)
    return product


def bought(product, **content):
    return make_review(make_content(**content), invitation=make_invitation(product))


def unasked(product, **content):
    review = make_review(make_content(**content), source="site", product=product)
    return shown(review)


def shown(review):
    if review.is_shown:
        return review
    return decisions.show(review.pk, version_id=review.current_id, actor="ann", now=NOW)


def feed(client):
    response = client.get(FEED)
    assert response.status_code == 200
    tree = etree.fromstring(response.getvalue())
    SCHEMA.assertValid(tree)
    return tree


def numbers(tree):
    return [int(found) for found in tree.xpath("reviews/review/review_id/text()")]


def test_a_review_says_all_that_google_asks_for(client, patch):
    review = bought(
        patch, stars=2, title="Meh", author_name="Jo D.", body="The edge lifted <twice>."
    )

    tree = feed(client)
    one = tree.find("reviews/review")
    said = {element.tag: element.text for element in one.iter() if len(element) == 0}
    assert tree.findtext("version") == "2.4"
    assert (said["review_id"], said["name"]) == (str(review.number), "Jo D.")
    assert (said["title"], said["content"]) == ("Meh", "The edge lifted <twice>.")
    assert (said["is_verified_purchase"], said["is_incentivized_review"]) == ("true", "false")
    assert said["review_timestamp"] == "2026-11-20T17:00:00Z"
    assert said["collection_method"] == "post_fulfillment"
    assert dict(one.find("ratings/overall").attrib) == {"min": "1", "max": "5"}
    assert said["overall"] == "2"
    assert said["review_url"] == f"https://shop.example/reviews/#review-{review.number}"
    assert said["product_url"] == "https://shop.example/product-information/"
    assert said["product_name"] == "B12 Patch & more"
    skus = one.xpath(".//sku/text()")
    assert "B12-12" in skus
    assert "B12-OLD" not in skus
    assert one.xpath(".//gtin/text()") == ["00012345678905"]


def test_one_nobody_asked_for_and_one_without_a_name_say_so(client, patch):
    unasked(patch, author_name="")

    one = feed(client).find("reviews/review")
    assert one.findtext("collection_method") == "unsolicited"
    assert one.findtext("is_verified_purchase") == "false"
    assert one.find("reviewer/name").get("is_anonymous") == "true"


def test_an_imported_one_does_not_say_how_it_was_asked_for(client, patch):
    origin = {"imported_from": "Elsewhere", "imported_date": date(2026, 5, 3), "proof": "a link"}
    shown(make_review(make_content(), source="import", product=patch, **origin))

    one = feed(client).find("reviews/review")
    assert one.find("collection_method") is None
    assert one.findtext("review_timestamp") == "2026-05-03T16:00:00Z"


def test_a_thank_you_is_told(client, patch):
    invitation = make_invitation(patch, incentive_label="Got a code for 10 % off for a review")
    make_review(invitation=invitation)

    assert feed(client).findtext("reviews/review/is_incentivized_review") == "true"


def test_every_number_of_stars_is_in_it(client, patch):
    for stars in range(1, 6):
        bought(patch, stars=stars)

    assert feed(client).xpath("reviews/review/ratings/overall/text()") == list("12345")


@pytest.mark.parametrize("stars", [1, 5])
def test_what_may_not_be_repeated_is_left_out_whatever_its_stars(client, patch, stars):
    plain = bought(patch, stars=stars)
    not_ours = bought(patch, stars=stars)
    Review.objects.filter(pk=not_ours.pk).update(is_promotable=False)
    make_staff(email="ann@shop.example")
    make_review(
        make_content(stars=stars), invitation=make_invitation(patch), email="ann@shop.example"
    )

    assert Review.objects.shown().count() == 3
    assert numbers(feed(client)) == [plain.number]


def test_only_what_everybody_reads_is_in_it(client, patch):
    first, second, third = (bought(patch) for _ in range(3))
    make_review(source="site", product=patch)  # waits
    decisions.withdraw(second.pk, now=NOW)
    withhold_by_two(third)

    assert numbers(feed(client)) == [first.number]


def test_demo_reviews_leave_it_in_production(client, patch, settings):
    real = bought(patch)
    invented = make_review(invitation=make_invitation(patch), is_demo=True)

    assert numbers(feed(client)) == [real.number, invented.number]
    settings.IS_PRODUCTION = True
    assert numbers(feed(client)) == [real.number]


def test_characters_that_no_xml_can_hold_are_dropped(client, patch):
    review = bought(patch)
    # Past the form, as an old import may have left it.
    submitting.edit(
        review.pk, make_content(title="\x0b", body="Held\x1f\x08 well \ufffe."), now=NOW
    )

    one = feed(client).find("reviews/review")
    assert one.findtext("content") == "Held well ."
    assert one.find("title") is None


def test_erased_words_leave_no_empty_review(client, patch):
    first, second = bought(patch), bought(patch)
    ReviewVersion.objects.filter(review=second).update(author_name="", title="", body="")

    assert numbers(feed(client)) == [first.number]


def test_it_is_off_until_there_are_enough(client, patch, settings, django_assert_num_queries):
    settings.REVIEW_FEED_FROM = 3
    for _ in range(2):
        bought(patch)
    assert client.get(FEED).status_code == 404
    bought(patch)
    assert len(numbers(feed(client))) == 3

    settings.REVIEW_FEED_FROM = 0
    with django_assert_num_queries(0):
        assert not feeds.is_on()
    assert client.get(FEED).status_code == 404


def test_those_that_it_leaves_out_do_not_switch_it_on(client, patch):
    review = bought(patch)
    Review.objects.filter(pk=review.pk).update(is_promotable=False)

    assert client.get(FEED).status_code == 404


def test_it_needs_the_same_queries_for_many(client, patch, django_assert_num_queries):
    bought(patch)
    with django_assert_num_queries(4):
        feed(client)
    for _ in range(12):
        bought(patch)
    with django_assert_num_queries(4):
        feed(client)


def test_caches_may_keep_it_and_search_engines_do_not_list_it(client, patch):
    bought(patch)
    response = client.get(FEED)

    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    assert response.streaming
    assert "Set-Cookie" not in response
    assert client.post(FEED).status_code == 405


def test_the_schema_refuses_what_google_refuses(client, patch):
    bought(patch)
    for breaks in (
        lambda one: one.remove(one.find("review_url")),
        lambda one: one.find("ratings/overall").attrib.pop("max"),
        lambda one: one.append(one.find("title") if one.find("title") is not None else one[0]),
        lambda one: setattr(one.find("collection_method"), "text", "begged"),
        lambda one: setattr(one.find("content"), "text", " "),
        lambda one: setattr(one.find("review_timestamp"), "text", "2026-11-20T17:00:00"),
    ):
        tree = feed(client)
        breaks(tree.find("reviews/review"))
        assert not SCHEMA.validate(tree)
