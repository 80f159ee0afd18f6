"""No chain, no loop, whatever is put in whatever order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redirects.addresses import Target
from redirects.pointers import GONE, Kind, Pointer, Pointers, RedirectLoop

FOR_GOOD, FOR_A_WHILE = Kind.PERMANENT, Kind.TEMPORARY


def to(key, kind=FOR_GOOD):
    return Pointer(Target(f"{key}/", key), kind)


def ways(pointers):
    return {old: (pointer.target.key, pointer.kind) for old, pointer in pointers.by_old.items()}


def test_what_led_to_the_old_address_is_led_on():
    pointers = Pointers({"/a": to("/b")})

    assert pointers.put("/b", to("/c")) == {"/a", "/b"}
    assert ways(pointers) == {"/a": ("/c", FOR_GOOD), "/b": ("/c", FOR_GOOD)}


def test_a_new_redirect_leads_to_the_end_at_once():
    pointers = Pointers({"/b": to("/c")})

    assert pointers.put("/a", to("/b")) == {"/a"}
    assert ways(pointers)["/a"] == ("/c", FOR_GOOD)


@pytest.mark.parametrize("first", [True, False])
def test_a_way_with_one_part_for_a_while_is_for_a_while(first):
    pointers = Pointers({})
    steps = [("/a", to("/b")), ("/b", to("/c", FOR_A_WHILE))]
    for old, pointer in steps if first else reversed(steps):
        pointers.put(old, pointer)

    assert ways(pointers)["/a"] == ("/c", FOR_A_WHILE)


def test_what_leads_to_a_page_that_is_gone_waits_for_it():
    pointers = Pointers({"/a": to("/b")})

    assert pointers.put("/b", GONE) == {"/b"}
    assert pointers.put("/c", to("/b")) == {"/c"}
    assert ways(pointers)["/a"] == ways(pointers)["/c"] == ("/b", FOR_GOOD)


def test_the_same_again_changes_nothing():
    pointers = Pointers({"/a": to("/b")})

    assert pointers.put("/a", to("/b")) == set()


@pytest.mark.parametrize(
    ("known", "old", "new"),
    [
        ({}, "/a", "/a"),
        ({"/b": "/a"}, "/a", "/b"),
        ({"/b": "/c", "/c": "/a"}, "/a", "/b"),
        ({"/b": "/c", "/c": "/b"}, "/a", "/b"),
    ],
)
def test_a_loop_is_refused_and_changes_nothing(known, old, new):
    pointers = Pointers({one: to(other) for one, other in known.items()})
    before = ways(pointers)

    with pytest.raises(RedirectLoop):
        pointers.put(old, to(new))
    assert ways(pointers) == before


KEYS = st.sampled_from(["/a", "/b", "/c", "/d", "/e"])
STEPS = st.lists(st.tuples(KEYS, KEYS, st.sampled_from(Kind)), max_size=12)


@settings(deadline=None)
@given(STEPS)
def test_no_order_of_changes_leaves_a_chain_or_a_loop(steps):
    pointers = Pointers({})
    for old, new, kind in steps:
        try:
            pointers.put(old, GONE if kind == Kind.GONE else to(new, kind))
        except RedirectLoop:
            continue

    for old, pointer in pointers.by_old.items():
        following = pointers.by_old.get(pointer.target.key)
        assert pointer.target.key != old
        assert following is None or following.kind == Kind.GONE
