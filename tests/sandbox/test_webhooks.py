"""Deliveries: signed over the exact bytes, tried again when refused, steered by the control routes."""

import json
import re
import time

import pytest
import stripe

from tests.sandbox.conftest import SECRET, client_of, session_params
from tests.sandbox.server import fetch, start


def test_a_payment_arrives_signed(sandbox, api, receiver, paid):
    sandbox.wait_for_deliveries()
    assert sorted(receiver.types()) == [
        "charge.succeeded",
        "charge.updated",
        "checkout.session.completed",
        "payment_intent.created",
        "payment_intent.succeeded",
    ]
    completed = next(one for one in receiver.got if one.event.type == "checkout.session.completed")
    assert completed.event.data.object.id == paid.id
    assert completed.event.data.object.payment_status == "paid"
    assert completed.content_type.startswith("application/json")
    assert b": " not in completed.body.split(b'"data"')[0]
    assert json.loads(completed.body)["pending_webhooks"] == 1
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(completed.body + b" ", completed.signature, SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(completed.body, completed.signature, "whsec_other")


@pytest.mark.parametrize("status", [500, 404, 301])
def test_a_refused_delivery_is_tried_again_until_it_arrives(
    sandbox, api, receiver, make_session, status
):
    receiver.statuses = [status, status, 200]
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    assert receiver.types() == ["checkout.session.expired"] * 3
    assert len({delivery.body for delivery in receiver.got}) == 1
    assert api.v1.events.list({"delivery_success": True}).data[0].pending_webhooks == 0
    assert api.v1.events.list({"delivery_success": False}).data == []


def test_a_delivery_is_given_up_in_the_end_and_can_be_found(sandbox, api, receiver, make_session):
    receiver.statuses = [500]
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    (delivery,) = sandbox.state()["deliveries"]
    assert delivery["state"] == "given up"
    assert [one["status_code"] for one in delivery["tries"]] == [500] * 4
    lost = api.v1.events.list({"delivery_success": False}).data
    assert [(event.type, event.pending_webhooks) for event in lost] == [
        ("checkout.session.expired", 1)
    ]
    receiver.statuses = [200]
    answer = sandbox.control(f"deliveries/{delivery['id']}/again")
    assert answer["status_code"] == 200
    assert api.v1.events.list({"delivery_success": False}).data == []
    assert len(receiver.got) == 5


def test_each_try_is_stamped_anew(sandbox, api, receiver, make_session):
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    time.sleep(1.1)
    sandbox.control(f"deliveries/{sandbox.state()['deliveries'][0]['id']}/again")
    first, second = receiver.got
    assert first.body.replace(b'"pending_webhooks":1', b"") == second.body.replace(
        b'"pending_webhooks":0', b""
    )
    assert first.signature != second.signature
    assert second.event.id == first.event.id


def test_nobody_listening_is_a_failure_too(sandbox, api, receiver, make_session):
    receiver.close()
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    (delivery,) = sandbox.state()["deliveries"]
    assert delivery["state"] == "given up"
    assert delivery["tries"][0]["status_code"] is None


def test_deliveries_can_be_held_back_and_run_on_demand(sandbox, api, receiver, make_session):
    sandbox.control("deliveries/pause")
    session = make_session()
    sandbox.pay(session.url)
    time.sleep(0.7)
    assert receiver.got == []
    assert sandbox.state()["paused"] is True
    assert sandbox.control("deliveries/run")["result"] == 5
    assert receiver.types()[0] == "payment_intent.created"
    api.v1.refunds.create({"payment_intent": api.v1.payment_intents.list().data[0].id})
    sandbox.control("deliveries/resume")
    sandbox.wait_for_deliveries()
    assert len(receiver.got) == 8


def test_during_a_roll_both_secrets_sign(sandbox, api, receiver, make_session):
    sandbox.control("webhook", url=receiver.url, secret=["whsec_new", SECRET])
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    (delivery,) = receiver.got
    assert delivery.signature.count("v1=") == 2
    for secret in ("whsec_new", SECRET):
        assert stripe.Webhook.construct_event(delivery.body, delivery.signature, secret).id


def test_an_endpoint_gets_only_the_types_that_it_asked_for(sandbox, api, receiver, make_session):
    sandbox.control(
        "webhook", url=receiver.url, secret=SECRET, event=["checkout.session.completed"]
    )
    sandbox.pay(make_session().url)
    sandbox.wait_for_deliveries()
    assert receiver.types() == ["checkout.session.completed"]
    assert len(api.v1.events.list().data) == 5


def test_what_was_not_delivered_survives_a_restart(tmp_path, receiver):
    quiet = {"SANDBOX_RETRY_SECONDS": "60"}
    first = start("http://127.0.0.1:1/", SECRET, tmp_path, **quiet)
    try:
        first.control("deliveries/pause")
        api = client_of(first)
        api.v1.checkout.sessions.expire(api.v1.checkout.sessions.create(session_params()).id)
    finally:
        first.kill()
    port = first.url.rpartition(":")[2]
    again = start(receiver.url, SECRET, tmp_path, SANDBOX_PORT=port, **quiet)
    try:
        again.control("deliveries/resume")
        again.wait_for_deliveries()
        assert receiver.types() == ["checkout.session.expired"]
    finally:
        again.stop()


def test_the_control_page_shows_sessions_and_deliveries(sandbox, receiver, paid):
    sandbox.wait_for_deliveries()
    page = fetch(sandbox.url + "/", None, Accept="text/html")
    for text in ("Simulation.", "B12-7KQ4", "checkout.session.completed", "HTTP 200", "Send again"):
        assert text in page.html
    number = sandbox.state()["deliveries"][0]["id"]
    sent = fetch(
        f"{sandbox.url}/_control/deliveries/{number}/again", {"": ""}, Accept="text/html,*/*"
    )
    assert (sent.status, sent.location) == (303, sandbox.url + "/")
    assert len(receiver.got) == 6


def test_the_control_page_says_what_forgetting_does_and_each_fault_in_words(sandbox):
    html = fetch(sandbox.url + "/", None, Accept="text/html").html
    assert "`" not in html
    before, _, last = html.partition('<section class="strip danger"')
    assert "/_control/reset" not in before
    assert "/_control/reset" in last
    assert "An order that waits for payment leads to a page that is gone" in last
    for hint in re.findall(r'aria-describedby="([^"]+)"', html):
        assert f'id="{hint}"' in html


def test_the_control_page_says_which_modes_are_on(sandbox):
    def page():
        html = fetch(sandbox.url + "/", None, Accept="text/html").html
        return " ".join(re.sub(r"<[^>]+>", " ", html).split())

    assert "off Shuffle" in page()
    assert "off Deliver before the buyer returns" in page()
    assert "It shows the real time." in page()

    sandbox.queue(shuffle=1)
    sandbox.control("clock", advance=90_000)

    assert "on Shuffle" in page()
    assert "off Deliver before the buyer returns" in page()
    assert "1 day, 1:00:00 ahead" in page()
    sandbox.control("clock", reset=1)
    sandbox.control("clock", advance=-60)
    assert "0:01:00 behind" in page()


@pytest.mark.parametrize("typed", ["", "two", "-1", "1.5", "9" * 400])
def test_a_number_that_is_none_is_told_beside_its_field(sandbox, typed):
    sandbox.queue(lose_next=3)
    form = {"lose_next": typed, "duplicate_every": "7"}
    page = fetch(f"{sandbox.url}/_control/queue", form, Accept="text/html,*/*")
    assert page.status == 400
    assert "<title>Error: Stripe sandbox" in page.html
    (field,) = re.findall(r'<input id="lose_next"[^>]*>', page.html)
    assert f'value="{typed}"' in field
    assert 'aria-invalid="true" aria-describedby="lose_next-error lose_next-hint"' in field
    (words,) = re.findall(r'id="lose_next-error">(?:<[^>]+>!</span>)? *([^<]+)<', page.html)
    assert words == "Enter a whole number from 0 to 1000000."
    (other,) = re.findall(r'<input id="duplicate_every"[^>]*>', page.html)
    assert 'value="7"' in other
    assert "aria-invalid" not in other
    queue = sandbox.state()["queue"]
    assert (queue["lose_next"], queue["duplicate_every"]) == (3, 0)
    told = fetch(f"{sandbox.url}/_control/queue", form)
    assert (told.status, json.loads(told.html)["ok"]) == (400, False)
