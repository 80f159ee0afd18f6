"""What search engines and link previews read is what readers see."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from blog.dates import long_date
from blog.models import Post, Question
from tests.blog.making import make_person, make_picture, make_published_post, make_tag

pytestmark = pytest.mark.django_db

PAST = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
SITE = "http://localhost:8000"


def page_of(client, post):
    return html.fromstring(client.get(post.get_absolute_url()).content)


def graph_of(page):
    (block,) = page.xpath("//script[@type='application/ld+json']/text()")
    return {entry["@type"]: entry for entry in json.loads(block)["@graph"]}


def words(page):
    return " ".join(page.find(".//main").text_content().split())


@pytest.fixture
def post():
    crops = {
        ratio: {"name": f"blog/eggs-{ratio}.jpg"} for ratio in ("16x9", "4x3", "1x1", "social")
    }
    author = make_person(name="Ann Writer")
    picture = make_picture(crops=crops)
    post = make_published_post(
        now=PAST, authors=[author], main_picture=picture, tags=[make_tag("eggs")]
    )
    Post.objects.filter(pk=post.pk).update(changed_at=PAST + timedelta(days=2))
    key = post.reference_rows.get().reference.key
    Question.objects.create(
        post=post, question="In milk?", answer=f"<p>Yes [ref:{key}].</p><ul><li>a cup</li></ul>"
    )
    return post


def test_a_post_says_who_wrote_and_reviewed_it_and_what_it_cites(client, post):
    page = page_of(client, post)
    entry, shown = graph_of(page)["BlogPosting"], words(page)

    assert entry["headline"] == post.title
    assert entry["datePublished"] == PAST.isoformat()
    assert entry["dateModified"] == (PAST + timedelta(days=2)).isoformat()
    assert long_date(datetime.fromisoformat(entry["datePublished"])) in shown
    assert f"Changed on {long_date(datetime.fromisoformat(entry['dateModified']))}" in shown
    assert [each["name"] for each in entry["author"]] == ["Ann Writer"]
    assert entry["reviewedBy"]["name"] == "Rita Reviewer"
    assert entry["lastReviewed"] == "2026-01-12"
    assert entry["image"] == [
        f"{SITE}/media/blog/eggs-{ratio}.jpg" for ratio in ("16x9", "4x3", "1x1")
    ]
    (source,) = entry["citation"]
    assert source["url"].startswith("https://doi.org/")
    seen = [entry["headline"], entry["description"], source["name"], "Rita Reviewer", "Ann Writer"]
    assert [text for text in seen if text not in shown] == []
    links = page.xpath("//main//a/@href")
    for person in (*entry["author"], entry["reviewedBy"]):
        assert person["url"].removeprefix(SITE) in links
    assert source["url"] in links


def test_a_post_that_comes_back_later_was_not_changed_before_it_appeared(client, post):
    later = PAST + timedelta(days=9)
    Post.objects.filter(pk=post.pk).update(publish_at=later)

    page = page_of(client, post)

    entry = graph_of(page)["BlogPosting"]
    assert entry["datePublished"] == entry["dateModified"] == later.isoformat()
    (modified,) = page.xpath("//meta[@property='article:modified_time']/@content")
    assert datetime.fromisoformat(modified) == later


def test_questions_are_told_with_the_words_of_the_page(client, post):
    page = page_of(client, post)

    entries = graph_of(page)["FAQPage"]["mainEntity"]

    assert [entry["name"] for entry in entries] == ["Is it in fruit?", "In milk?"]
    assert [entry["acceptedAnswer"]["text"] for entry in entries] == [
        "No, it is not.",
        "Yes. a cup",
    ]
    shown = words(page).replace(" [1]", "").replace("[1]", "")
    for entry in entries:
        assert entry["name"] in shown
        assert all(part in shown for part in entry["acceptedAnswer"]["text"].split(". "))


def test_nothing_is_offered_in_the_data_of_a_post(client, post):
    text = json.dumps(graph_of(page_of(client, post)))

    assert not [word for word in ("Product", "Offer", "price", "AggregateRating") if word in text]
    assert [
        crumb["name"]
        for crumb in graph_of(page_of(client, post))["BreadcrumbList"]["itemListElement"]
    ] == [
        "Home",
        "Blog",
        post.title,
    ]


def test_a_link_preview_gets_picture_times_and_tags(client, post):
    page = page_of(client, post)

    def content(name):
        return page.xpath(f"//meta[@property='{name}']/@content")

    assert content("og:type") == ["article"]
    assert content("og:image") == [f"{SITE}/media/blog/eggs-social.jpg"]
    assert datetime.fromisoformat(content("article:published_time")[0]) == PAST
    assert datetime.fromisoformat(content("article:modified_time")[0]) == PAST + timedelta(days=2)
    assert content("article:author") == ["Ann Writer"]
    assert content("article:tag") == ["eggs"]
    assert page.findtext(".//title") == f"{post.meta_title} | B12 Patch"


@pytest.mark.parametrize(
    ("texts", "start"),
    [
        ({"meta_description": "", "summary": "Eggs hold it. " * 30}, "Eggs hold it. Eggs"),
        ({"meta_description": "", "summary": ""}, "Vitamin B12 is made by bacteria. Animals"),
        ({"meta_description": "Short."}, "Short. A post with named authors"),
    ],
)
def test_a_post_always_has_a_description_of_a_fitting_length(client, post, texts, start):
    Post.objects.filter(pk=post.pk).update(**texts)

    description = page_of(client, post).xpath("string(//meta[@name='description']/@content)")

    assert description.startswith(start)
    assert 50 <= len(description) <= 160
    assert "[" not in description
