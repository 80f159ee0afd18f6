"""Deliveries steered one by one and in bulk; webhook endpoints over the API; lists by delivery."""

import time

import pytest
import stripe

from tests.sandbox.conftest import SECRET
from tests.sandbox.server import fetch


@pytest.fixture
def expired(sandbox, api, receiver, make_session):
    """One delivery (of checkout.session.expired) that waits in a paused queue."""
    sandbox.control("deliveries/pause")
    api.v1.checkout.sessions.expire(make_session().id)
    (delivery,) = sandbox.state()["deliveries"]
    return delivery["id"]


def undelivered(api):
    return [one.type for one in api.v1.events.list({"delivery_success": False}).data]


def test_a_lost_delivery_never_comes_but_its_event_is_listed(sandbox, api, receiver, expired):
    sandbox.control(f"deliveries/{expired}/lose")
    assert sandbox.control("deliveries/run")["result"] == 0
    assert (receiver.got, undelivered(api)) == ([], ["checkout.session.expired"])
    assert api.v1.events.list({"delivery_success": True}).data == []
    assert sandbox.control(f"deliveries/{expired}/again")["status_code"] == 200
    assert undelivered(api) == []


def test_the_next_deliveries_can_be_lost(sandbox, api, receiver, make_session):
    sandbox.lose_next_deliveries(2)
    sandbox.pay(make_session().url)
    sandbox.wait_for_deliveries()
    assert undelivered(api) == ["charge.succeeded", "payment_intent.created"]
    assert len(receiver.got) == 3
    assert sandbox.state()["queue"]["lose_next"] == 0


def test_a_delayed_delivery_waits_for_the_clock(sandbox, receiver, expired):
    sandbox.control(f"deliveries/{expired}/delay", seconds=600)
    sandbox.control("deliveries/resume")
    time.sleep(0.1)
    assert receiver.got == []
    sandbox.control("clock", advance=601)
    sandbox.wait_for_deliveries()
    assert receiver.types() == ["checkout.session.expired"]


def test_duplicates_come_with_the_same_id_or_another(sandbox, api, receiver, expired):
    sandbox.control(f"deliveries/{expired}/duplicate")
    other = sandbox.control(f"deliveries/{expired}/duplicate_as_new")["event"]
    assert sandbox.control("deliveries/run")["result"] == 3
    ids = [delivery.event.id for delivery in receiver.got]
    assert (ids[0], ids[2]) == (ids[1], other)
    assert other != ids[0]
    assert api.v1.events.retrieve(other).data.object.id == receiver.got[0].event.data.object.id
    assert {one["pending_webhooks"] for one in sandbox.state()["events"]} == {0}


def test_every_nth_delivery_comes_twice(sandbox, receiver, make_session):
    sandbox.queue(duplicate_every=2, shuffle=1)
    sandbox.pay(make_session().url)
    sandbox.wait_for_deliveries()
    ids = [delivery.event.id for delivery in receiver.got]
    assert (len(ids), len(set(ids))) == (7, 5)


@pytest.mark.parametrize(
    ("flaw", "words"),
    [("bad_signature", "No signatures found"), ("old_stamp", "outside the tolerance zone")],
)
def test_a_flaw_spoils_one_try_only(sandbox, receiver, expired, flaw, words):
    sandbox.control(f"deliveries/{expired}/{flaw}")
    assert receiver.got == []
    sandbox.control("deliveries/run")
    spoiled = receiver.got[0]
    with pytest.raises(stripe.SignatureVerificationError, match=words):
        stripe.Webhook.construct_event(spoiled.body, spoiled.signature, SECRET)
    sandbox.control(f"deliveries/{expired}/again")
    assert receiver.got[1].event.type == "checkout.session.expired"


def test_news_can_arrive_before_the_buyer_returns(sandbox, receiver, make_session):
    sandbox.control("deliveries/pause")
    sandbox.queue(before_return=1)
    assert sandbox.pay(make_session().url).status == 303
    assert "checkout.session.completed" in receiver.types()
    assert len(receiver.got) == 5


