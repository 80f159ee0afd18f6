"""What stands on every page of a kind: what the patch is not, and what a post is not."""

import pytest
from django.conf import settings
from django.urls import reverse

from claims.check import find_claims
from claims.plain_text import plain_text
from pages import starter_content as page_content
from products.models import Product
from tests.blog.making import make_published_post
from tests.factories import NOON, make_product, make_variant

pytestmark = [pytest.mark.django_db, pytest.mark.markup]

NOTICE = "General information, not medical advice."


@pytest.fixture
def patch():
    product = make_product(slug=settings.PRIMARY_PRODUCT_SLUG)
    make_variant(product=product)
    return product


def words(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return plain_text(response.content.decode())


@pytest.mark.parametrize("name", ["home", "product_information", "order", "cart"])
def test_pages_that_sell_a_patch_say_what_it_is_not(client, patch, name):
    page_content.load(NOON)

    text = words(client, reverse(name)).lower()

    assert "not a dietary supplement" in text
    assert "not approved by fda as a drug" in text or "not approved by the fda as a drug" in text


@pytest.mark.parametrize("name", ["product_information", "order"])
def test_a_patch_says_so_beside_the_price_and_a_tablet_does_not(client, patch, name):
    said = "dietary supplement; not approved by FDA as a drug."
    beside_a_patch = words(client, reverse(name))
    Product.objects.update(form=Product.Form.INGESTIBLE)

    assert said in beside_a_patch
    assert said not in words(client, reverse(name))


def test_a_post_carries_the_notice_of_education(client):
    text = words(client, make_published_post().get_absolute_url())

    assert NOTICE in text
    assert find_claims(text, context="blog_page") == []
    without = "\n\n".join(line for line in text.split("\n\n") if "medical advice" not in line)
    found = find_claims(f"{without}\n\nLow B12 can cause numbness [1].", context="blog_page")
    assert "missing_disclaimer" in {one.category for one in found}
