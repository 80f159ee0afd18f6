"""The pure steps of the chain."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shop.lib.hash_chain import START, Link, end_faults, faults, seal

FACTS = {"kind": "refund", "cents": -500, "at": datetime(2026, 11, 21, 2, 15, tzinfo=UTC)}


def test_the_hash_is_the_documented_one():
    first = seal(START, {"note": "Zoë"})
    text = (
        f'[["sequence",2],["previous_hash","{first.hash}"],["kind","refund"],["cents",-500],'
        '["at","2026-11-21T02:15:00.000000Z"]]'
    )

    link = seal(first, FACTS)

    assert link == Link(2, first.hash, hashlib.sha256(text.encode()).hexdigest())
    assert first.previous_hash == "0" * 64
    plain = f'[["sequence",1],["previous_hash","{"0" * 64}"],["note","Zoë"]]'
    assert first.hash == hashlib.sha256(plain.encode()).hexdigest()


def test_a_moment_is_the_same_in_every_time_zone():
    new_york = FACTS["at"].astimezone(timezone(timedelta(hours=-5)))

    assert seal(START, {**FACTS, "at": new_york}) == seal(START, FACTS)


def test_what_was_sealed_has_no_faults():
    first = seal(START, FACTS)
    second = seal(first, FACTS)

    assert faults(START, first, FACTS) == faults(first, second, FACTS) == []
    assert first.hash != second.hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": "1"}, {"a": 1}),
        ({"a": "xy", "b": ""}, {"a": "x", "b": "y"}),
        ({"a": 'x","b'}, {"a": "x", "b": ""}),
        ({"a": 1}, {"b": 1}),
    ],
)
def test_different_facts_never_read_the_same(one, other):
    assert seal(START, one).hash != seal(START, other).hash


FIRST = seal(START, FACTS)
SECOND = seal(FIRST, FACTS)
THIRD = seal(SECOND, FACTS)
FOURTH = seal(THIRD, FACTS)


@pytest.mark.parametrize(
    ("before", "link", "found"),
    [
        (FIRST, THIRD, ["number 2 is missing"]),
        (FIRST, FOURTH, ["numbers 2 to 3 are missing"]),
        (THIRD, SECOND, ["number 2 comes after number 3"]),
        (SECOND, SECOND, ["number 2 comes after number 2"]),
        (
            FIRST,
            Link(2, START.hash, SECOND.hash),
            [
                "number 2 does not continue from number 1",
                "number 2 is not what was written: its hash does not fit",
            ],
        ),
        (
            FIRST,
            Link(2, FIRST.hash, THIRD.hash),
            ["number 2 is not what was written: its hash does not fit"],
        ),
        # Sealed anew, and still not the row that the one before was followed by.
        (Link(1, START.hash, "f" * 64), SECOND, ["number 2 does not continue from number 1"]),
    ],
)
def test_a_step_says_what_is_wrong(before, link, found):
    assert faults(before, link, FACTS) == found


@pytest.mark.parametrize(
    ("last", "head", "found"),
    [
        (THIRD, THIRD, []),
        (START, START, []),
        (THIRD, FOURTH, ["number 4 is missing"]),
        (START, FOURTH, ["numbers 1 to 4 are missing"]),
        (FOURTH, THIRD, ["number 3 should be the last, but 4 is"]),
    ],
)
def test_the_end_is_where_the_head_says(last, head, found):
    assert end_faults(last, head) == found
