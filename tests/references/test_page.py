"""The public page of statements: what stands, its grade, its sources, and no names."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from references import statements
from tests.references.writing import DAY, a_source, approved, written

pytestmark = pytest.mark.django_db

PATH = "/research/statements/"


def words(element):
    return " ".join(element.text_content().split())


def facts(card):
    return {words(row.find("dt")): words(row.find("dd")) for row in card.iterfind(".//dl/div")}


def test_it_shows_what_stands_with_all_that_a_reader_needs(client):
    now = timezone.now()
    first, second = a_source("s1"), a_source("s2")
    approved("amount", now=now, references=(first, second))
    approved("other", now=now, references=(second,), kind="disease")
    written("waiting", text="Nobody has read this.")
    approved("ended", now=now - 400 * DAY, text="This was long ago.")
    gone = approved("gone", now=now, text="This was wrong.")
    statements.withdraw(gone, by="eve", now=now, because="It was wrong.")

    response = client.get(PATH)
    page = html.fromstring(response.content)
    cards = page.findall(".//article[@class='card study']")

    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert [card.get("id") for card in cards] == ["statement-amount", "statement-other"]
    day = f"{timezone.localdate(now):%B %-d, %Y}"
    assert facts(cards[0]) == {
        "Evidence": "B: Fair",
        "About whom": "Healthy adults",
        "What it does not say": "It is no dose for somebody who lacks the vitamin.",
        "Sources": "Source [1] Source [2]",
        "Checked by two people": f"{day}, next check by {day.replace('2026', '2027')}",
    }
    assert facts(cards[1])["Sources"] == "Source [2]"
    listed = page.findall(".//ol[@class='citations']/li")
    assert [item.get("id") for item in listed] == ["source-s1", "source-s2"]
    assert "https://doi.org/10.1000/s1" in html.tostring(listed[0]).decode()


def test_it_publishes_the_rubric_and_no_log_in(client):
    approved(now=timezone.now(), by="ann-the-writer")

    text = client.get(PATH).content.decode()

    assert "One good randomized trial, or small ones pooled." in text
    assert "ann-the-writer" not in text
    assert "ben" not in words(html.fromstring(text).find(".//main"))


def test_it_says_so_where_nothing_stands_and_keeps_out_of_the_sitemap(client):
    written()

    assert (
        "No statement has been approved by two people so far." in client.get(PATH).content.decode()
    )
    assert PATH not in client.get("/sitemap.xml").content.decode()

    approved("other", now=timezone.now())

    assert f"http://localhost:8000{PATH}</loc>" in client.get("/sitemap.xml").content.decode()


def test_many_statements_take_no_more_queries(client):
    approved("one", now=timezone.now())
    with CaptureQueriesContext(connection) as few:
        client.get(PATH)
    for number in range(5):
        approved(f"s-{number}", now=timezone.now(), references=(a_source(f"x{number}"),))
    with CaptureQueriesContext(connection) as many:
        client.get(PATH)

    assert len(many) == len(few) <= 4


def test_research_and_site_map_lead_to_it(client):
    from pages import starter_content

    starter_content.load(timezone.now())

    for path in ("/research/", "/site-map/"):
        assert f'href="{PATH}"' in client.get(path).content.decode()
