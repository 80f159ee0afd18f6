"""The shop's own words pass its own check."""

import re
import tomllib
from pathlib import Path

import pytest

from claims.check import find_claims
from claims.plain_text import plain_text

ROOT = Path(__file__).resolve().parents[2]
NOT_SAID = {"slug", "key", "reference", "topics", "url", "design"}
INFO = [*sorted((ROOT / "pages/content/info").glob("*.toml")), ROOT / "pages/content/facts.toml"]
POSTS = sorted((ROOT / "blog/content/posts").glob("*.toml"))


def said(value, key=""):
    if isinstance(value, str):
        yield from (
            [] if key in NOT_SAID else [re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`_]{1,2}", r"\1", value)]
        )
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from said(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from said(inner, key)


def claims_in(texts, context):
    return [found.excerpt for text in texts for found in find_claims(text, context=context)]


def read(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", INFO, ids=lambda path: path.stem)
def test_information_pages_make_no_claim(path):
    assert claims_in(said(read(path)), "faq") == []


def test_the_product_text_makes_no_claim():
    assert claims_in(said(read(ROOT / "products/content/b12_patch.toml")), "patch") == []


def test_questions_and_their_answers_make_no_claim():
    groups = read(ROOT / "pages/content/questions.toml")["group"]
    rows = [f"{row['question']}\n{row['answer']}" for group in groups for row in group["items"]]

    assert claims_in(said(rows), "faq") == []


@pytest.mark.parametrize("context", ["patch", "faq"])
def test_policies_make_no_claim(context):
    texts = [
        text
        for path in sorted((ROOT / "policies/content").glob("*.toml"))
        for text in said(read(path))
    ]

    assert claims_in(texts, context) == []


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.stem)
def test_posts_make_no_claim(path):
    post = read(path)
    texts = [post["title"], post["summary"], *post.get("takeaways", []), plain_text(post["body"])]

    assert claims_in(texts, "blog") == []
