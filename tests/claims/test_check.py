"""How well the check tells claims from their near misses, and what every caller may rely on."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.check import CATEGORIES, CONTEXTS, RULES_VERSION, find_claims
from tests.claims.measuring import failing, load

GIVEN, OWN = load("given_cases.json"), load("own_cases.json")
ROUNDS = [
    case
    for which in (
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    )
    for case in load(f"{which}_round_cases.json")
]
# Written by four people who never saw the check. Tuned on since: a guard against going back, no measure of the unseen.
JUDGES = [
    case
    for which in ("first", "second", "third", "fourth")
    for case in load(f"{which}_judge_cases.json")
]
PROSE = load("prose.json")
CLAIMS = Path(__file__).resolve().parents[2] / "claims"


@pytest.mark.parametrize(
    ("cases", "recall", "false_flags"),
    [(GIVEN, 1, 0), (OWN, 0.95, 0.05), (ROUNDS, 0.95, 0.05), (JUDGES, 0.99, 0.01)],
    ids=["given", "own", "later rounds", "judges"],
)
def test_the_check_finds_claims_and_leaves_near_misses_alone(cases, recall, false_flags):
    missed, flagged = failing(cases)
    claims = [case for case in cases if case.category]

    assert len(missed) / len(claims) <= 1 - recall, "\n".join(missed)
    assert len(flagged) / (len(cases) - len(claims)) <= false_flags, "\n".join(flagged)


def test_plain_prose_about_b12_is_left_alone():
    assert failing(PROSE) == ([], [])
    assert len(PROSE) == 350


def test_own_cases_cover_every_category_with_ten_of_each_kind():
    for category in CATEGORIES:
        about = [case for case in OWN if case.about == category]
        assert len([case for case in about if case.category]) >= 10, category
        assert len([case for case in about if not case.category]) >= 9, category


def test_there_are_sixteen_categories_each_described():
    assert len(CATEGORIES) == 16
    assert all(CATEGORIES.values())
    assert CONTEXTS == ("patch", "ingest", "blog", "faq", "affiliate", "blog_page")
    assert len(RULES_VERSION) == 16


def test_an_unknown_context_is_refused():
    with pytest.raises(ValueError, match="Unknown context 'shop'"):
        find_claims("Cures MS.", context="shop")


def test_findings_point_into_the_original_text():
    text = "  Hello &amp; welcome.\u00a0Our p\u200bаtch \u2018c\u0443res\u2019 your an\u00e6mia\u2026 today"
    [finding] = [found for found in find_claims(text, context="patch") if found.category == "cure"]

    assert text[finding.start : finding.end] == finding.excerpt
    assert "c\u0443res" in finding.excerpt
    assert finding.suggestion.startswith("Drop the promise")


@pytest.mark.parametrize(
    "text",
    [
        "C.U.R.E. your anemia.",
        "cur3 your anemia",
        "Cure your an\u00e6mia.",
        "C\u0443re your anemia.",
        "\u0421ure your anemia.",
        "cu\u00adre your ane\u200bmia",
        "&#67;ure your anemia",
        "C-U-R-E your anemia",
        "\uff23\uff35\uff32\uff25 your anemia",
        "cure your anaemia",
        "#CureYourAnemia",
        "cuuuure your anemia!!!",
        "cure&nbsp;your anemia",
        "\u201ccure your anemia\u201d",
        "Coupon CUREANEMIA20",
        "cure-your-anemia",
    ],
)
def test_a_disguised_claim_is_found(text):
    assert "cure" in {finding.category for finding in find_claims(text, context="patch")}


def test_the_same_text_gives_the_same_findings_whatever_order_sets_have():
    text = " ".join(case.text for case in GIVEN)
    code = f"from claims.check import find_claims; print(find_claims({text!r}, context='blog'))"

    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=CLAIMS.parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert said[0] == said[1] == f"{find_claims(text, context='blog')}\n"


def test_findings_come_in_the_order_of_the_text_and_none_of_a_category_overlap():
    text = " ".join(case.text for case in GIVEN if case.category)
    found = find_claims(text, context="patch")

    assert [finding.start for finding in found] == sorted(finding.start for finding in found)
    pairs = [
        (one, other)
        for one in found
        for other in found
        if one is not other and one.category == other.category
    ]
    assert not any(one.start < other.end and other.start < one.end for one, other in pairs)


def test_the_check_knows_nothing_of_django_and_of_the_network():
    modules = [
        "check",
        "normalize",
        "notices",
        "plain_text",
        "sentences",
        "spelling",
        "units",
        "rules/__init__",
        "rules/patterns",
        "words/__init__",
    ]
    imported = set()
    for module in modules:
        for node in ast.walk(ast.parse((CLAIMS / f"{module}.py").read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])

    assert imported <= {
        "bisect",
        "claims",
        "collections",
        "dataclasses",
        "functools",
        "hashlib",
        "html",
        "itertools",
        "pathlib",
        "re",
        "tomllib",
        "typing",
        "unicodedata",
    }


@given(st.text(max_size=300), st.sampled_from(CONTEXTS))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_the_check_fail(text, context):
    for finding in find_claims(text, context=context):
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end] == finding.excerpt
        assert finding.excerpt in finding.sentence


@given(
    st.lists(
        st.sampled_from(
            [
                "cures",
                "MS",
                "?",
                "No",
                "our",
                "patch",
                "\u200b",
                "&amp;",
                "not",
                "n\u043et",
                "C.U.R.E",
                "[1]",
                "\u00e9",
                "#ad",
                ".",
                "\n",
            ]
        ),
        max_size=40,
    )
)
@settings(max_examples=80, deadline=None)
def test_no_row_of_telling_words_makes_the_check_fail(pieces):
    text = " ".join(pieces)
    for finding in find_claims(text, context="affiliate"):
        assert text[finding.start : finding.end] == finding.excerpt
        assert finding.excerpt in finding.sentence


@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        "not ",
        "treats MS ",
        "?",
        "(((",
        "[1",
        "-",
        "b 1 2 ",
        "&amp",
        "c.u.r.e.",
        "AAAA",
        "CUREms",
        "study 2019 ",
        "Abc and ",
        "\u200b",
        "how how ",
    ],
)
def test_twenty_thousand_hostile_characters_come_back(piece):
    text = piece * (20_000 // len(piece))

    assert isinstance(find_claims(text, context="blog"), list)
