"""The words themselves: plain enough on shop pages, and clear of what the law forbids."""

import re

import pytest

from tests.pages.page_content import visible_text

SHOP_PAGES = [
    "/",
    "/contact/",
    "/contact/thanks/",
    "/ask/",
    "/ask/sent/",
    "/faq/",
    "/terms/",
    "/privacy/",
    "/shipping-returns/",
    "/reviews/",
    "/blog/",
    "/affiliates/",
]
OTHER_PAGES = ["/about-vitamin-b12/", "/research/", "/site-map/"]

pytestmark = [pytest.mark.usefixtures("shop"), pytest.mark.markup]


def main_markup(client, path):
    markup = client.get(path).content.decode()
    markup = markup[markup.index("<main") : markup.index("</main>")]
    return re.sub(r"<(table|nav|form|dl|option|address)\b.*?</\1>", " ", markup, flags=re.DOTALL)


def sentences(client, path):
    """Sentences of the running text; headings and list items end like sentences."""
    markup = re.sub(r"</(p|li|h1|h2|h3|summary|dd|dt|caption)>", ". ", main_markup(client, path))
    text = visible_text(markup)
    found = [part.strip() for part in re.split(r"(?<=[.?!:])\s+", text)]
    return [part for part in found if len(part.split()) >= 4]


def syllables(word):
    word = re.sub(r"[^a-z]", "", word.lower())
    if not word:
        return 1
    count = len(re.findall(r"[aeiouy]+", word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(1, count)


def grade(parts):
    """Flesch-Kincaid grade level (Kincaid 1975)."""
    words = [word for part in parts for word in part.split()]
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(parts) + 11.8 * spoken / len(words) - 15.59


@pytest.mark.parametrize("path", SHOP_PAGES)
def test_shop_pages_read_at_grade_eight_or_below(client, path):
    assert grade(sentences(client, path)) <= 8


@pytest.mark.parametrize("path", [*SHOP_PAGES, *OTHER_PAGES])
def test_no_page_shouts_or_calls_the_patch_a_supplement(client, path):
    text = visible_text(main_markup(client, path))
    assert "!" not in text
    assert "Supplement Facts" not in text
    for sentence in re.split(r"(?<=[.?])\s+", text):
        if "supplement" in sentence.lower():
            allowed = r"\b(not|health fraud|Office of)\b|dietary supplement\?|has to be swallowed"
            assert re.search(allowed, sentence), sentence


@pytest.mark.parametrize("path", [*SHOP_PAGES, *OTHER_PAGES])
def test_no_page_carries_the_disclaimer_of_supplements(client, path):
    text = client.get(path).content.decode().lower()
    assert "has not been evaluated by the food and drug" not in text
    assert "not intended to diagnose" not in text


# What a reader in the US takes for something else: a letter, a wall, a shortage.
FOREIGN = r"\b(mails?|mailed|plaster|a lack|anew|meanwhile)\b"


@pytest.mark.parametrize("path", [*SHOP_PAGES, *OTHER_PAGES, "/order-status/", "/cart/"])
def test_no_page_uses_words_that_mean_something_else_in_the_us(client, path):
    found = re.findall(FOREIGN, visible_text(client.get(path).content.decode()), re.IGNORECASE)
    assert found == []


@pytest.mark.parametrize("path", ["/", "/faq/", "/terms/", "/affiliates/"])
def test_pages_that_describe_the_patch_say_what_it_is_not(client, path):
    text = visible_text(client.get(path).content.decode())
    assert re.search(r"not a dietary supplement", text, re.IGNORECASE)
    assert re.search(r"not (been )?approved by (the )?FDA as a drug", text)


@pytest.mark.parametrize("path", ["/about-vitamin-b12/", "/faq/", "/research/"])
def test_statistics_name_their_source_in_the_same_sentence(client, path):
    """The rule of health_facts 4.10, for numbers in percent and appeals to studies."""
    main = main_markup(client, path)
    flat = re.sub(r"<sup class=\"cite\">.*?</sup>", " [1]", main, flags=re.DOTALL)
    flat = re.sub(r"<article class=\"card study\".*?</article>", " ", flat, flags=re.DOTALL)
    flat = re.sub(r"</(p|li|h2|h3|figcaption)>", ". ", flat)
    text = visible_text(flat)
    for sentence in re.split(r"(?<=[.?])\s+(?=[A-Z“])", text):
        if re.search(r"\d percent|\b(studies show|trial found|in one (small|large))\b", sentence):
            assert "[1]" in sentence or "We computed" in sentence, sentence
