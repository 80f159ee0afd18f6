"""The process itself: keys, headers, refusals, loopback only, quick to start and to stop."""

import base64
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from urllib.request import Request, urlopen

import pytest
import stripe

from tests.sandbox.conftest import client_of, session_params
from tests.sandbox.server import REPOSITORY, fetch, start


@pytest.mark.parametrize("key", ["sk_test_sandbox", "rk_test_51Habc"])
def test_secret_and_restricted_test_keys_are_taken(sandbox, key):
    assert client_of(sandbox, key).v1.refunds.list().data == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("sk_live_51HabcdefghijklmnopqrstuvWXYZ", "takes only test keys"),
        ("rk_live_51Habc", "takes only test keys"),
        ("pk_test_51Habc", "publishable API key"),
        ("nonsense", "Invalid API Key provided"),
    ],
)
def test_other_keys_are_refused_and_not_repeated(sandbox, key, words):
    with pytest.raises(stripe.AuthenticationError) as refusal:
        client_of(sandbox, key).v1.refunds.list()
    assert refusal.value.http_status == 401
    assert words in str(refusal.value)
    assert key not in str(refusal.value)


def test_without_a_key_stripe_explains_how_to_send_one(sandbox):
    page = fetch(f"{sandbox.url}/v1/refunds")
    assert page.status == 401
    assert "You did not provide an API key" in page.html


def test_basic_authentication_works_as_in_stripes_examples(sandbox):
    basic = base64.b64encode(b"sk_test_x:").decode()
    assert fetch(f"{sandbox.url}/v1/refunds", Authorization=f"Basic {basic}").status == 200


def test_answers_carry_stripes_headers(sandbox, api):
    answer = api.v1.refunds.list()
    headers = answer.last_response.headers
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == stripe.api_version
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v1/nonsense", "Unrecognized request URL (GET: /v1/nonsense)"),
        ("/v1/payouts", "stripe_sandbox does not serve GET /v1/payouts; Stripe does."),
    ],
)
def test_unknown_addresses_are_named(sandbox, path, words):
    page = fetch(sandbox.url + path, Authorization="Bearer sk_test_x")
    assert page.status == 404
    assert words in page.html


def test_json_bodies_are_refused(sandbox):
    request = Request(
        f"{sandbox.url}/v1/refunds",
        data=b"{}",
        headers={"Authorization": "Bearer sk_test_x", "Content-Type": "application/json"},
    )
    with pytest.raises(Exception, match="400") as refusal:
        urlopen(request, timeout=20)
    refusal.value.close()


def test_a_foreign_host_name_is_refused(sandbox):
    assert fetch(f"{sandbox.url}/healthz", Host="evil.example").status == 400


def test_pages_carry_a_strict_policy_that_lets_the_buyer_back(sandbox, make_session):
    with urlopen(make_session().url, timeout=20) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8000" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("strict", "status"), [("1", 500), ("0", 200)])
def test_a_body_that_breaks_the_contract_is_not_sent(tmp_path, strict, status):
    server = start(tmp_path=tmp_path, SANDBOX_STRICT=strict)
    try:
        session = client_of(server).v1.checkout.sessions.create(session_params())
        with closing(sqlite3.connect(server.database)) as database, database:
            database.execute(
                "UPDATE stripe_sandbox_storedobject SET body = json_set(body, '$.colour', 'blue')"
                " WHERE stripe_id = ?",
                [session.id],
            )
        page = fetch(
            f"{server.url}/v1/checkout/sessions/{session.id}", Authorization="Bearer sk_test_x"
        )
        assert page.status == status
        assert "colour: not a field of Session" in server.log.read_text()
    finally:
        server.stop()


def test_it_starts_and_stops_quickly(tmp_path):
    started = time.monotonic()
    server = start(tmp_path=tmp_path)
    took = time.monotonic() - started
    client_of(server).v1.checkout.sessions.create(session_params())
    assert server.stop() < 2.5
    assert took < 8  # about one second when nothing else runs
    assert "Traceback" not in server.log.read_text()


def test_it_refuses_to_listen_to_the_outside(tmp_path):
    outside = {"SANDBOX_HOST": "0.0.0.0", "SANDBOX_DATABASE": str(tmp_path / "x.sqlite3")}
    done = subprocess.run(
        [sys.executable, "-m", "stripe_sandbox"],
        cwd=REPOSITORY,
        env=os.environ | outside,
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert b"loopback only" in done.stderr
    assert not (tmp_path / "x.sqlite3").exists()
