"""Marks and excerpts: never a tag that is not ours."""

import re

from hypothesis import given
from hypothesis import strategies as st

from search.excerpts import LENGTH, excerpt, marked
from search.words import same_word, tidy, words


def test_matches_are_marked_in_every_spelling():
    text = "Anaemia, anemias and B 12"

    assert marked(text, {"anemia", "b12"}) == (
        "<mark>Anaemia</mark>, <mark>anemias</mark> and <mark>B 12</mark>"
    )


def test_tags_in_texts_are_shown_as_they_are_typed():
    assert marked('<script>alert("b12")</script>', {"b12", "script"}) == (
        "&lt;<mark>script</mark>&gt;alert(&quot;<mark>b12</mark>&quot;)&lt;/<mark>script</mark>&gt;"
    )


def test_excerpt_begins_shortly_before_the_first_match():
    text = "start " + "filler " * 100 + "the nerve is here " + "more " * 100

    shown = excerpt([text], {same_word("nerve")})

    assert shown.startswith("… filler")
    assert shown.endswith(" …")
    assert "the <mark>nerve</mark> is here" in shown
    assert "start" not in shown


def test_excerpt_of_a_text_without_a_match_is_its_beginning():
    assert excerpt(["Never shown.", "All of a short text."], {"other"}) == "All of a short text."


@given(st.text(), st.text())
def test_only_our_own_tag_gets_into_the_markup(text, typed):
    wanted = {word.same for word in words(typed)} | {word.same for word in words(text)}
    whole = tidy(text)

    for markup in (marked(whole, wanted), excerpt([whole], wanted)):
        rest = re.sub(r"</?mark>", "", markup)
        assert "<" not in rest
        assert ">" not in rest
        assert '"' not in rest
    assert len(re.sub(r"</?mark>|&\w+;|&#\w+;", ".", excerpt([whole], set()))) <= LENGTH + 4
