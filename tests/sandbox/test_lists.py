"""Lists, cursors, filters, expansion, events."""

import time

import pytest
import stripe


def test_lists_are_paged_by_cursor(api, make_session):
    made = [make_session().id for _ in range(5)][::-1]
    first = api.v1.checkout.sessions.list({"limit": 2})
    assert [one.id for one in first.data] == made[:2]
    assert first.has_more is True
    second = api.v1.checkout.sessions.list({"limit": 3, "starting_after": made[1]})
    assert [one.id for one in second.data] == made[2:]
    assert second.has_more is False
    back = api.v1.checkout.sessions.list({"limit": 2, "ending_before": made[4]})
    assert [one.id for one in back.data] == made[2:4]
    assert back.has_more is True
    everything = api.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()
    assert [one.id for one in everything] == made


@pytest.mark.parametrize(
    ("params", "param", "words"),
    [
        ({"limit": 0}, "limit", "greater than or equal to 1"),
        ({"limit": 101}, "limit", "less than or equal to 100"),
        ({"starting_after": "cs_nope"}, "starting_after", "No such"),
        ({"starting_after": "a", "ending_before": "b"}, None, "only specify one"),
        ({"status": "lost"}, "status", "Invalid status"),
    ],
)
def test_senseless_pages_are_refused(api, params, param, words):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.checkout.sessions.list(params)
    assert refusal.value.http_status == 400
    assert refusal.value.param == param
    assert words in str(refusal.value)


def test_sessions_are_found_by_what_is_known_of_them(sandbox, api, make_session, paid):
    other = make_session(customer_email="bo@example.com")

    def found(**params):
        return [one.id for one in api.v1.checkout.sessions.list(params).data]

    assert found(payment_intent=paid.payment_intent) == [paid.id]
    assert found(status="open") == [other.id]
    assert found(customer_details={"email": "bo@example.com"}) == [other.id]
    assert found(created={"gt": int(time.time()) + 60}) == []
    assert found(created={"lte": int(time.time()) + 60}) == [other.id, paid.id]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("amount_total", "cannot be expanded"),
        ("nonsense", "cannot be expanded"),
        ("payment_intent.latest_charge.balance_transaction.source.refunds", "more than 4 levels"),
    ],
)
def test_what_cannot_be_expanded_is_refused(api, paid, path, words):
    with pytest.raises(stripe.InvalidRequestError, match=words):
        api.v1.checkout.sessions.retrieve(paid.id, {"expand": [path]})


def test_expansion_goes_deep_and_into_lists(api, paid):
    session = api.v1.checkout.sessions.list(
        {"expand": ["data.payment_intent.latest_charge.balance_transaction"]}
    ).data[0]
    balance = session.payment_intent.latest_charge.balance_transaction
    assert (balance.amount, balance.fee, balance.net) == (2798, 111, 2687)
    method = api.v1.payment_intents.retrieve(paid.payment_intent, {"expand": ["payment_method"]})
    assert method.payment_method.card.last4 == "4242"


PAYMENT = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.updated",
]


def types_of(api, **params):
    return [event.type for event in api.v1.events.list({"limit": 100, **params}).data][::-1]


def test_a_payment_leaves_its_events_in_order(api, paid):
    assert types_of(api) == PAYMENT
    assert types_of(api, types=["charge.succeeded", "charge.updated"]) == [
        "charge.succeeded",
        "charge.updated",
    ]
    assert types_of(api, type="payment_intent.*") == [
        "payment_intent.created",
        "payment_intent.succeeded",
    ]
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        types_of(api, type="charge.updated", types=["charge.updated"])


def test_a_decline_and_a_refund_leave_their_events(sandbox, api, make_session):
    session = make_session()
    sandbox.pay(session.url, "4000000000000002")
    assert types_of(api) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]
    sandbox.pay(session.url)
    intent = api.v1.checkout.sessions.retrieve(session.id).payment_intent
    refund = api.v1.refunds.create({"payment_intent": intent, "amount": 500})
    assert types_of(api)[-3:] == ["refund.created", "charge.refunded", "refund.updated"]
    refunded = api.v1.events.list({"type": "charge.refunded"}).data[0]
    assert refunded.data.object.amount_refunded == 500
    assert refunded.data.previous_attributes.to_dict() == {"amount_refunded": 0}
    assert refunded.request.id == refund.last_response.headers["Request-Id"]


def test_events_keep_the_snapshot_of_their_moment(api, paid):
    created = api.v1.events.list({"type": "payment_intent.created"}).data[0]
    assert created.data.object.status == "requires_payment_method"
    assert created.api_version == stripe.api_version
    assert (created.livemode, created.request.id) == (False, None)
    succeeded = api.v1.events.list({"type": "charge.succeeded"}).data[0]
    assert succeeded.data.object.balance_transaction is None
    assert api.v1.events.retrieve(created.id).type == "payment_intent.created"
