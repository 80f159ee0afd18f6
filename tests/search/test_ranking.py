"""What stands first."""

from datetime import timedelta

import pytest

from search.models import Kind
from tests.factories import NOON
from tests.search.documents import document, fill, find, paths

pytestmark = pytest.mark.django_db


def test_title_before_keywords_before_summary_before_body():
    fill(
        [
            document("in-body", "One", body="absorption " * 50),
            document("in-summary", "Two", summary="On absorption."),
            document("in-keywords", "Three", keywords="absorption"),
            document("in-title", "Four steps of absorption in the body and beyond"),
        ]
    )

    assert paths("absorption") == ["/in-title/", "/in-keywords/", "/in-summary/", "/in-body/"]


def test_phrase_before_all_words_before_some_words():
    fill(
        [
            document(
                "one-word", "Pernicious pernicious", summary="pernicious", keywords="pernicious"
            ),
            document("all-words", "Anemia, pernicious or not", summary="anemia pernicious"),
            document("phrase", "Causes", body="One cause is pernicious anemia, and rare."),
        ]
    )

    assert paths("pernicious anaemia") == ["/phrase/", "/all-words/", "/one-word/"]


def test_words_that_only_join_others_make_no_phrase():
    fill(
        [
            document("both", "Tablets, injections, patches"),
            document("joined", "Bones", body="Neither tablets or injections helped."),
        ]
    )

    assert paths("tablets or injections") == ["/both/", "/joined/"]


def test_phrase_does_not_reach_from_the_title_into_the_text():
    fill([document("apart", "Low iron", body="stores fill slowly"), document("x", "Iron stores")])

    assert paths("iron stores") == ["/x/", "/apart/"]


def test_a_rare_word_counts_more_than_one_that_stands_everywhere():
    common = [document(f"common-{number}", "Vitamin") for number in range(20)]
    fill([*common, document("rare", "Homocysteine")])

    assert paths("vitamin homocysteine")[0] == "/rare/"


def test_boost_decides_between_equals():
    fill([document("less", "Bone", boost_percent=80), document("more", "Bone", boost_percent=120)])

    assert paths("bone") == ["/more/", "/less/"]


def test_what_is_scheduled_or_over_is_not_found_until_its_time():
    hour = timedelta(hours=1)
    fill(
        [
            document("soon", "Nerve", visible_from=NOON + hour),
            document("over", "Nerve", visible_until=NOON),
            document("now", "Nerve", visible_from=NOON, visible_until=NOON + hour),
        ]
    )

    assert paths("nerve") == ["/now/"]
    assert paths("nerve", now=NOON + hour) == ["/soon/"]


def test_hidden_documents_leave_room_for_a_visible_one():
    hidden = [
        document(f"hidden-{number}", "Nerve", boost_percent=200, visible_until=NOON)
        for number in range(120)
    ]
    fill([document("seen", "Of the nerve"), *hidden])

    assert paths("nerve") == ["/seen/"]


def test_words_that_only_ask_do_not_count_beside_others():
    fill([document("what", "What is the what of it"), document("bone", "Bone")])

    assert paths("what is the bone") == ["/bone/"]
    assert paths("what is it") == ["/what/"]


def test_one_kind_can_be_shown_alone_however_many_others_there_are():
    fill([document(f"post-{number}", "Patch") for number in range(150)])
    fill([document("product", "A patch among many words")], Kind.PRODUCT)

    assert paths("patch", kind=Kind.PRODUCT) == ["/product/"]
    assert "/product/" not in paths("patch", kind=Kind.POST)


def test_at_most_a_hundred_results_are_shown_and_more_are_not_counted():
    fill([document(f"post-{number}", "Patch") for number in range(130)])

    found = find("patch", page=10)
    assert (found.count, found.has_more, len(found.results), found.page) == (100, True, 10, 10)
    assert find("patch", page=99).page == 10


def test_pages_follow_each_other_without_repeating():
    fill([document(f"post-{number}", "Patch test") for number in range(25)])

    seen = [path for page in (1, 2, 3) for path in paths("patch test", page=page)]
    assert len(seen) == len(set(seen)) == 25


@pytest.mark.parametrize("typed", ["B12", "B-12", "b 12", "vitamin b 12", "VITAMIN B₁₂"])
def test_every_way_to_type_b12_finds_the_same(typed):
    fill([document("a", "Vitamin B12"), document("b", "What vitamin B-12 does")])

    assert paths(typed) == ["/a/", "/b/"]
