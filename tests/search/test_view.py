"""The search page."""

import logging

import pytest
from django.conf import settings
from django.utils.html import escape
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import html

from search.models import Kind
from tests.search.documents import document, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def _documents():
    fill(
        [document(f"post-{number}", f"Nerve {number}", body="About bone.") for number in range(12)]
    )
    fill([document("home", "Home of nerves", path="/")], Kind.PAGE)


def page(client, **query):
    return html.fromstring(client.get("/search/", query).content)


def text_of(element) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.usefixtures("_documents")
def test_results_are_an_ordered_list_with_kind_title_excerpt_and_path(client):
    results = page(client, q="bone").xpath("//ol[@class='results']/li")

    assert len(results) == 10
    assert text_of(results[0]) == "Post Nerve 11 About bone. /post-11/"
    assert results[0].xpath(".//h2/a/@href") == ["/post-11/"]
    assert [text_of(mark) for mark in results[0].xpath(".//mark")] == ["bone"]


@pytest.mark.markup
@pytest.mark.usefixtures("_documents")
def test_second_page_goes_on_counting(client):
    shown = page(client, q="nerve", page="2")

    assert shown.xpath("//ol[@class='results']/@start") == ["11"]
    assert len(shown.xpath("//ol[@class='results']/li")) == 3
    assert text_of(shown.xpath("//*[@role='status']")[0]) == "13 results for “nerve”, page 2."
    assert shown.xpath("//a[@rel='prev']/@href") == ["?q=nerve&page=1"]


@pytest.mark.markup
@pytest.mark.usefixtures("_documents")
def test_kinds_are_plain_links_that_keep_the_words(client):
    shown = page(client, q="nerve & bone", kind="page")
    links = shown.xpath("//nav[@aria-label='Show']/a")

    assert [(text_of(link), link.get("href"), link.get("aria-current")) for link in links] == [
        ("All", "?q=nerve+%26+bone", None),
        ("Posts", "?q=nerve+%26+bone&kind=post", None),
        ("Pages", "?q=nerve+%26+bone&kind=page", "true"),
        ("Questions", "?q=nerve+%26+bone&kind=question", None),
        ("Products", "?q=nerve+%26+bone&kind=product", None),
    ]
    assert len(shown.xpath("//ol[@class='results']/li")) == 1
    assert shown.xpath("//input[@name='kind']/@value") == ["page"]


@pytest.mark.markup
@pytest.mark.usefixtures("_documents")
def test_mistyped_word_is_shown_corrected_with_a_way_back(client):
    shown = page(client, q="nreve")

    status = shown.xpath("//*[@role='status']")[0]
    assert text_of(status).startswith(
        "Did you mean “nerve”? These are its results. Search for “nreve” as typed"
    )
    assert status.xpath(".//a/@href") == ["?q=nerve", "?q=nreve&exact=1"]
    exact = page(client, q="nreve", exact="1")
    assert "Nothing found for “nreve”" in text_of(exact)
    assert exact.xpath("//*[@role='status']//a/@href") == ["?q=nerve"]


@pytest.mark.markup
def test_without_words_there_is_the_form_and_ways_to_go(client):
    shown = page(client)

    assert [text_of(heading) for heading in shown.xpath("//h1")] == ["Search"]
    assert shown.xpath("//form[@role='search' and @method='get']//input[@name='q']/@maxlength") == [
        "100"
    ]
    assert "/faq/" in shown.xpath("//nav[@aria-label='Parts of the site']/a/@href")
    assert "There is no word to look for" in text_of(page(client, q="🙂"))


@pytest.mark.markup
def test_nothing_found_says_where_to_go_on(client):
    shown = page(client, q="zebra")

    assert "Nothing found for “zebra”." in text_of(shown)
    assert {"/faq/", "/site-map/", "/contact/"} <= set(shown.xpath("//main//a/@href"))


@pytest.mark.markup
def test_results_are_not_indexed_and_the_empty_page_is(client):
    assert page(client, q="x").xpath("//meta[@name='robots']/@content") == ["noindex, follow"]
    assert page(client).xpath("//meta[@name='robots']/@content") == []


def test_anybodys_cache_may_keep_it_and_it_sets_no_cookie(client):
    response = client.get("/search/", {"q": "bone"})

    assert set(response.headers["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    assert not response.cookies
    assert client.post("/search/", {"q": "bone"}).status_code == 405


@pytest.mark.usefixtures("_documents")
@pytest.mark.parametrize(
    ("query", "queries"),
    [("", 0), ("?q=bone", 3), ("?q=bone+nerve", 4), ("?q=bone&kind=post&page=2", 3)],
)
def test_it_asks_the_database_a_fixed_number_of_times(
    client, django_assert_num_queries, query, queries
):
    with django_assert_num_queries(queries):
        client.get(f"/search/{query}")


HOSTILE = [
    "'; DROP TABLE search_searchdocument; --",
    '"unclosed',
    "nerve AND OR NOT NEAR(",
    "title:nerve*",
    "-nerve",
    "(((((",
    "% _ \\",
    "a\x00b",
    "\ud83d",
    "🙂🙃",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "nerve " * 900,
    "x" * 5000,
    "{{ 7*7 }}{% now %}",
    "\u202enerve",
    "&amp;nerve",
]


@pytest.mark.usefixtures("_documents")
@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_words_are_answered_with_a_harmless_page(client, typed):
    fill([document("hostile", '<script>alert("nerve")</script>', body="<img src=x> nerve")])

    response = client.get("/search/", {"q": typed.encode("utf-8", "surrogatepass")})

    assert response.status_code == 200
    markup = response.content.decode()
    assert "<script>alert" not in markup
    assert "<img src=x" not in markup


@pytest.mark.usefixtures("_documents")
@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=%ff%fe",
        "?q=nerve&page=0",
        "?q=nerve&page=-1",
        "?q=nerve&page=99999999999",
        "?q=nerve&page=²",
        "?q=nerve&kind=nonsense",
        "?q=nerve&kind=&exact=2",
        "?q[]=nerve",
    ],
)
def test_odd_addresses_are_answered(client, query):
    assert client.get(f"/search/{query}").status_code == 200


@pytest.mark.usefixtures("_documents")
@hypothesis_settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    typed=st.text(st.characters(codec="utf-8"), max_size=300)
    | st.lists(st.sampled_from(["nerve", "NOT", "*", '"', "b 12", "(", ":", "\x00", "the"])).map(
        " ".join
    ),
    kind=st.sampled_from(["", "post", "x"]),
    page_number=st.text("0123456789-x²", max_size=4),
)
def test_no_input_breaks_the_page(client, typed, kind, page_number):
    response = client.get("/search/", {"q": typed, "kind": kind, "page": page_number})

    assert response.status_code == 200
    assert "<mark><" not in response.content.decode()


def test_what_was_typed_is_shown_escaped_in_the_field(client):
    typed = '"><b>nerve'

    assert f'value="{escape(typed)}"' in client.get("/search/", {"q": typed}).content.decode()


@pytest.mark.usefixtures("_documents")
def test_what_somebody_looks_for_is_in_no_log(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.get("/search/", {"q": "secretillness"})
        client.post("/search/?q=secretillness")

    ours = [record for record in caplog.records if not record.name.startswith("django.db.backends")]
    assert "secretillness" not in "".join(record.getMessage() for record in ours)
    assert settings.LOGGING["root"]["level"] != "DEBUG"
