"""Buyers may tell of their illness; what claims that it got better, or replaces a medicine, is found.

The cases have all been tuned on. What the rules do with words that nobody has seen: test_illness_sets.py.
"""

import inspect
import json
from pathlib import Path

import pytest

from claims.check import find_claims
from claims.desk import all_findings
from reviews import illness_talk, screening

CASES = json.loads((Path(__file__).parent / "review_cases.json").read_text(encoding="utf-8"))


def is_held(text: str) -> bool:
    words = screening.Words("", text, "Ann")
    found = all_findings(screening.texts_of(words, None))
    return any(screening.holds(one, words) for one in found)


@pytest.mark.parametrize("is_claim", [True, False])
def test_claims_are_found_and_telling_is_left_alone(is_claim):
    cases = [case["text"] for case in CASES if case["is_claim"] is is_claim]

    assert [text for text in cases if is_held(text) is not is_claim] == []


def test_there_are_enough_cases_of_both_kinds():
    assert sum(case["is_claim"] for case in CASES) >= 120
    assert sum(not case["is_claim"] for case in CASES) >= 160


@pytest.mark.parametrize(
    ("review", "claim"),
    [
        (
            "I have had neuropathy for years. It is gone.",
            "I have had neuropathy for years. It is gone.",
        ),
        ("I had anemia. Not anymore.", "I had anemia. Not anymore."),
        ("I have MS. The red mark was gone the next day.", ""),
        ("It itched, but it cured my neuropathy.", "It itched, but it cured my neuropathy."),
        ("Took it off, and the headache was gone.", ""),
        ("I hoped it would cure my MS.", ""),
        ("Has it cured anybody's MS?", ""),
        ("I wear it so I won't get dementia.", "I wear it so I won't get dementia."),
    ],
)
def test_the_author_is_told_the_words_that_claim(review, claim):
    found = find_claims(review, context=screening.CONTEXT)
    said = {illness_talk.claim_in(one.sentence, review, one.category) for one in found}
    assert said - {""} == ({claim} if claim else set())


@pytest.mark.parametrize(
    "text",
    [
        "It cur\u0435d my neur\u200bopathy.",
        "c u r e d my a n e m i a",
        "c u r e d m y a n e m i a",
        "it c.u.r.e.d my neuropathy",
        "It c-u-r-e-d my MS",
        "cur3d my n3uropathy",
        "\uff43\uff55\uff52\uff45\uff44 my anemia",
        "c\u03c5red my neur\u03bfpathy",
        "\u1d04\u1d1c\u0280\u1d07\u1d05 my \u1d00\u0274\u1d07\u1d0d\u026a\u1d00",
        "my n\u200bumbness is g\u00adone",
    ],
)
def test_a_disguised_claim_is_a_claim(text):
    assert is_held(text)


@pytest.mark.parametrize(
    "text",
    [
        "me cur\u00f3 la anemia",
        "hat meine An\u00e4mie geheilt",
        "a gu\u00e9ri mon an\u00e9mie",
        "Mi ha guarito l'anemia, non ho pi\u00f9 bisogno di iniezioni",
        "O adesivo curou minha anemia",
    ],
)
def test_the_commonest_claims_in_other_tongues_are_found(text):
    assert is_held(text)


@pytest.mark.parametrize(
    "text",
    [
        "No me cur\u00f3 la anemia",
        "Tengo anemia y el parche se despega",
        "Das Pflaster hat meine An\u00e4mie nicht geheilt",
        "Ich habe Neuropathie und es hilft leider nicht",
        "Le patch n'a pas gu\u00e9ri mon an\u00e9mie",
        "J'ai une neuropathie et le patch colle mieux que l'autre",
        "The aide at the home gives me my injections on a Monday",
    ],
)
def test_telling_of_an_illness_in_another_tongue_is_left_alone(text):
    assert not is_held(text)


def test_nothing_here_is_told_the_stars():
    names = set(inspect.signature(illness_talk.claim_in).parameters)
    assert names == {"sentence", "review", "category"}
    assert "star" not in inspect.getsource(illness_talk).replace("blind to the stars", "")
