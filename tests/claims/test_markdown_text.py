"""Markdown without its signs: what a reader sees, sentence by sentence."""

import pytest

from claims.markdown_text import markdown_text


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("It **cures** *anemia*.", "It cures anemia."),
        ("__Strong__ and snake_case_words stay.", "Strong and snake_case_words stay."),
        ("See [our shop](/order/) now.", "See our shop now."),
        ("Adults need 2.4 mcg [@r1, @r2].", "Adults need 2.4 mcg [@r1, @r2]."),
        ("## A heading\n- one\n- two\n\n1. three", "A heading\n\none\n\ntwo\n\nthree"),
        ("> quoted", "quoted"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("", ""),
    ],
)
def test_signs_go_and_words_stay(markdown, words):
    assert markdown_text(markdown) == words


def test_a_table_becomes_lines():
    table = "| Pack | Price |\n| --- | --- |\n| 4 | $24 |"

    assert markdown_text(table) == "| Pack | Price |\n\n| 4 | $24 |"
