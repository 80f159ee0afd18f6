"""How readers get to the search, and what robots are told."""

import pytest
from lxml import html

pytestmark = pytest.mark.django_db


@pytest.mark.markup
def test_header_links_to_the_search_beside_the_cart_and_not_in_the_bar(client):
    page = html.fromstring(client.get("/search/").content)

    assert page.xpath("//nav[contains(@class, 'utility')]/a/@href") == [
        "/search/",
        "/order-status/",
        "/cart/",
    ]
    assert "/search/" not in page.xpath("//nav[@class='nav']//a/@href")
    assert page.xpath("//nav[contains(@class, 'utility')]/a[1]/@aria-current") == ["page"]


@pytest.mark.markup
def test_a_wrong_address_offers_the_search(client):
    page = html.fromstring(client.get("/no-such-page/").content)

    form = page.xpath("//main//form[@role='search']")[0]
    assert (form.get("action"), form.get("method")) == ("/search/", "get")
    assert form.xpath(".//label/@for") == form.xpath(".//input[@name='q']/@id")
    assert form.xpath(".//input[@name='q']/@value") == [""]


def test_robots_leave_results_alone(client):
    lines = client.get("/robots.txt").content.decode().splitlines()

    assert "Disallow: /search/?q=" in lines
