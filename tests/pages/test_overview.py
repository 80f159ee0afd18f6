import pytest
from django.utils import timezone
from lxml import etree

from pages.models import FaqItem, InfoPage, PageBlock
from tests.pages.page_content import visible_text

pytestmark = pytest.mark.usefixtures("shop")

NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def sitemap(client):
    root = etree.fromstring(client.get("/sitemap.xml").content)
    return {
        url.findtext("s:loc", namespaces=NAMESPACE): url.findtext("s:lastmod", namespaces=NAMESPACE)
        for url in root.findall("s:url", NAMESPACE)
    }


def test_sitemap_lists_each_public_page_once_on_the_canonical_host(client):
    paths = [url.removeprefix("http://localhost:8000") for url in sitemap(client)]
    assert sorted(paths) == sorted(
        [
            "/",
            "/about-vitamin-b12/",
            "/research/",
            "/faq/",
            "/contact/",
            "/ask/",
            "/site-map/",
            "/terms/",
            "/privacy/",
            "/shipping-returns/",
            "/product-information/",
            "/order/",
            "/blog/",
            "/reviews/",
            "/affiliates/",
        ]
    )


def test_sitemap_tells_when_the_words_of_a_page_last_changed(client):
    long_ago = timezone.now().replace(year=2020)
    InfoPage.objects.update(updated_at=long_ago)
    PageBlock.objects.update(updated_at=long_ago)
    FaqItem.objects.update(updated_at=long_ago)
    newest = FaqItem.objects.get(slug="itch")
    newest.answer = "New words."
    newest.save()
    dates = sitemap(client)
    assert dates["http://localhost:8000/contact/"].startswith("2020")
    assert dates["http://localhost:8000/faq/"] == f"{timezone.localdate():%Y-%m-%d}"


def test_robots_are_sent_to_the_sitemap_and_away_from_private_pages(client):
    response = client.get("/robots.txt")
    lines = response.content.decode().splitlines()
    assert response.headers["Content-Type"].startswith("text/plain")
    assert lines[0] == "User-agent: *"
    for path in ("/admin/", "/cart/", "/checkout/"):
        assert f"Disallow: {path}" in lines
    assert "Sitemap: http://localhost:8000/sitemap.xml" in lines


def test_site_map_shows_policies_groups_and_topics(client):
    response = client.get("/site-map/")
    text = visible_text(response.content.decode())
    for words in (
        "FAQ: Skin and sticking",
        "Research: Bones",
        "Terms version 1, in effect since November 1, 2026",
    ):
        assert words in text


def test_every_link_of_the_pages_leads_somewhere(client):
    import re

    seen = set()
    for url in [
        *sitemap(client),
        "http://localhost:8000/contact/thanks/",
        "http://localhost:8000/ask/sent/",
    ]:
        markup = client.get(url.removeprefix("http://localhost:8000")).content.decode()
        seen |= set(re.findall(r'href="(/[^"#]*)', markup))
    for path in seen:
        if path.startswith("/static/"):
            continue
        assert client.get(path.replace("&amp;", "&")).status_code == 200, path
