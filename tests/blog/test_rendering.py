"""Texts made ready for a page, without a database."""

from time import process_time

import pytest

from blog import readability
from blog.rendering.citations import MARK, Citations
from blog.rendering.compiling import compiled
from blog.rendering.contents import assign_ids, contents, heading_ids, number_headings
from blog.rendering.filling import Filling, LinkedPost, Surroundings
from blog.wording import parsed
from references.models import Reference

KNOWN = {key: Reference(key=key, citation=f"Source {key}") for key in ("r1", "r2")}
POSTS = {"eggs": LinkedPost("Eggs & milk", "/blog/eggs/")}


def filled(markup, *, draft=False, prefix="", address="", **options):
    citations = Citations(KNOWN, prefix, address, is_draft=draft)
    filling = Filling(Surroundings({}, POSTS), citations, prefix=prefix, address=address)
    return filling.fill(compiled(markup, **options))


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<p>* Not proof.</p>", '<p class="callout">Not proof.</p>'),
        ("<p>2 * 3 = 6</p>", "<p>2 * 3 = 6</p>"),
        ("<p>[post:eggs]</p>", '<p class="related">Related: <a href="/blog/eggs/">Eggs &amp; milk</a></p>'),
        ("<p>[post:gone]</p>", ""),
        ("<p>See [post:eggs], not [post:gone].</p>", '<p>See <a href="/blog/eggs/">Eggs &amp; milk</a>, not .</p>'),
        ('<p><a href="/blog/eggs/#how">x</a></p>', '<p><a href="/blog/eggs/#how">x</a></p>'),
        ('<p><a href="http://localhost:8000/blog/gone">x <em>y</em></a> z</p>', "<p>x <em>y</em> z</p>"),
        ('<p><a href="/blog/tag/">x</a></p>', "<p>x</p>"),
        ('<p><a href="/blog/2012/">x</a></p>', '<p><a href="/blog/2012/">x</a></p>'),
        ('<p><a href="/blog/feed/">x</a></p>', '<p><a href="/blog/feed/">x</a></p>'),
        ('<p><a href="/faq/">x</a></p>', '<p><a href="/faq/">x</a></p>'),
        ('<p><a href="https://example.org/">x</a></p>', '<p><a href="https://example.org/" rel="noopener">x</a></p>'),
        ('<p><a href="https://[x/">x</a></p>', "<p>x</p>"),
        ("<p>a < b & c</p>", "<p>a &lt; b &amp; c</p>"),
        ("text alone & more", "text alone &amp; more"),
        ('<p><img src="/blog/pictures/' + "0" * 20 + '/" alt="x"></p>', ""),
        ("<figcaption>alone</figcaption>", "<p>alone</p>"),
    ],
)  # fmt: skip
def test_a_text_is_filled(markup, shown):
    assert filled(markup) == shown


def test_citations_share_a_mark_with_their_neighbors_and_stand_close_to_the_word():
    html = filled("<p>One [ref:r2] [ref:r1]. Two [ref:r2][ref:r9].</p>")

    assert html == (
        '<p>One<sup class="cite"><a href="#source-r2" id="cite-r2">[1]</a> '
        '<a href="#source-r1" id="cite-r1">[2]</a></sup>. '
        'Two<sup class="cite"><a href="#source-r2">[1]</a></sup>.</p>'
    )


@pytest.mark.parametrize("address", ["https://example.org/", "/blog/eggs/", "/blog/gone/"])
def test_what_is_cited_inside_a_link_is_cited_behind_it(address):
    html = filled(f'<p><a href="{address}">one <em>trial [ref:r1]</em> [ref:r2]</a> more</p>')

    end = (
        '<sup class="cite"><a href="#source-r1" id="cite-r1">[1]</a> '
        '<a href="#source-r2" id="cite-r2">[2]</a></sup> more</p>'
    )
    assert html.endswith(f"one <em>trial</em></a>{end}" if "gone" not in address else end)
    assert html.count("[1]") == html.count("[2]") == 1


def test_a_long_run_of_spaces_is_read_once():
    begin = process_time()
    assert not MARK.search("x" + "\xa0" * 60_000 + "y")
    assert process_time() - begin < 1


