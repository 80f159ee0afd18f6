"""What holds for every page of this app: addresses, meta data, caching, queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pages.models import FaqItem, FoodSource, PageBlock, Study
from tests.pages.page_content import (
    assert_reads_only_and_once,
    json_ld,
    leaf_values,
    squeezed,
    visible_text,
)

EDUCATION = ["/about-vitamin-b12/", "/research/", "/faq/"]
PAGES = [
    "/",
    *EDUCATION,
    "/contact/",
    "/contact/thanks/",
    "/ask/",
    "/ask/sent/",
    "/site-map/",
    "/terms/",
    "/privacy/",
    "/shipping-returns/",
    "/terms/1/",
    "/blog/",
    "/reviews/",
    "/affiliates/",
]
# How a page says what its structured data says in a code.
IN_WORDS = {"US": "United States", "2026-11-20": "November 20, 2026", "30": "30 days"}

pytestmark = pytest.mark.usefixtures("shop")


@pytest.mark.parametrize("path", PAGES)
def test_page_opens_with_one_heading_and_no_cookie(client, path):
    response = client.get(path)
    assert response.status_code == 200
    markup = response.content.decode()
    assert len(re.findall(r"<h1[ >]", markup)) == 1
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "csrfmiddlewaretoken" not in markup


@pytest.mark.parametrize("path", [*PAGES, "/sitemap.xml", "/robots.txt"])
def test_page_reads_a_few_rows_once_and_writes_nothing(client, path):
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    assert_reads_only_and_once(queries)


@pytest.mark.parametrize("path", PAGES)
def test_queries_do_not_grow_with_the_rows(client, path):
    client.get(path)  # what is kept for some minutes does not count
    with CaptureQueriesContext(connection) as before:
        client.get(path)
    _add_rows()
    with CaptureQueriesContext(connection) as after:
        client.get(path)
    assert len(after) == len(before)


@pytest.mark.markup
@pytest.mark.parametrize("path", PAGES)
def test_every_value_of_the_structured_data_is_visible(client, path):
    markup = client.get(path).content.decode()
    visible = squeezed(visible_text(markup))
    for key, value in leaf_values(json_ld(markup)):
        if key.startswith("@") or key == "position" or value.startswith("http"):
            continue
        assert squeezed(IN_WORDS.get(value, value)) in visible, (key, value)


@pytest.mark.markup
def test_titles_and_descriptions_are_unique_and_of_a_fitting_length(client):
    seen: dict[str, set[str]] = {"title": set(), "description": set()}
    for path in PAGES:
        if path == "/terms/1/":
            continue
        meta = client.get(path).context["meta"]
        assert len(meta.title) <= 60, meta.title
        assert 50 <= len(meta.description) <= 160, (path, len(meta.description))
        seen["title"].add(meta.title)
        seen["description"].add(meta.description)
    assert len(seen["title"]) == len(seen["description"]) == len(PAGES) - 1


@pytest.mark.markup
@pytest.mark.parametrize("path", PAGES)
def test_page_names_its_one_address(client, path):
    markup = client.get(path).content.decode()
    wanted = "/terms/" if path == "/terms/1/" else path
    assert f'<link rel="canonical" href="http://localhost:8000{wanted}">' in markup


@pytest.mark.markup
@pytest.mark.parametrize("path", PAGES)
def test_anchors_are_unique_and_local_links_lead_somewhere(client, path):
    markup = client.get(path).content.decode()
    ids = re.findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', markup):
        assert target in ids, target


@pytest.mark.parametrize("path", PAGES)
def test_only_reading_is_allowed_where_nothing_is_sent(client, path):
    if path in {"/contact/", "/ask/"}:
        return
    assert client.post(path, {"x": "1"}).status_code == 405


@pytest.mark.markup
@pytest.mark.parametrize("path", EDUCATION)
def test_pages_of_knowledge_sell_nothing(client, path):
    markup = client.get(path).content.decode()
    main = markup[markup.index("<main") : markup.index("</main>")]
    assert not re.search(r"\$\d", visible_text(main))
    assert 'href="/order/' not in main
    assert 'href="/cart/' not in main


def test_page_without_rows_still_opens(client):
    PageBlock.objects.all().delete()
    for path in ("/", *EDUCATION, "/contact/", "/ask/"):
        assert client.get(path).status_code == 200


def _add_rows() -> None:
    block = PageBlock.objects.filter(page__slug="about").first()
    assert block
    for number in range(3):
        PageBlock.objects.create(
            page=block.page, key=f"more-{number}", heading="More", body="Words [@r5]."
        )
        item = FaqItem.objects.first()
        assert item
        FaqItem.objects.create(
            group=item.group, slug=f"more-{number}", question=f"More {number}?", answer="Yes [@r1]."
        )
        food = FoodSource.objects.first()
        assert food
        FoodSource.objects.create(
            name=f"Food {number}", serving="1", micrograms=1, reference=food.reference
        )
    study = Study.objects.first()
    assert study
    study.topics.clear()
