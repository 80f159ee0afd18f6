"""Every endpoint that the sandbox serves, and every event it sends, against the library's own types.

An endpoint or an event that nobody walks over fails a test here: tests/sandbox/walk.py wants it too.
"""

import ast
from pathlib import Path

import pytest

import stripe_sandbox
from stripe_sandbox.contract.kinds import Words, options_of
from stripe_sandbox.contract.responses import object_kind, problems_in, require
from tests.sandbox.walk import OF_THE_PAGE, Walk, events_of, everything, library


@pytest.fixture(scope="module")
def walk(sandbox_process):
    """The sandbox, empty, and once walked over."""
    sandbox_process.control("webhook", url="")
    sandbox_process.control("reset")
    walk = Walk(sandbox_process)
    everything(walk)
    return walk


def known_event_types():
    kind = object_kind("event").fields["type"].kind
    return {word for one in options_of(kind) if isinstance(one, Words) for word in one.allowed}


def event_types_in_the_code():
    """Each word of the sandbox's own source that is the name of one of Stripe's events."""
    folder, types = Path(stripe_sandbox.__path__[0]), known_event_types()
    return {
        node.value
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in types
    }


def test_every_endpoint_answers_within_the_contract(walk):
    assert sorted(set(walk.served) - walk.walked) == [], "walk.py does not walk over these"


def test_every_endpoint_is_one_of_stripes(walk):
    strange = set(walk.served) - library().keys()
    assert strange == {f"GET {OF_THE_PAGE}", f"POST {OF_THE_PAGE}/confirm"}


def test_every_endpoint_refuses_what_its_types_do_not_know(walk):
    for name in walk.served:
        method, _, path = name.partition(" ")
        status, body = walk.ask(method, path.replace("{", "").replace("}", ""), {"color": "red"})
        assert (status, body["error"].get("code")) == (400, "parameter_unknown"), (name, body)
        assert body["error"]["param"] == "color"


def test_every_event_of_the_code_is_sent_and_no_other(walk):
    sent = {event["type"] for event in events_of(walk)}
    assert sorted(event_types_in_the_code() ^ sent) == [], "walk.py does not bring these about"
    assert len(sent) > 40


def test_every_event_and_what_it_carries_fits_its_type(walk):
    for event in events_of(walk):
        thing = event["data"]["object"]
        kind = object_kind(thing["object"])
        require(event, object_kind("event"), event["type"])
        require(thing, kind, event["type"])
        for name, before in event["data"].get("previous_attributes", {}).items():
            assert name in kind.fields, (event["type"], name)
            # Of a changed object within, only what has changed is told.
            wrong = [
                one
                for one in problems_in(before, kind.fields[name].kind)
                if ": missing in " not in one
            ]
            assert wrong == [], (event["type"], name)
