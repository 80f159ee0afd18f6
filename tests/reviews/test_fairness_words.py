"""Whatever a look can find has words for staff, with names, and words for everybody, with none."""

import re

import pytest

from reviews import fairness, fairness_words
from reviews.models import FairnessCheck
from tests.reviews.histories import SHOWN, History, withheld
from tests.reviews.makers import NOW

pytestmark = pytest.mark.django_db
PERSON = "moderator.mo"


@pytest.fixture
def everything():
    """A look at a history in which all was done by one person, as if all of it had been found."""
    history = History()
    history(1, *withheld(PERSON), ("waiting", PERSON, ""))
    history(2, *SHOWN, ("waiting", PERSON, "abuse"))
    check = history.store()
    tests = [
        {**test, "is_found": True, "adjusted": 0.001234, "worse": worse}
        for test in check.result["tests"]
        for worse in ("low", "high", "")
    ]
    return FairnessCheck(checked_at=NOW, is_fair=False, result={**check.result, "tests": tests})


def test_staff_read_what_was_found_for_whom_and_how_sure_it_is(everything):
    told = fairness.findings(everything)
    assert len(told) == len(everything.result["tests"])
    assert all(
        re.search(r": (low|high|some) ratings .+ than chance explains \(p 0\.0012\)\.$", words)
        for words in told
    )
    assert {words.partition(":")[0] for words in told if PERSON in words} == {
        f"Withheld by {PERSON}",
        f"Asked to withhold after all by {PERSON}",
        f"Asked to show after all by {PERSON}",
    }


def test_everybody_reads_the_same_without_a_name_or_a_number(everything):
    told = fairness_words.words_of(everything).found
    # Two tests of one thing say the same once; each of three directions has its own sentence.
    things = {(test["about"], test["of"]) for test in everything.result["tests"]}
    assert len(told) == 3 * len(things)
    for words in told:
        assert re.fullmatch(r"[A-Z][^{}]+ than chance explains\.", words)
        assert PERSON not in words
        assert not re.search(r"\d", words)


@pytest.mark.markup
def test_the_page_of_numbers_says_what_is_looked_at(client):
    page = " ".join(client.get("/reviews/numbers/").content.decode().split())
    for words in (
        "Which reviews and photos do we hold back, for which reason, and who of us does it?",
        "How long do reviews wait for us, and how long do their photos wait?",
        "Which reviews does one of us want to hold back after all, or show after all?",
        "Where do we put a label such as “Works for the shop”, and where do we take one off?",
        "Where do we ask to let a flagged sentence stand, and where do we let it?",
    ):
        assert f"<li>{words}</li>" in page
