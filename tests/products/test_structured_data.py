import json

import pytest
from django.conf import settings
from django.utils import timezone
from lxml import html

from products import demo
from products.models import Variant
from tests.products.test_views import PRODUCT, sell_out, words

pytestmark = pytest.mark.django_db

# What schema.org says by an address, and the word that stands for it on the page.
TERMS = {
    "https://schema.org/InStock": "In stock",
    "https://schema.org/OutOfStock": "Sold out",
    "https://schema.org/NewCondition": "New, in a sealed pack",
}
NOT_SHOWN = {"@type", "@id", "@context"}


def graph(response):
    """{type: object} of the page's structured data."""
    script = html.fromstring(response.content).xpath("//script[@type='application/ld+json']")
    data = json.loads(script[0].text)
    assert data["@context"] == "https://schema.org"
    return {item["@type"]: item for item in data["@graph"]}


def values(item):
    """Every text in `item`, however deep."""
    if isinstance(item, dict):
        for key, value in item.items():
            if key not in NOT_SHOWN:
                yield from values(value)
    elif isinstance(item, list):
        for value in item:
            yield from values(value)
    else:
        yield str(item)


def test_product_and_offers_are_complete(client, patch):
    sell_out(Variant.objects.get(sku="B12-24"))
    Variant.objects.filter(sku="B12-12").update(gtin="00012345678905")
    product = graph(client.get(PRODUCT))["Product"]
    url = f"{settings.SITE_URL}{PRODUCT}"
    assert product["@id"] == f"{url}#product"
    assert product["name"] == patch.name
    assert product["description"] == patch.tagline
    assert product["brand"] == {"@type": "Brand", "name": "B12 Patch"}
    assert product["image"]
    assert all(image.startswith(settings.SITE_URL) for image in product["image"])
    assert not {"aggregateRating", "review"} & set(product)
    assert not {"hasMerchantReturnPolicy", "shippingDetails"} & set(product["offers"][0])
    first, second, third = product["offers"]
    assert first == {
        "@type": "Offer",
        "sku": "B12-04",
        "name": "4 patches",
        "price": "24.00",
        "priceCurrency": "USD",
        "availability": "https://schema.org/InStock",
        "itemCondition": "https://schema.org/NewCondition",
        "url": url,
    }
    assert (second["price"], second["gtin"]) == ("60.00", "00012345678905")
    assert (third["price"], third["availability"]) == ("108.00", "https://schema.org/OutOfStock")


def test_every_value_stands_on_the_visible_page(client, patch, media):
    demo.load(timezone.now())  # with pictures
    sell_out(Variant.objects.get(sku="B12-24"))
    Variant.objects.filter(sku="B12-12").update(gtin="00012345678905")
    response = client.get(PRODUCT)
    document = html.fromstring(response.content)
    links = {link for _, _, link, _ in document.iterlinks()}
    links |= set(document.xpath("//meta/@content"))
    addresses = {link if "://" in link else f"{settings.SITE_URL}{link}" for link in links}
    text = f"{words(response)} {settings.SITE_NAME}"
    assert settings.SITE_NAME in " ".join(document.find(".//header").text_content().split())
    for value in values(graph(response)):
        if value in TERMS:
            assert TERMS[value] in text
        elif "://" in value:
            assert value in addresses
        else:
            assert value in text, value


def test_the_head_says_the_same_as_the_data(client, patch):
    response = client.get(PRODUCT)
    document = html.fromstring(response.content)
    canonical = document.xpath("//link[@rel='canonical']/@href")
    assert canonical == [graph(response)["Product"]["url"]]
    description = document.xpath("//meta[@name='description']/@content")[0]
    assert description == f"{patch.tagline} Packs from $24.00."
    with_query = html.fromstring(client.get(PRODUCT, {"pack": "B12-12"}).content)
    assert with_query.xpath("//link[@rel='canonical']/@href") == canonical


def test_a_text_cannot_end_the_script(client, patch):
    patch.tagline = "</script><script>alert(1)</script>"
    patch.save()
    response = client.get(PRODUCT)
    assert graph(response)["Product"]["description"] == patch.tagline
    assert b"<script>alert" not in response.content
