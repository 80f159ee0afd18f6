"""The starter posts keep what docs/content.md promises: length, plain words, sources, and nothing that sells."""

import re
import tomllib
from collections import Counter

import pytest
from lxml import html
from PIL import Image

from claims.check import find_claims
from tests.blog.starter_texts import (
    CITATION,
    CONTENT,
    FILES,
    RELATED,
    ROOT,
    SLUGS,
    as_read,
    blocks,
    grade,
    pictures,
    read,
    words,
    written,
)

ALLOWED_TAGS = set(
    re.findall(
        r"\w+",
        "p h2 h3 strong em sub sup ul ol li blockquote a table thead tbody tr th td figure figcaption img br",
    )
)
ALLOWED_LINKS = {"/about-vitamin-b12/", "/research/", "/faq/"} | {
    f"/blog/{slug}/" for slug in SLUGS
}
FUNCTION_WORDS = set(
    re.findall(
        r"\w+",
        "a an and are as at be by can for from has have how if in into is it its may more most much no not of on one or "
        "out so some than that the their them then there these they this to too was were what when which who with you "
        "your do does about after also both but each had has he she i many need other own same such up us we will",
    )
)

every_post = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def names(file, key, field):
    rows = tomllib.loads((CONTENT / file).read_text("utf-8"))[key]
    return {row[field] for row in rows}


def test_the_list_of_starter_posts_is_whole():
    posts = {path.stem: read(path) for path in FILES}
    parts = [(post["series"], post["series_part"]) for post in posts.values() if "series" in post]
    days = [post["demo_days_ago"] for post in posts.values()]

    assert set(posts) == set(SLUGS)
    assert sorted(parts) == [("b12-from-the-start", part) for part in (1, 2, 3, 4)]
    assert len(set(days)) == len(days)
    assert all(post["demo_reviewed_days_ago"] <= post["demo_days_ago"] for post in posts.values())


@every_post
def test_a_starter_post_has_the_right_length(path):
    post = read(path)
    spoken = sum(len(words(text)) for _, text in blocks(post["body"]))

    assert path.stem in SLUGS
    assert 700 <= spoken <= 1600
    assert len(post["title"]) <= 90
    assert len(post["meta_title"]) <= 60
    assert 110 <= len(post["meta_description"]) <= 160
    assert len(words(post["summary"])) <= 60
    assert 3 <= len(post["takeaways"]) <= 5
    assert 2 <= len(post["faq"]) <= 5


@every_post
def test_a_starter_post_is_plain_to_read(path):
    post = read(path)

    assert grade(post["body"]) <= 9
    assert grade(f"<p>{post['summary']}</p>") <= 9
    assert not [text for text in written(post) if "!" in text]


@every_post
def test_a_starter_post_repeats_no_phrase_to_please_search_engines(path):
    spoken = [
        word.lower().strip(".,") for _, text in blocks(read(path)["body"]) for word in words(text)
    ]
    phrases = Counter(
        " ".join(run)
        for size in (2, 3)
        for start in range(len(spoken))
        if not FUNCTION_WORDS & set(run := spoken[start : start + size])
    )

    assert [
        phrase
        for phrase, times in phrases.items()
        if times > len(spoken) / 100 and phrase != "vitamin b12"
    ] == []


@every_post
def test_a_starter_post_cites_what_it_lists_and_lists_what_it_cites(path):
    post = read(path)
    cited = list(dict.fromkeys(key for text in written(post) for key in CITATION.findall(text)))
    known = tomllib.loads((ROOT / "pages/content/references.toml").read_text("utf-8"))

    assert sorted(cited) == sorted(post["references"])
    assert len(set(post["references"])) == len(post["references"]) >= 5
    assert set(cited) <= set(known)


@every_post
def test_a_starter_post_points_only_to_posts_and_shelves_that_exist(path):
    post = read(path)
    pointed = [*post["read_more"], *RELATED.findall(post["body"])]

    assert set(pointed) <= set(SLUGS) - {path.stem}
    assert 3 <= len(post["tags"]) <= 6
    assert 1 <= len(post["categories"]) <= 2
    assert set(post["tags"]) <= names("tags.toml", "tag", "name")
    assert set(post["categories"]) <= names("categories.toml", "category", "slug")
    assert {post.get("series")} <= {None, *names("series.toml", "series", "slug")}


@every_post
def test_a_starter_post_is_clean_markup_that_leads_nowhere_near_the_cart(path):
    post = read(path)
    for markup in (post["body"], *(row["answer"] for row in post["faq"])):
        elements = html.fragment_fromstring(markup, create_parent=True).iterdescendants()
        for element in elements:
            assert element.tag in ALLOWED_TAGS
            assert set(element.attrib) <= {"a": {"href"}, "img": {"src", "alt"}}.get(
                element.tag, set()
            )
            assert element.get("href") in {None, *ALLOWED_LINKS}
            assert element.get("alt") != ""
    headings = [text for tag, text in blocks(post["body"]) if tag == "h2"]
    assert 4 <= len(headings) <= 9
    assert len(set(headings)) == len(headings)
    assert set(post["left_out_of_contents"]) <= set(headings)


@every_post
def test_a_starter_post_has_its_own_picture_that_says_what_it_shows(path):
    post = read(path)
    used = re.findall(r'src="picture:([^"]+)"', post["body"])

    assert used == [row["file"] for row in post.get("pictures", [])]
    for row in pictures(post):
        file = CONTENT / "pictures" / row["file"]
        assert file.stat().st_size <= 60_000
        with Image.open(file) as picture:
            assert picture.size == (1600, 900)
        drawing = (ROOT / "design/posts" / f"{file.stem}.svg").read_text("utf-8")
        assert 'viewBox="0 0 800 450"' in drawing
        assert "<title>" in drawing
        assert len(row["alt"]) >= 30
        assert "image of" not in row["alt"].lower()
    others = [row["file"] for other in FILES if other != path for row in pictures(read(other))]
    assert not {row["file"] for row in pictures(post)} & set(others)


@every_post
def test_a_starter_post_makes_no_claim_that_does_not_hold(path):
    post = read(path)
    texts = [text for _, text in blocks(post["body"])]
    texts += [text for row in post["faq"] for _, text in blocks(row["answer"])]
    texts += [as_read(text) for text in written(post) if not text.lstrip().startswith("<")]

    assert [(text, found) for text in texts for found in find_claims(text, context="blog")] == []


@pytest.mark.parametrize("file", ["tags", "categories", "series", "people"])
def test_the_shelves_of_the_blog_make_no_claim_that_does_not_hold(file):
    rows = tomllib.loads((CONTENT / f"{file}.toml").read_text("utf-8")).values()
    texts = [
        as_read(text) for row in next(iter(rows)) for text in row.values() if isinstance(text, str)
    ]

    assert [(text, found) for text in texts for found in find_claims(text, context="blog")] == []
