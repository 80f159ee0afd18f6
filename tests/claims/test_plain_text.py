"""HTML becomes sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.check import find_claims
from claims.plain_text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<h2>Heading</h2><ul><li>a</li><li>b</li></ul>", "Heading\n\na\n\nb"),
        ("<p>half <b>bo</b>ld &amp; more</p>", "half bold & more"),
        ("<p>a\n  wrapped line</p>", "a wrapped line"),
        (
            '<p>before <img src="x.png" alt="A red patch"> after</p>',
            "before after\n\nA red patch",
        ),
        ("<script>cure()</script><style>p{}</style><p>seen</p>", "seen"),
        ("no html at all", "no html at all"),
        ("<p>broken <b>tag", "broken tag"),
        ("a<br>b", "a\n\nb"),
        ("<table><tr><td>a</td><td>b [1]</td></tr><tr><td>c</td></tr></table>", "a ; b [1]\n\nc"),
        ("", ""),
    ],
)
def test_html_becomes_text(html, text):
    assert plain_text(html) == text


def test_a_claim_in_an_alternative_text_is_found():
    html = '<figure><img src="a.png" alt="This patch cures anemia"><figcaption>A patch</figcaption></figure>'

    assert {finding.category for finding in find_claims(plain_text(html), context="blog")} >= {
        "cure"
    }


def test_what_an_attribute_says_parts_no_sentence():
    html = '<p>This patch cures <a href="/" title="Read more">anemia</a>.</p>'

    assert "cure" in {
        finding.category for finding in find_claims(plain_text(html), context="patch")
    }


def test_a_negation_in_one_block_does_not_reach_the_next():
    html = "<ul><li>Does not smell</li><li>Cures anemia</li></ul>"

    assert "cure" in {
        finding.category for finding in find_claims(plain_text(html), context="patch")
    }


@given(st.text(alphabet="<>/p&;\"'=a bé\u200b!-", max_size=80))
def test_no_html_makes_it_fail(html):
    assert isinstance(plain_text(html), str)
