import re
from datetime import date

import pytest

from pages import gathering
from pages.gathering import PostTeaser
from products.models import Product, Variant
from tests.pages.page_content import visible_text

pytestmark = pytest.mark.usefixtures("shop")


def test_home_shows_every_pack_with_its_price_and_price_per_patch(client):
    text = visible_text(client.get("/").content.decode())
    for words in (
        "from $24.00",
        "4 patches $24.00 $6.00 a patch",
        "24 patches $108.00 $4.50 a patch",
    ):
        assert words in text


def test_home_leads_to_the_chosen_pack(client):
    assert 'href="/order/?pack=B12-12"' in client.get("/").content.decode()


def test_home_says_sold_out_and_still_shows_the_price(client):
    Variant.objects.filter(sku="B12-04").update(stock_on_hand=0)
    text = visible_text(client.get("/").content.decode())
    assert "4 patches $24.00 Sold out" in text


def test_home_says_so_when_nothing_is_on_sale(client):
    Product.objects.update(is_published=False)
    text = visible_text(client.get("/").content.decode())
    assert "Nothing is on sale right now" in text
    assert "$24.00" not in text


def test_home_shows_no_rating_while_there_are_no_reviews(client):
    markup = client.get("/").content.decode()
    assert "Reviews are not here yet" in markup
    assert "aggregateRating" not in markup
    assert 'class="rating' not in markup


def test_home_says_what_the_patch_is_not(client):
    text = visible_text(client.get("/").content.decode())
    assert "not a dietary supplement; not approved by FDA as a drug" in text.lower().replace(
        "fda", "FDA"
    )


def test_home_makes_no_claim_on_the_body(client):
    text = visible_text(client.get("/").content.decode()).lower()
    banned = r"\b(energy|energi|boost|cure|heal|nerve|mood|focus|tired|fatigue|anemia|sclerosis|bloodstream|absorb)"
    assert re.findall(banned, text) == []
    assert "this statement has not been evaluated" not in text


def test_home_shows_the_posts_that_the_roof_registers(client, monkeypatch):
    posts = [
        PostTeaser(f"Post {number}", f"/blog/post-{number}/", date(2026, 11, 20), "Summary.")
        for number in range(5)
    ]
    monkeypatch.setattr(gathering, "_latest_posts", [lambda count: posts[:count]])
    text = visible_text(client.get("/").content.decode())
    assert "Post 2 Friday, November 20th, 2026 Summary." in text
    assert "Post 3" not in text
    assert "There are no posts yet" not in text
