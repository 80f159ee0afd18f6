"""How many statements about an illness hold a review, and how many innocent sentences do, by sets of sentences.

Each set tells when it was written and what was measured before anybody had looked at it: only that number says how
the rules do on words nobody has seen. What is wrong today is listed by name, so nothing changes in silence.
"""

import json
import time
from pathlib import Path

import pytest

from claims.desk import all_findings
from reviews import screening

HERE = Path(__file__).parent
SETS = json.loads((HERE / "illness_sets.json").read_text(encoding="utf-8"))
MOST_FALSE_HOLDS = 0.03
LEAST_HELD = {"never tuned on": 0.8}


def is_held(text):
    words = screening.Words("", text, "Ann")
    found = all_findings(screening.texts_of(words, None))
    return any(screening.holds(one, words) for one in found)


@pytest.fixture(params=SETS, ids=[one["name"] for one in SETS])
def sentences(request):
    return request.param


def test_what_is_missed_is_known_by_name(sentences):
    missed = [text for text in sentences["held"] if not is_held(text)]

    assert missed == sentences["known_misses"]
    share = 1 - len(missed) / len(sentences["held"])
    assert round(share, 3) >= LEAST_HELD.get(sentences["name"], 0.95)


def test_what_is_held_for_nothing_is_known_by_name(sentences):
    held = [text for text in sentences["shown"] if is_held(text)]

    assert held == sentences["known_false_holds"]
    assert len(held) / len(sentences["shown"]) <= MOST_FALSE_HOLDS


@pytest.mark.parametrize(
    ("table", "claims"),
    [
        ("reaction", []),
        ("no_effect", []),
        ("not_no_effect", []),
        # Of troubles that somebody is rid of, an illness says more than that the skin is fine.
        (
            "no_reaction",
            ["No more headaches!", "My headaches are gone.", "Fewer headaches this month."],
        ),
    ],
)
def test_reports_of_a_reaction_or_of_no_effect_are_held_for_nothing(table, claims):
    lines = (HERE / "wording_cases" / f"{table}.txt").read_text(encoding="utf-8").splitlines()

    assert len(lines) >= 100
    assert [line for line in lines if line and is_held(line)] == claims


def test_the_sets_are_large_and_share_nothing():
    first = SETS[0]
    assert (len(first["held"]), len(first["shown"])) == (60, 90)
    texts = [text for one in SETS for text in one["held"] + one["shown"]]
    assert len(texts) == len(set(texts)) >= 800


def test_a_whole_review_is_read_in_milliseconds():
    reviews = [" ".join(one["shown"][:12]) for one in SETS]
    is_held(reviews[0])  # the lists are loaded once
    started = time.process_time()
    for review in reviews[1:]:
        is_held(review)
    each = (time.process_time() - started) / len(reviews[1:])

    assert each < 0.3, f"{each * 1000:.0f} ms"  # 20 to 40 ms on a machine with nothing else to do
