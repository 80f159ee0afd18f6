"""What the shop's own pages, questions, policies and product give to the search."""

import pytest
from django.db import transaction
from lxml import html

from pages import starter_content as pages_content
from policies import starter_content as policies_content
from products import starter_content as products_content
from products.models import Product
from search.indexing import paused, rebuild
from search.models import Kind, SearchDocument
from shop import searching
from tests.factories import NOON
from tests.search.documents import find, paths

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _shop(django_db_setup, django_db_blocker):
    """The shop's own texts, loaded once and rolled back after the last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        searching.connect()
        with paused():
            policies_content.load(NOON)
            products_content.load(NOON)
            pages_content.load(NOON)
        Product.objects.update(is_published=True)
        rebuild()
        yield
        transaction.set_rollback(True)


def test_every_document_leads_to_its_place(client):
    assert set(SearchDocument.objects.values_list("kind", flat=True)) == {
        Kind.PAGE,
        Kind.QUESTION,
        Kind.PRODUCT,
    }
    ids: dict[str, set[str]] = {}
    for place in SearchDocument.objects.values_list("path", flat=True):
        path, _, anchor = place.partition("#")
        if path not in ids:
            response = client.get(path)
            assert response.status_code == 200, path
            ids[path] = set(html.fromstring(response.content).xpath("//@id"))
        assert not anchor or anchor in ids[path], place


def test_texts_are_plain():
    for row in SearchDocument.objects.all():
        text = f"{row.title} {row.summary} {row.body}"
        assert row.title
        assert "[@" not in text
        assert "](" not in text
        assert "**" not in text
        assert "<" not in text or "< " in text


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("order status", "/order-status/"),
        ("track my parcel", "/order-status/"),
        ("privacy", "/privacy/"),
        ("grades of evidence", "/research/statements/"),
        ("affiliate program", "/affiliates/"),
        ("what is vitamin b 12", "/about-vitamin-b12/"),
        ("b12 patch", "/product-information/"),
    ],
)
def test_what_people_look_for_stands_first(typed, first):
    assert paths(typed)[0] == first


def test_a_question_opens_at_its_anchor():
    found = find("how do I put it on")

    assert found.results[0].path == "/faq/#how-to-wear"
    assert found.results[0].kind == "Question"


def test_the_product_is_found_by_its_own_words_without_a_price():
    product = SearchDocument.objects.get(kind=Kind.PRODUCT)

    assert product.summary == Product.objects.get().tagline
    assert "$" not in product.body
