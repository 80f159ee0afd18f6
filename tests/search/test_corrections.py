"""Mistyped words."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from search.corrections import respelled
from tests.factories import NOON
from tests.search.documents import document, fill, find, paths

pytestmark = pytest.mark.django_db


@pytest.fixture
def _posts():
    fill(
        [
            document("steps", "How absorption works", body="Six steps of absorption."),
            document("levels", "Homocysteine", body="A deficiency raises homocysteine levels."),
            document("soon", "Xylophone", visible_from=NOON + timedelta(days=9999)),
        ]
    )


@pytest.mark.usefixtures("_posts")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("absorbtion", "absorption"),
        ("Absorpiton", "absorption"),
        ("how does absorbtion work", "how does absorption work"),
        ("defficency", "deficiency"),
        ("homocistein", "homocysteine"),
        ("homocyst", "homocysteine"),
    ],
)
def test_mistyped_word_shows_what_was_meant_and_says_so(typed, meant):
    found = find(typed)

    assert (found.meant, found.shown_for, found.is_corrected) == (meant, meant, True)
    assert found.count == 1


@pytest.mark.usefixtures("_posts")
def test_exact_words_can_be_insisted_on():
    found = find("absorbtion steps", is_exact=True)

    assert (found.meant, found.shown_for, found.is_corrected) == (
        "absorption steps",
        "absorbtion steps",
        False,
    )
    assert [result.path for result in found.results] == ["/steps/"]


@pytest.mark.usefixtures("_posts")
@pytest.mark.parametrize("typed", ["absorption", "deficiencies", "steps levels"])
def test_known_words_are_left_alone(typed):
    assert find(typed).meant == ""


@pytest.mark.usefixtures("_posts")
@pytest.mark.parametrize("typed", ["zzzzzz", "b13", "abs", "qwertyuiop asdfgh", "漢字"])
def test_what_resembles_nothing_finds_nothing(typed):
    found = find(typed)

    assert (found.count, found.meant, found.shown_for) == (0, "", typed)


@pytest.mark.usefixtures("_posts")
def test_words_of_what_is_not_published_yet_are_not_given_away():
    assert find("xylofone").meant == ""
    assert find("xylophone").count == 0


@pytest.mark.usefixtures("_posts")
def test_words_are_read_from_the_database_once_a_minute(django_assert_num_queries):
    find("absorbtion")
    with django_assert_num_queries(4):  # typed words, meant words, best documents, their texts
        find("homocistein")
    cache.clear()
    with django_assert_num_queries(5):
        find("homocistein")


def test_new_words_are_suggested_after_a_minute_at_the_latest():
    fill([document("a", "Neuropathy")])
    assert paths("neuropaty") == ["/a/"]
    fill([document("b", "Glossitis")])
    assert find("glositis").meant == ""

    cache.clear()  # as the minute does

    assert find("glositis").meant == "glossitis"


def test_text_around_the_mistyped_word_stays():
    assert respelled("“Absorbtion”, <b>!", {"absorbtion": "absorption"}) == "“absorption”, <b>!"