def test_words_are_counted_as_the_writer_is_told_them():
    markup = "<h2>One</h2><p>Two three [ref:r1].</p><ul><li>four</li><li>five</li></ul>"

    assert compiled(markup).words == readability.measure(markup).words == 5


def test_a_draft_shows_its_author_which_source_is_missing():
    assert filled("<p>One [ref:r9].</p>") == "<p>One.</p>"
    assert (
        filled("<p>One [ref:r9].</p>", draft=True)
        == '<p>One<sup class="cite"><mark>[r9?]</mark></sup>.</p>'
    )


def test_anchors_begin_with_the_prefix_of_the_post_and_links_to_them_too():
    html = filled('<h2>How?</h2><p><a href="#how">x</a> [ref:r1]</p>', prefix="post-7-", level=3)

    assert '<h3 id="post-7-how">How?</h3>' in html
    assert '<a href="#post-7-how">x</a>' in html
    assert '<a href="#post-7-source-r1" id="post-7-cite-r1">[1]</a>' in html


def test_in_a_feed_anchors_lead_to_the_page():
    html = filled('<p><a href="#how">x</a> [ref:r1]</p>', address="https://b12.example/blog/x/")

    assert 'href="https://b12.example/blog/x/#how"' in html
    assert 'href="https://b12.example/blog/x/#source-r1"' in html


def test_headings_in_answers_become_strong_lines():
    assert filled("<h2>How?</h2><p>So.</p>", level=0) == "<p><strong>How?</strong></p><p>So.</p>"


def test_tables_scroll_in_a_box_with_a_name_and_their_headings_say_what_for():
    html = filled(
        "<table><thead><tr><th>A</th></tr></thead><tbody><tr><th>B</th><td>C</td></tr></tbody></table>"
        "<table><caption>Named</caption><tr><td>D</td></tr></table>"
    )

    assert '<div class="table-scroll" tabindex="0" role="group" aria-label="Table 1">' in html
    assert '<th scope="col">A</th>' in html
    assert '<th scope="row">B</th>' in html
    assert 'aria-labelledby="table-2"' in html
    assert '<caption id="table-2">Named</caption>' in html


def test_making_ready_again_gives_the_very_same_object():
    assert compiled("<p>same</p>") is compiled("<p>same</p>")


def test_headings_get_anchors_of_their_words_each_its_own():
    ids = heading_ids("<h2>What is it?</h2><h3>What is it?</h3><h2>Sources</h2><h2>***</h2>")

    assert [row["id"] for row in ids] == ["what-is-it", "what-is-it-2", "sources-2", "section"]
    assert [row["text"] for row in ids] == ["What is it?", "What is it?", "Sources", "***"]


def test_a_heading_keeps_its_anchor_and_no_other_gets_it():
    frozen = heading_ids("<h2>Old</h2><h2>Same</h2><h2>Same</h2>")
    body = "<h2>New</h2><h2>Same</h2><h3>Old [ref:r1]</h3><h2>Same</h2><h2>Same</h2>"

    assert [row["id"] for row in heading_ids(body, frozen)] == [
        "new",
        "same",
        "old",
        "same-2",
        "same-3",
    ]
    assert assign_ids("<h2>Old</h2>", frozen)[0] == '<h2 id="old">Old</h2>'


def test_anchors_do_not_meet_those_of_the_page():
    for text in ("Main", "Questions", "Cite r1", "Source-r1", "Question 1"):
        (row,) = heading_ids(f"<h2>{text}</h2>")
        assert row["id"] not in {"main", "questions", "cite-r1", "source-r1", "question-1"}


def test_what_stands_below_a_heading_that_is_left_out_is_left_out_too():
    body = "<h2>One</h2><h3>Below</h3><h2>Conclusion</h2><h3>Inside</h3><h2>Two</h2>"
    headings = [heading for _, heading in number_headings(parsed(body))]

    entries = contents(headings, "conclusion \nnothing")

    assert [(entry.text, [each.text for each in entry.below]) for entry in entries] == [
        ("One", ["Below"]),
        ("Two", []),
    ]
