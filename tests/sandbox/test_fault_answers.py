"""What a fault answers, as the library sees it; what an idempotency key remembers of it."""

import pytest
import stripe

from tests.sandbox.conftest import client_of, session_params


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ({"kind": "error", "status": 401}, stripe.AuthenticationError, None),
        ({"kind": "error", "status": 403}, stripe.PermissionError, None),
        ({"kind": "error", "status": 409}, stripe.APIError, "idempotency_key_in_use"),
        ({"kind": "error", "status": 429}, stripe.RateLimitError, "rate_limit"),
        (
            {"kind": "error", "status": 429, "code": "lock_timeout"},
            stripe.RateLimitError,
            "lock_timeout",
        ),
        ({"kind": "error", "status": 503}, stripe.APIError, None),
        ({"kind": "html", "status": 200}, stripe.APIError, None),
        ({"kind": "html"}, stripe.APIError, None),
        ({"kind": "empty"}, stripe.APIError, None),
    ],
)
def test_each_fault_has_its_error(sandbox, api, fault, error, code):
    sandbox.control("faults", **fault)
    with pytest.raises(error) as refusal:
        api.v1.checkout.sessions.create(session_params(), options={"idempotency_key": "k"})
    assert (refusal.value.error.code if code else None) == code
    assert api.v1.checkout.sessions.list().data == []
    assert (
        api.v1.checkout.sessions.create(
            session_params(), options={"idempotency_key": "k"}
        ).last_response.headers.get("Idempotent-Replayed")
        is None
    )


@pytest.mark.parametrize(("hint", "made"), [("false", 0), ("true", 1), ("", 1)])
def test_the_library_obeys_the_hint_to_retry(sandbox, hint, made):
    sandbox.control("faults", kind="error", status=500, method="POST", should_retry=hint)
    client = client_of(sandbox, retries=1)
    if made:
        client.v1.checkout.sessions.create(session_params())
    else:
        with pytest.raises(stripe.APIError):
            client.v1.checkout.sessions.create(session_params())
    assert len(client.v1.checkout.sessions.list().data) == made


@pytest.mark.parametrize(("status", "replays"), [(500, "500"), (503, "200")])
def test_a_broken_answer_after_the_work_is_what_the_key_remembers(sandbox, api, status, replays):
    """Stripe stores its own 500; a gateway's 503 in front of it stores the true answer."""
    params = session_params()
    key = {"idempotency_key": "order-1"}
    sandbox.control("faults", kind="error_after", status=status, method="POST")
    with pytest.raises(stripe.APIError):
        api.v1.checkout.sessions.create(params, options=key)
    if replays == "500":
        with pytest.raises(stripe.APIError) as again:
            api.v1.checkout.sessions.create(params, options=key)
        headers = again.value.headers
    else:
        headers = api.v1.checkout.sessions.create(params, options=key).last_response.headers
    assert headers["Idempotent-Replayed"] == "true"
    assert len(api.v1.checkout.sessions.list().data) == 1


def test_keys_belong_to_an_account(sandbox, api):
    params = session_params()
    key = {"idempotency_key": "order-1"}
    first = api.v1.checkout.sessions.create(params, options=key)
    same = client_of(sandbox, "rk_test_sandbox").v1.checkout.sessions.create(params, options=key)
    other = client_of(sandbox, "sk_test_other").v1.checkout.sessions.create(params, options=key)
    assert (same.id == first.id, other.id == first.id) == (True, False)


def test_a_wrong_key_leaves_no_trace(sandbox, api):
    key = {"idempotency_key": "order-1"}
    with pytest.raises(stripe.AuthenticationError):
        client_of(sandbox, "sk_live_sandbox").v1.checkout.sessions.create(
            session_params(), options=key
        )
    made = api.v1.checkout.sessions.create(session_params(), options=key)
    assert "Idempotent-Replayed" not in made.last_response.headers


def test_a_decline_is_remembered_under_its_key(api):
    params = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_chargeDeclined"}
    for replayed in (None, "true"):
        with pytest.raises(stripe.CardError) as refusal:
            api.v1.payment_intents.create(
                params | {"confirm": True}, options={"idempotency_key": "pay-1"}
            )
        assert refusal.value.headers.get("Idempotent-Replayed") == replayed
    assert len(api.v1.charges.list().data) == 1
