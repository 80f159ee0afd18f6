"""The firewall between claims and the cart stands in one place, and every way to a post leads through it."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from blog import firewall, preview
from blog.models import Post
from tests.blog.making import make_published_post, make_tag
from tests.factories import make_discount_code

pytestmark = pytest.mark.django_db

PAST = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
BLOG = Path(__file__).resolve().parents[2] / "blog"
SELLING = (
    '<p>See <a href="/order/">our patch</a>, <a href="/product-information/">what it is</a> or '
    '<a href="http://localhost:8000/cart/">the cart</a>.</p>'
)


def callers(name: str) -> set[str]:
    """The modules of the blog that call a function of this name, alone or as a part of its module."""
    found = set()
    for path in BLOG.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
                found.add(str(path.relative_to(BLOG)))
    return found


def test_rich_text_is_made_ready_in_one_place_and_that_one_asks_the_firewall():
    # Those that read a text for its headings or its search words show nothing of it.
    assert callers("compiled") == {"rendering/post.py"}
    assert callers("is_closed") >= {"rendering/post.py"}
    assert callers("render_post") == {"reading.py"}


@pytest.mark.parametrize("is_disease", [True, False])
def test_no_page_that_shows_a_post_on_a_disease_shows_a_way_into_the_shop(
    client, settings, is_disease
):
    settings.BLOG_SHOWS = "whole"
    make_discount_code("WELCOME10")
    tag = make_tag("Dementia", is_disease=is_disease)
    post = make_published_post(now=PAST, tags=[tag])
    Post.objects.filter(pk=post.pk).update(body=SELLING)
    post.questions.update(answer=SELLING)
    post.revisions.update(snapshot=post.revisions.first().snapshot | {"body": SELLING})

    paths = (post.get_absolute_url(), "/blog/", tag.get_absolute_url(), "/blog/2026/01/")
    for path in (*paths, preview.preview_path(post)):
        article = html.fromstring(client.get(path).content).find(".//main//article")
        markup = html.tostring(article, encoding="unicode")
        traces = [trace for trace in firewall.sale_traces(markup) if trace.kind != "price"]
        assert "our patch" in article.text_content(), path
        assert bool(traces) is not is_disease, path
