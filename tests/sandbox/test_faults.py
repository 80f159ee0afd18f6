"""Trouble on demand."""

import pytest
import stripe

from tests.sandbox.conftest import client_of, session_params
from tests.sandbox.server import fetch


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "error"}, stripe.APIError),
        ({"kind": "error", "status": 429}, stripe.RateLimitError),
        ({"kind": "html"}, stripe.APIError),
        ({"kind": "drop"}, stripe.APIConnectionError),
    ],
)
def test_a_fault_before_the_work_leaves_nothing_done(sandbox, api, fault, error):
    sandbox.control("faults", **fault)
    with pytest.raises(error):
        api.v1.checkout.sessions.create(session_params())
    assert api.v1.checkout.sessions.list().data == []


@pytest.mark.parametrize(
    ("kind", "error"), [("error_after", stripe.APIError), ("drop_after", stripe.APIConnectionError)]
)
def test_a_fault_after_the_work_hides_what_was_done(sandbox, api, kind, error):
    sandbox.control("faults", kind=kind, method="POST")
    with pytest.raises(error):
        api.v1.checkout.sessions.create(session_params())
    assert len(api.v1.checkout.sessions.list().data) == 1


def test_faults_are_counted_and_meet_only_what_matches(sandbox, api):
    sandbox.control("faults", kind="error", path="/v1/refunds", count=2)
    assert api.v1.events.list().data == []
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            api.v1.refunds.list()
    assert api.v1.refunds.list().data == []


def test_faults_can_be_cleared(sandbox):
    sandbox.control("faults", kind="error", count=5)
    sandbox.control("faults/clear")
    assert client_of(sandbox).v1.refunds.list().data == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "fire"},
        {"count": "x"},
        {"count": "0"},
        {"status": "99"},
        {"status": "9999"},
        {"seconds": "-1"},
        {"seconds": "nan"},
    ],
)
def test_faults_that_cannot_be_are_refused(sandbox, wrong):
    assert fetch(f"{sandbox.url}/_control/faults", {"kind": "error"} | wrong).status == 400
    assert sandbox.state()["faults"] == []


def test_an_armed_fault_says_what_it_will_do(sandbox):
    sandbox.control("faults", kind="delay", seconds=1.5, method="GET", path="/v1/refunds")
    sandbox.control("faults", kind="html")
    assert sandbox.state()["faults"] == ["delay 1.5 s GET /v1/refunds ×1", "html 502 ×1"]
