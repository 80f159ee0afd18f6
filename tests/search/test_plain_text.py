"""HTML of ours as plain text."""

import pytest

from search.plain_text import text_of


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<h2>One</h2><p>Two <em>thr</em>ee</p>", "One. Two three"),
        ("<h3>Why?</h3>So", "Why? So"),
        ("<p>nerves .5 and 2.4 mcg, and so on ...</p>", "nerves .5 and 2.4 mcg, and so on ..."),
        ("<p>nerves <sup>1</sup>. More</p>", "nerves. More"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ('<p>Said<sup class="cite"><a href="#x">[1]</a></sup>.</p>', "Said."),
        ("<p>B<sub>12</sub> &lt; 2 &amp; more</p>", "B12 < 2 & more"),
        ("<script>evil()</script><style>x{}</style>kept", "kept"),
        ("a<br>b", "a b"),
        ("<p>unclosed", "unclosed"),
    ],
)
def test_blocks_are_parted_and_citations_left_out(markup, text):
    assert text_of(markup) == text
