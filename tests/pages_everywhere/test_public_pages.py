"""What holds for every page that everybody sees: small, cacheable, complete, without a cookie."""

import itertools
import json
import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from tests.addresses import MORE_LISTS, PUBLIC_PATHS, VISITOR_PATHS, name_of

pytestmark = pytest.mark.django_db

MAX_QUERIES = 12
EVERYBODYS = PUBLIC_PATHS + MORE_LISTS

every_public_page = pytest.mark.parametrize("path", EVERYBODYS, ids=name_of)
every_page = pytest.mark.parametrize("path", EVERYBODYS + VISITOR_PATHS, ids=name_of)


@pytest.fixture
def client(client: Client) -> Client:
    """A visitor with something in the cart: public pages must not care."""
    client.post("/cart/add/", {"sku": "B12-12", "quantity": "1"})
    return client


def page_at(client: Client, path: str) -> html.HtmlElement:
    return html.fromstring(client.get(path).content)


@every_public_page
def test_anybodys_cache_may_keep_it(client, path):
    response = client.get(path)

    assert response.status_code == 200
    assert set(response.headers["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("path", VISITOR_PATHS, ids=name_of)
def test_no_cache_keeps_a_visitors_page(client, path):
    response = client.get(path)

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]


@every_page
def test_it_asks_the_database_little_and_writes_nothing(client, path):
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(path)

    statements = [query["sql"] for query in asked.captured_queries]
    repeated = [sql for sql, times in Counter(statements).items() if times > 1]
    assert len(statements) <= MAX_QUERIES, "\n".join(statements)
    assert repeated == []
    assert [sql for sql in statements if not sql.startswith(("SELECT", "SAVEPOINT"))] == []


@every_page
@pytest.mark.markup
def test_it_has_one_heading_and_tells_what_it_is(client, path):
    page = page_at(client, path)

    assert page.get("lang") == "en" or page.get("lang") == "en-US"
    assert len(page.findall(".//h1")) == 1
    assert len(page.findall(".//main")) == 1
    assert page.findtext(".//title").strip()
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@every_public_page
@pytest.mark.markup
def test_search_engines_get_description_and_address(client, path):
    page = page_at(client, path)

    description = page.xpath("string(//meta[@name='description']/@content)")
    assert 50 <= len(description) <= 160, description
    assert page.xpath("string(//link[@rel='canonical']/@href)") == f"{settings.SITE_URL}{path}"
    for block in page.xpath("//script[@type='application/ld+json']/text()"):
        assert json.loads(block)["@context"] == "https://schema.org"


@pytest.mark.markup
def test_no_two_pages_share_title_or_description(client):
    pages = [page_at(client, path) for path in EVERYBODYS]
    titles = Counter(page.findtext(".//title").strip() for page in pages)
    descriptions = Counter(
        page.xpath("string(//meta[@name='description']/@content)") for page in pages
    )

    assert [title for title, times in titles.items() if times > 1] == []
    assert [text for text, times in descriptions.items() if times > 1] == []


@every_page
@pytest.mark.markup
def test_its_policy_allows_nothing_inline_and_it_needs_nothing(client, path):
    response = client.get(path)
    page = html.fromstring(response.content)

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.xpath("//*[@style] | //style") == []
    assert page.xpath("//script[not(@src) and not(@type='application/ld+json')]") == []
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []


@every_page
@pytest.mark.markup
def test_it_carries_the_security_headers(client, path):
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] in {"strict-origin-when-cross-origin", "same-origin"}


@every_page
@pytest.mark.markup
def test_it_loads_nothing_from_elsewhere(client, path):
    page = page_at(client, path)

    sources = page.xpath("//script/@src | //img/@src | //iframe/@src | //source/@srcset")
    sources += page.xpath("//link[not(@rel='canonical')]/@href")
    assert [source for source in sources if urlsplit(source).netloc] == []


@every_page
@pytest.mark.markup
def test_no_id_is_used_twice(client, path):
    ids = Counter(page_at(client, path).xpath("//@id"))

    assert [name for name, times in ids.items() if times > 1] == []


@pytest.mark.markup
def test_every_link_leads_somewhere(client):
    links: dict[str, str] = {}
    targets: dict[str, set[str]] = {}
    for path in EVERYBODYS + VISITOR_PATHS:
        page = page_at(client, path)
        targets[path] = set(page.xpath("//@id"))
        for link in page.xpath("//a/@href"):
            if link.startswith(("/", "#")):
                links[link if link.startswith("/") else f"{path}{link}"] = path
    dead = []
    for link, seen_on in links.items():
        path, _, fragment = link.partition("#")
        if path.startswith("/admin/"):
            continue
        if path not in targets:
            response = client.get(path, follow=True)
            if response.status_code != 200:
                dead.append(f"{link} on {seen_on}: {response.status_code}")
                continue
            if not response.headers["Content-Type"].startswith("text/html"):
                continue
            targets[path] = set(html.fromstring(response.content).xpath("//@id"))
        if fragment and fragment not in targets[path]:
            dead.append(f"{link} on {seen_on}: no such place on the page")

    assert dead == []


@every_public_page
def test_it_answers_head_and_refuses_what_it_does_not_know(client, path):
    head = client.head(path)

    assert head.status_code == 200
    assert head.content == b""
    assert client.put(path).status_code == 405


@pytest.mark.parametrize("path", ["/no-such-page/", "/blog/no-such-post/", "/order/no-such-token/"])
def test_a_wrong_address_gets_the_shops_own_page(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert html.fromstring(response.content).get_element_by_id("main") is not None
    assert not response.cookies


@pytest.mark.parametrize(
    "path", ["/%00/", "/order/%00/", "/terms/99999999999999999999/", "/terms/x/"]
)
def test_a_nonsensical_address_is_not_found(client, path):
    assert client.get(path).status_code == 404


@every_public_page
def test_parameters_that_it_does_not_know_change_nothing(client, path):
    plain = client.get(path).content

    assert client.get(path, {"utm_source": "x", "page": "nonsense'\"<"}).content == plain


@pytest.mark.markup
def test_the_bar_and_the_footer_have_exactly_the_agreed_labels(client):
    page = page_at(client, "/")

    header = [link.text_content().strip() for link in page.xpath("//header//nav[1]//a")]
    footer = [link.text_content().strip() for link in page.xpath("//footer//a")]
    wanted = [
        "Product Information",
        "About Vitamin B12",
        "Research",
        "FAQ",
        "Reviews",
        "Blog",
        "Contact Us",
        "Order",
    ]
    wanted_below = [
        "Home",
        "Shipping & Return Policy",
        "Privacy Policy",
        "Product Information",
        "Research",
        "Order Now",
        "Customer Reviews",
        "Site Map",
        "Affiliate Program",
    ]
    assert re.sub(r"\s+", " ", "|".join(header)).find("|".join(wanted)) >= 0
    assert "|".join(footer).find("|".join(wanted_below)) >= 0
