import pytest

from pages.models import FoodSource
from tests.pages.page_content import visible_text

pytestmark = pytest.mark.usefixtures("texts")


def test_about_shows_amounts_by_age(client):
    text = visible_text(client.get("/about-vitamin-b12/").content.decode())
    for words in (
        "14 years and older 2.4 RDA",
        "While breastfeeding 2.8 RDA",
        "7 to 12 months 0.5 AI",
    ):
        assert words in text


def test_about_shows_foods_by_content_with_the_share_of_a_day(client):
    text = visible_text(client.get("/about-vitamin-b12/").content.decode())
    table = text[text.index("Vitamin B12 in foods") :]
    assert "Beef liver, pan-fried 3 oz 70.7 2,946" in table
    assert "8.3 to 24.0 346 to 1,000 Depends on the brand." in table
    assert table.index("Beef liver") < table.index("Clams") < table.index("Egg 1 large 0.5 21")


def test_about_draws_one_dot_for_each_microgram(client):
    FoodSource.objects.exclude(name="Clams, cooked").delete()
    markup = client.get("/about-vitamin-b12/").content.decode()
    # 17 for the clams and 2 of the 2.4 mcg that an adult needs; the rings hold the slices.
    assert markup.count('r="4.6"') == 17 + 2 + 1


def test_about_numbers_sources_by_first_use_and_lists_each_once(client):
    markup = client.get("/about-vitamin-b12/").content.decode()
    first = markup.index('<a href="#source-r5" id="cite-r5">[1]</a>')
    second = markup.index('<a href="#source-r6" id="cite-r6">[2]</a>')
    assert first < second
    assert markup.count('id="source-r5"') == 1
    assert "https://www.ncbi.nlm.nih.gov/books/NBK114302/" in markup


def test_about_has_the_notice_of_a_health_page(client):
    text = visible_text(client.get("/about-vitamin-b12/").content.decode())
    assert "general information, not medical advice" in text
    assert "Last reviewed November 20, 2026" in text
