import pytest

from pages.faq_search import LONGEST_QUERY, clean_query
from pages.models import FaqItem
from tests.pages.page_content import json_ld, visible_text

pytestmark = pytest.mark.usefixtures("texts")

GROUPS = [
    "Using it",
    "Skin and sticking",
    "Is it for me?",
    "What is in it?",
    "Orders and shipping",
    "Returns",
    "Repeat orders",
    "Affiliates",
]


def test_faq_shows_its_groups_in_order(client):
    response = client.get("/faq/")
    assert [group.title for group, _ in response.context["groups"]] == GROUPS


def test_every_question_has_an_anchor_and_opens_without_script(client):
    markup = client.get("/faq/").content.decode()
    assert '<details class="faq-item" id="how-to-wear">' in markup
    assert markup.count("<details") == FaqItem.objects.count()


def test_search_finds_by_all_words_in_question_and_answer(client):
    response = client.get("/faq/", {"q": "SKIN doctor"})
    found = [item["slug"] for _, items in response.context["groups"] for item in items]
    assert found == ["itch", "sensitive-skin"]
    assert "2 questions with “SKIN doctor”" in visible_text(response.content.decode())


def test_search_without_result_leads_to_where_questions_are_asked(client):
    response = client.get("/faq/", {"q": "zebra"})
    text = visible_text(response.content.decode())
    assert 'or <a href="/ask/">ask us</a>' in response.content.decode()
    assert "No question has “zebra” in it" in text
    assert response.context["meta"].json_ld == ()


def test_search_pages_are_not_indexed_and_name_the_whole_page(client):
    meta = client.get("/faq/", {"q": "skin"}).context["meta"]
    assert (meta.path, meta.robots) == ("/faq/", "noindex, follow")


@pytest.mark.parametrize(
    "query",
    [
        "%00",
        "a%00b",
        "%ff",
        "x" * 20000,
        "<script>alert(1)</script>",
        "%0d%0aSet-Cookie:x",
        "'\"--",
        "%F0%9F%98%80",
    ],
)
def test_hostile_search_is_answered_with_a_page(client, query):
    response = client.get(f"/faq/?q={query}")
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert not response.cookies


def test_query_is_cut_and_cleaned():
    assert clean_query("  a\x00b \r\n c ") == "a b c"
    assert len(clean_query("word " * 500)) <= LONGEST_QUERY
    assert clean_query("") == ""


def test_unpublished_question_is_neither_shown_nor_in_the_data(client):
    FaqItem.objects.filter(slug="pregnant").update(is_published=False)
    markup = client.get("/faq/").content.decode()
    assert "pregnant or nursing" not in visible_text(markup)
    names = [
        each["name"]
        for entry in json_ld(markup)
        if entry["@type"] == "FAQPage"
        for each in entry["mainEntity"]
    ]
    assert len(names) == FaqItem.objects.count() - 1
    assert "How do I put it on?" in names
