"""Idempotency keys (facts/stripe.md 6.7)."""

import threading

import pytest
import stripe

from tests.sandbox.conftest import client_of, session_params


def keyed(key):
    return {"idempotency_key": key}


def test_the_same_request_gets_the_first_answer_again(sandbox, api):
    params = session_params()
    first = api.v1.checkout.sessions.create(params, options=keyed("order-1"))
    again = api.v1.checkout.sessions.create(params, options=keyed("order-1"))
    assert again.id == first.id
    headers = again.last_response.headers
    assert headers["Idempotent-Replayed"] == "true"
    assert headers["Original-Request"] == first.last_response.headers["Request-Id"]
    assert headers["Request-Id"] != first.last_response.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(api.v1.checkout.sessions.list().data) == 1


def test_the_replay_is_the_old_answer_not_the_new_state(api):
    params = session_params()
    first = api.v1.checkout.sessions.create(params, options=keyed("order-1"))
    api.v1.checkout.sessions.expire(first.id)
    assert api.v1.checkout.sessions.create(params, options=keyed("order-1")).status == "open"


def test_other_parameters_under_the_same_key_are_refused(api):
    api.v1.checkout.sessions.create(session_params(), options=keyed("order-1"))
    with pytest.raises(stripe.IdempotencyError) as refusal:
        api.v1.checkout.sessions.create(session_params(locale="fr"), options=keyed("order-1"))
    assert refusal.value.http_status == 400
    assert "same parameters they were first used with" in str(refusal.value)
    assert len(api.v1.checkout.sessions.list().data) == 1


def test_a_refusal_in_validation_frees_the_key(api):
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.checkout.sessions.create(session_params(expires_at=5), options=keyed("order-1"))
    assert api.v1.checkout.sessions.create(session_params(), options=keyed("order-1")).id


def test_a_refusal_of_the_business_is_remembered(api, paid):
    full = {"payment_intent": paid.payment_intent}
    too_much = full | {"amount": 99999}
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        api.v1.refunds.create(too_much, options=keyed("refund-1"))
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded") as refusal:
        api.v1.refunds.create(too_much, options=keyed("refund-1"))
    assert refusal.value.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        api.v1.refunds.create(full, options=keyed("refund-1"))


def test_the_same_key_in_flight_is_a_conflict(sandbox, api):
    params = session_params()
    sandbox.control("faults", kind="delay", seconds=0.6, method="POST", path="/v1/checkout")
    made = []
    first = threading.Thread(
        target=lambda: made.append(
            client_of(sandbox).v1.checkout.sessions.create(params, options=keyed("order-1"))
        )
    )
    first.start()
    while sandbox.state()["faults"]:
        pass
    threading.Event().wait(0.2)
    with pytest.raises(stripe.APIError) as refusal:
        api.v1.checkout.sessions.create(params, options=keyed("order-1"))
    assert refusal.value.http_status == 409
    assert refusal.value.error.code == "idempotency_key_in_use"
    first.join()
    assert [session.id for session in api.v1.checkout.sessions.list().data] == [made[0].id]


def test_a_key_is_forgotten_after_a_day(sandbox, api):
    first = api.v1.checkout.sessions.create(session_params(expires_at=None), options=keyed("o"))
    sandbox.control("clock", advance=24 * 3600 + 5)
    second = api.v1.checkout.sessions.create(session_params(expires_at=None), options=keyed("o"))
    assert second.id != first.id


def test_a_lost_answer_is_found_again_by_the_librarys_own_retry(sandbox):
    """The important fault: Stripe did it, and the connection broke before the answer came."""
    sandbox.control("faults", kind="drop_after", method="POST", path="/v1/checkout/sessions")
    session = client_of(sandbox, retries=2).v1.checkout.sessions.create(session_params())
    assert session.last_response.headers["Idempotent-Replayed"] == "true"
    sessions = client_of(sandbox).v1.checkout.sessions.list().data
    assert [one.id for one in sessions] == [session.id]
