"""What counts as a word, and which are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.words import same_word, tidy, words


def read(text: str) -> list[str]:
    return [word.same for word in words(tidy(text))]


@pytest.mark.parametrize("text", ["B12", "b12", "B-12", "b 12", "B₁₂", "b‑12", "B–12", "B12’s"])
def test_b12_is_one_word_however_it_is_typed(text):
    assert read(text) == ["b12"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vitamin b 12 deficiency", ["vitamin", "b12", "deficiency"]),
        ("a 12-week trial", ["a", "12", "week", "trial"]),
        ("2.4 mcg, 1,000 µg", ["2.4", "mcg", "1000", "mcg"]),
        ("group b 12.5", ["group", "b", "12.5"]),
        ("self-injection", ["self", "injection"]),
        ("Ménière’s", ["menier"]),
        ("🙂 … --", []),
        ("a\x00b", ["a", "b"]),
    ],
)
def test_text_is_read_word_by_word(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("deficiencies", "deficiency"),
        ("patches", "patch"),
        ("doses", "dose"),
        ("tests", "testing"),
        ("absorbed", "absorbing"),
        ("causes", "caused"),
        ("stopped", "stopping"),
        ("diagnoses", "diagnosis"),
        ("anaemia", "anemia"),
        ("Anaemic", "anemic"),
        ("haemoglobin", "hemoglobin"),
        ("hypoglycaemia", "hypoglycemia"),
        ("oesophagus", "esophagus"),
        ("fibre", "fiber"),
        ("tinned", "canned"),
        ("tins", "cans"),
        ("organise", "organize"),
        ("analysed", "analyzed"),
        ("micrograms", "mcg"),
        ("shots", "injection"),
        ("absorbed", "absorption"),
        ("deficient", "deficiencies"),
        ("Crohn's", "Crohn"),
        ("naïve", "naive"),
    ],
)
def test_spellings_of_one_word_meet(one, other):
    assert same_word(one) == same_word(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("disease", "dizease"),
        ("us", "u"),
        ("b12", "b6"),
        ("bleed", "ble"),
        ("exercise", "exercize"),
        ("speed", "spe"),
        ("gas", "ga"),
    ],
)
def test_different_words_stay_apart(one, other):
    assert same_word(one) != same_word(other)


@given(st.text())
def test_no_text_breaks_the_reader_and_places_are_true(text):
    whole = tidy(text)
    for word in words(whole):
        assert whole[word.start : word.end] == word.written
        assert 0 < len(word.same) <= 40
    assert "\x00" not in whole
