"""The table of test cards, and what each of them does on the payment page."""

import sqlite3
from contextlib import closing

import pytest
import stripe

from stripe_sandbox.cards import BY_NUMBER, CARDS, brand_of, card_with, passes_luhn

DECLINES = [
    ("4000000000000002", "card_declined", "generic_decline", "Your card was declined."),
    (
        "4000000000009995",
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    ("4000000000009987", "card_declined", "lost_card", "Your card was declined."),
    ("4000000000009979", "card_declined", "stolen_card", "Your card was declined."),
    ("4000000000000069", "expired_card", None, "Your card has expired."),
    (
        "4000000000000127",
        "incorrect_cvc",
        None,
        "Your card's security code is incorrect.",
    ),
    (
        "4000000000000119",
        "processing_error",
        None,
        "An error occurred while processing your card. Try again in a little bit.",
    ),
]


def test_every_test_card_has_a_right_check_digit():
    assert all(passes_luhn(card.number) for card in CARDS)
    assert not passes_luhn("4242424242424241")


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242424242424242", "visa"),
        ("5555555555554444", "mastercard"),
        ("2223003122003222", "mastercard"),
        ("378282246310005", "amex"),
        ("6011111111111117", "discover"),
    ],
)
def test_the_brand_follows_from_the_first_digits(number, brand):
    assert brand_of(number) == brand


def test_numbers_are_shown_as_printed():
    assert BY_NUMBER["4242424242424242"].spaced == "4242 4242 4242 4242"
    assert BY_NUMBER["378282246310005"].spaced == "3782 822463 10005"


def test_a_card_outside_the_table_is_declined():
    decline = card_with("4929420573595709").decline
    assert decline is not None
    assert decline.decline_code == "test_mode_live_card"


def test_the_number_of_a_card_outside_the_table_is_not_stored(sandbox, api, make_session):
    number, test_card = "4929420573595709", "4000000000000002"
    page = sandbox.pay(make_session().url, number)
    assert (page.status, "used a non test card" in page.alert) == (402, True)
    card = {"number": number, "exp_month": 12, "exp_year": 2034}
    method = api.v1.payment_methods.create({"type": "card", "card": card})
    assert (method.card.brand, method.card.last4) == ("visa", "5709")
    paying = {"amount": 2000, "currency": "usd", "payment_method": method.id, "confirm": True}
    with pytest.raises(stripe.CardError) as refusal:
        api.v1.payment_intents.create(paying)
    assert refusal.value.error.decline_code == "test_mode_live_card"
    assert {one.payment_method_details.card.last4 for one in api.v1.charges.list().data} == {"5709"}
    sandbox.pay(make_session().url, test_card)
    with closing(sqlite3.connect(sandbox.database)) as database:
        stored = "\n".join(database.iterdump())
    assert (number in stored, test_card in stored) == (False, True)


@pytest.mark.parametrize("number", ["4242424242424242", "5555555555554444", "378282246310005"])
def test_good_cards_pay(sandbox, api, make_session, number):
    session = make_session()
    page = sandbox.pay(session.url, number)
    assert page.status == 303
    assert page.location == f"http://127.0.0.1:8000/order/x/return/?session={session.id}"
    done = api.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    charge = done.payment_intent.latest_charge
    assert (charge.amount, charge.paid, charge.status) == (2798, True, "succeeded")
    assert charge.payment_method_details.card.brand == brand_of(number)
    assert charge.payment_method_details.card.last4 == number[-4:]


@pytest.mark.parametrize("case", DECLINES, ids=lambda case: case[0][-4:])
def test_bad_cards_are_declined_and_the_session_stays_open(sandbox, api, make_session, case):
    number, code, decline_code, message = case
    session = make_session()
    page = sandbox.pay(session.url, number)
    assert (page.status, page.location) == (402, "")
    assert message in page.alert.replace("&#x27;", "'")
    after = api.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert (after.status, after.payment_status) == ("open", "unpaid")
    intent = after.payment_intent
    assert intent.status == "requires_payment_method"
    error = intent.last_payment_error.to_dict()
    assert (error["code"], error.get("decline_code")) == (code, decline_code)
    assert error["charge"] == intent.latest_charge.id
    assert (intent.latest_charge.status, intent.latest_charge.failure_code) == ("failed", code)
    assert sandbox.pay(session.url).location
    paid = api.v1.checkout.sessions.retrieve(session.id)
    assert (paid.payment_status, paid.payment_intent) == ("paid", intent.id)


@pytest.mark.parametrize("number", ["4000002760003184", "4000002500003155", "4000000000003220"])
def test_3d_secure_can_fail_and_then_pass(sandbox, api, make_session, number):
    session = make_session()
    challenge = sandbox.pay(session.url, number)
    assert challenge.location == f"{session.url}/authenticate"
    waiting = api.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert waiting.payment_intent.status == "requires_action"
    assert waiting.payment_intent.latest_charge is None
    failed = sandbox.authenticate(challenge.location, complete=False)
    assert failed.location == f"{session.url}?declined=1"
    after = api.v1.payment_intents.retrieve(waiting.payment_intent.id)
    assert after.status == "requires_payment_method"
    assert after.last_payment_error.code == "payment_intent_authentication_failure"
    challenge = sandbox.pay(session.url, number)
    done = sandbox.authenticate(challenge.location)
    assert done.location.endswith(f"?session={session.id}")
    charge = api.v1.charges.list({"payment_intent": after.id}).data[0]
    assert charge.payment_method_details.card.three_d_secure.result == "authenticated"


def test_a_card_can_be_declined_after_3d_secure(sandbox, api, make_session):
    session = make_session()
    challenge = sandbox.pay(session.url, "4000008260003178")
    after = sandbox.authenticate(challenge.location)
    assert after.location == f"{session.url}?declined=1"
    intent = api.v1.payment_intents.list().data[0]
    assert intent.last_payment_error.decline_code == "insufficient_funds"
