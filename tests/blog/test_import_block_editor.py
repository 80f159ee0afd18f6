"""What the block editor of WordPress keeps outside a text, or says in a way of its own."""

import json
import time

import pytest

from blog.importing.blocks import footnotes_of, with_shared
from blog.models import Post
from tests.blog.exports import imported, item, meta

pytestmark = pytest.mark.django_db
P = "<!-- wp:paragraph -->\n<p>{}</p>\n<!-- /wp:paragraph -->\n\n"


def test_footnotes_follow_the_text_that_has_their_numbers(tmp_path):
    one, two = ('<a href="https://x.example/">Obeid</a>', "2019.<script>alert(1)</script>")
    rows = [{"id": "a-1", "content": one}, {"id": "a-2", "content": two}]
    fact = 'Fact<sup data-fn="a-1" class="fn"><a href="#a-1" id="a-1-link">1</a></sup>.'

    report = imported(
        tmp_path,
        item(1, P.format(fact) + "<!-- wp:footnotes /-->", meta(footnotes=json.dumps(rows))),
    )

    assert Post.objects.get().body == (
        "<p>Fact<sup>1</sup>.</p>"
        '<ol><li><a href="https://x.example/">Obeid</a></li><li>2019.</li></ol>'
    )
    assert report.lines == []


def test_a_block_that_posts_share_stands_in_each_of_them(tmp_path):
    posts = (item(n, P.format("Own") + '<!-- wp:block {"ref":9} /-->') for n in (1, 2))
    shared = item(9, P.format("Shared"), post_type="wp_block", post_name="note")

    report = imported(tmp_path, *posts, shared)

    assert {post.body for post in Post.objects.all()} == {"<p>Own</p><p>Shared</p>"}
    assert report.lines == []
    assert report.summary() == ["2 posts imported", "1 shared block read"]


def test_a_shared_block_that_is_a_draft_or_not_in_the_file_is_missed_with_a_line(tmp_path):
    text = 'a<!-- wp:block {"ref":9} /--><!-- wp:block {"ref":8} /-->'

    report = imported(tmp_path, item(1, text), item(9, "x", post_type="wp_block", status="draft"))

    line = "post 1 post-1: block “block” left out: it has no text of its own"
    assert report.lines == [line, line]


def test_shared_blocks_that_hold_each_other_end():
    again = '<!-- wp:block {"ref":1,"content":{"a":{"b":"c"}}} /-->' * 50

    start = time.perf_counter()
    assert len(with_shared(again, {1: again})) < 3_000_000
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("source", ["", "no JSON", "[" * 9000, '{"a":1}', '[1,{"content":2}]'])
def test_what_is_no_list_of_footnotes_gives_none(source):
    assert footnotes_of(source) == ()


def test_the_words_of_an_accordion_are_kept(tmp_path):
    heading = (
        '<!-- wp:accordion-heading -->\n<h3 class="wp-block-accordion-heading"><button type="button" '
        'class="wp-block-accordion-heading__toggle"><span class="wp-block-accordion-heading__toggle-title">'
        'Who?</span><span class="wp-block-accordion-heading__toggle-icon" aria-hidden="true">+</span>'
        "</button></h3>\n<!-- /wp:accordion-heading -->"
    )

    imported(
        tmp_path, item(1, f"<!-- wp:accordion -->{heading}{P.format('You.')}<!-- /wp:accordion -->")
    )

    assert Post.objects.get().body == "<h2>Who?</h2><p>You.</p>"


def test_a_date_of_nothing_is_no_date(tmp_path):
    nothing = "0000-00-00 00:00:00"
    written = "<pubDate>Wed, 30 Nov -0001 00:00:00 +0000</pubDate>"

    report = imported(tmp_path, item(1, "x", written, post_date=nothing, post_date_gmt=nothing))

    assert Post.objects.get().publish_at is None
    assert report.lines == ["post 1 post-1: has no date, is a draft now"]