def test_unknown_steering_is_refused(sandbox, expired):
    for route, fields in (
        (f"deliveries/{expired}/burn", {"": ""}),
        ("deliveries/999/again", {"": ""}),
        (f"deliveries/{expired}/delay", {"seconds": "x"}),
        (f"deliveries/{expired}/delay", {"seconds": "nan"}),
        ("clock", {"advance": ""}),
        ("clock", {"advance": "inf"}),
        ("clock", {"advance": "nan"}),
        ("clock", {"advance": "1e12"}),
        ("queue", {"lose_next": "-1"}),
        ("queue", {"shuffle": "x"}),
        ("disputes/du_x/win", {"": ""}),
        ("disputes/du_x/burn", {"": ""}),
    ):
        assert fetch(f"{sandbox.url}/_control/{route}", fields).status == 400, route
    assert fetch(f"{sandbox.url}/", None, Accept="text/html").status == 200


def test_an_endpoint_tells_its_secret_once(sandbox, api, receiver, make_session):
    made = api.v1.webhook_endpoints.create(
        {
            "url": receiver.url,
            "enabled_events": ["checkout.session.expired"],
            "metadata": {"a": "b"},
        }
    )
    assert made.secret.startswith("whsec_")
    assert "secret" not in api.v1.webhook_endpoints.retrieve(made.id)
    assert [one.id for one in api.v1.webhook_endpoints.list().data] == [made.id, "we_sandbox"]
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    first, second = receiver.got
    mine = next(one for one in (first, second) if _fits(one, made.secret))
    assert not _fits(mine, SECRET)
    changed = api.v1.webhook_endpoints.update(
        made.id, {"disabled": True, "description": "off", "enabled_events": ["*"]}
    )
    assert (changed.status, changed.description, changed.enabled_events) == (
        "disabled",
        "off",
        ["*"],
    )
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    assert len(receiver.got) == 3
    assert api.v1.webhook_endpoints.delete(made.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such webhook endpoint"):
        api.v1.webhook_endpoints.retrieve(made.id)


def _fits(delivery, secret):
    try:
        return bool(stripe.Webhook.construct_event(delivery.body, delivery.signature, secret))
    except stripe.SignatureVerificationError:
        return False


def test_what_a_deleted_endpoint_was_owed_is_forgotten(sandbox, api, receiver, make_session):
    receiver.statuses = [500]
    made = api.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    sandbox.control("webhook", url="")
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    assert undelivered(api) == ["checkout.session.expired"]
    api.v1.webhook_endpoints.delete(made.id)
    assert undelivered(api) == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "shop.example", "enabled_events": ["*"]}, "explicit scheme"),
        ({"url": "https://shop.example", "enabled_events": ["*"]}, "http only"),
        ({"url": "http://127.0.0.1/", "enabled_events": ["nonsense"]}, "Invalid enabled_events"),
        ({"url": "http://127.0.0.1/"}, "Missing required param: enabled_events"),
    ],
)
def test_senseless_endpoints_are_refused(api, params, words):
    with pytest.raises(stripe.InvalidRequestError, match=words):
        api.v1.webhook_endpoints.create(params)


def test_a_rolled_secret_signs_along_until_its_time(sandbox, api, receiver, make_session):
    new = sandbox.control("webhook_endpoints/we_sandbox/roll", seconds=3600)["secret"]
    api.v1.checkout.sessions.expire(make_session().id)
    sandbox.wait_for_deliveries()
    assert [_fits(receiver.got[0], secret) for secret in (new, SECRET)] == [True, True]
    sandbox.control("clock", advance=3601)
    number = sandbox.state()["deliveries"][0]["id"]
    sandbox.control(f"deliveries/{number}/again")
    assert [_fits(receiver.got[1], secret) for secret in (new, SECRET)] == [True, False]
    last = sandbox.control("webhook_endpoints/we_sandbox/roll")["secret"]
    sandbox.control(f"deliveries/{number}/again")
    assert [_fits(receiver.got[2], secret) for secret in (last, new)] == [True, False]


def test_events_are_gone_after_thirty_days(sandbox, api, paid):
    event = api.v1.events.list({"limit": 1}).data[0]
    sandbox.control("clock", advance=30 * 24 * 3600 - 60)
    assert api.v1.events.retrieve(event.id).id == event.id
    sandbox.control("clock", advance=120)
    assert api.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        api.v1.events.retrieve(event.id)
