"""A bank debit: the order is placed at once, the bank answers later."""

import pytest
import stripe

from tests.sandbox.server import fetch

BANK = {"method": "bank", "account_name": "Ada Buyer", "outcome": "succeeds"}
SUBMITTED = [
    "payment_intent.created",
    "charge.pending",
    "payment_intent.processing",
    "checkout.session.completed",
]
ARRIVED = [
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.async_payment_succeeded",
]
BOUNCED = [
    "charge.failed",
    "payment_intent.payment_failed",
    "checkout.session.async_payment_failed",
]


def types_of(api):
    return [event.type for event in api.v1.events.list({"limit": 100}).data][::-1]


def state_of(api, session):
    done = api.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    intent = done.payment_intent
    charge = intent.latest_charge
    return done.status, done.payment_status, intent.status, charge.status, charge.paid


def moves(api):
    """What stands in the balance, the newest first: type, category, net, and what it is about."""
    changes = api.v1.balance_transactions.list({"expand": ["data.source"]}).data
    return [(one.type, one.reporting_category, one.net, one.source.object) for one in changes]


ENTERED = ("payment", "charge", 2687, "charge")
LEFT = ("payment_failure_refund", "charge_failure", -2687, "charge")


def test_submitting_leaves_the_money_on_its_way(api, make_session):
    session = make_session()
    assert session.payment_method_types == ["card", "us_bank_account"]
    page = fetch(session.url, BANK)
    assert page.location.endswith(f"?session={session.id}")
    assert state_of(api, session) == ("complete", "unpaid", "processing", "pending", False)
    assert types_of(api) == SUBMITTED
    assert "the payment is on its way" in fetch(page.location and session.url).html
    assert moves(api) == [ENTERED], "Stripe counts it before the bank has answered"


@pytest.mark.parametrize(
    ("how", "outcome", "events"),
    [
        ("clock", "succeeds", ARRIVED),
        ("clock", "fails", BOUNCED),
        ("succeed", "fails", ARRIVED),
        ("fail", "succeeds", BOUNCED),
    ],
)
def test_the_bank_answers_by_the_clock_or_when_told(
    sandbox, api, make_session, how, outcome, events
):
    session = make_session()
    fetch(session.url, BANK | {"outcome": outcome})
    intent = api.v1.checkout.sessions.retrieve(session.id).payment_intent
    if how == "clock":
        sandbox.control("clock", advance=61)
    else:
        sandbox.control(f"delayed/{intent}/{how}")
    assert types_of(api) == SUBMITTED + events
    if events == ARRIVED:
        assert state_of(api, session) == ("complete", "paid", "succeeded", "succeeded", True)
        assert api.v1.payment_intents.retrieve(intent).amount_received == 2798
        assert moves(api) == [ENTERED]
    else:
        wanted = ("complete", "unpaid", "requires_payment_method", "failed", False)
        assert state_of(api, session) == wanted
        error = api.v1.payment_intents.retrieve(intent).last_payment_error
        assert error.decline_code == "insufficient_funds"
        assert error.payment_method.type == "us_bank_account"
        assert moves(api) == [LEFT, ENTERED]
        charge = api.v1.charges.list().data[0]
        assert charge.failure_balance_transaction == api.v1.balance_transactions.list().data[0].id


def test_a_refund_to_a_bank_account_has_one_type_both_ways(sandbox, api, make_session):
    session = make_session()
    fetch(session.url, BANK)
    intent = api.v1.checkout.sessions.retrieve(session.id).payment_intent
    sandbox.control(f"delayed/{intent}/succeed")
    made = api.v1.refunds.create({"payment_intent": intent, "amount": 1000})
    sandbox.decide_refund(made.id, "fail")
    assert moves(api) == [
        ("payment_refund", "refund_failure", 1000, "refund"),
        ("payment_refund", "refund", -1000, "refund"),
        ENTERED,
    ]


def test_a_bank_answers_once(sandbox, api, make_session):
    session = make_session()
    fetch(session.url, BANK)
    intent = api.v1.checkout.sessions.retrieve(session.id).payment_intent
    sandbox.control(f"delayed/{intent}/succeed")
    again = fetch(f"{sandbox.url}/_control/delayed/{intent}/fail", {"": ""})
    assert again.status == 400
    sandbox.control("clock", advance=3600)
    assert types_of(api) == SUBMITTED + ARRIVED
    assert fetch(session.url, BANK).location.endswith(f"?session={session.id}")
    assert len(api.v1.charges.list().data) == 1


def test_wrong_fields_keep_the_choice_and_place_nothing(api, make_session):
    session = make_session()
    page = fetch(session.url, BANK | {"account_name": ""})
    assert page.status == 400
    assert "Enter the name of the account holder." in page.alert
    assert 'value="bank" id="by-bank" checked' in page.html
    assert api.v1.checkout.sessions.retrieve(session.id).payment_intent is None


@pytest.mark.parametrize(
    ("changes", "types"),
    [
        ({"allowed_payment_method_types": ["card"]}, ["card"]),
        ({"excluded_payment_method_types": ["us_bank_account"]}, ["card"]),
        ({"payment_intent_data": {"capture_method": "manual"}}, ["card"]),
    ],
)
def test_a_merchant_can_do_without_bank_debits(sandbox, api, make_session, changes, types):
    session = make_session(**changes)
    assert session.payment_method_types == types
    assert "Bank debit" not in fetch(session.url).html
    assert fetch(session.url, BANK).status == 400  # the card's fields are missing
    assert types_of(api) == []


def test_a_session_without_any_way_to_pay_is_refused(api, make_session):
    with pytest.raises(stripe.InvalidRequestError, match="No valid payment method types"):
        make_session(excluded_payment_method_types=["card", "us_bank_account"])
