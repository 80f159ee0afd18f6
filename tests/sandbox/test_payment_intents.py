"""Payments over the API, without a page, and the page's own two addresses."""

import pytest
import stripe

from tests.sandbox.server import fetch

VISA = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa"}


def types_of(api):
    return [event.type for event in api.v1.events.list({"limit": 100}).data][::-1]


def test_confirming_at_once_takes_the_money(api):
    intent = api.v1.payment_intents.create(VISA | {"confirm": True, "description": "Order 7"})
    assert (intent.status, intent.amount_received) == ("succeeded", 2000)
    charge = api.v1.charges.retrieve(intent.latest_charge)
    assert (charge.amount_captured, charge.description) == (2000, "Order 7")
    assert charge.balance_transaction
    assert types_of(api) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ]


def test_an_intent_is_made_changed_and_confirmed_step_by_step(api):
    intent = api.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
    assert intent.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        api.v1.payment_intents.confirm(intent.id)
    changed = api.v1.payment_intents.update(
        intent.id, {"amount": 2500, "metadata": {"order": "7"}, "payment_method": "pm_card_visa"}
    )
    assert (changed.amount, changed.status) == (2500, "requires_confirmation")
    done = api.v1.payment_intents.confirm(intent.id)
    assert (done.status, done.amount_received) == ("succeeded", 2500)
    for verb in ("confirm", "cancel", "capture"):
        with pytest.raises(stripe.InvalidRequestError, match="has a status of succeeded") as no:
            getattr(api.v1.payment_intents, verb)(intent.id)
        assert no.value.code == "payment_intent_unexpected_state"
    assert len(api.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
def test_a_decline_is_an_error_that_stays_on_record(api, method, code, decline_code):
    params = VISA | {"payment_method": method, "confirm": True}
    options = {"idempotency_key": f"decline-{method}"}
    for _again in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            api.v1.payment_intents.create(params, options)
        error = refusal.value.error
        assert (refusal.value.http_status, refusal.value.code) == (402, code)
        assert getattr(error, "decline_code", None) == decline_code
    intent = api.v1.payment_intents.list().data[0]
    assert (intent.id, intent.status) == (error.payment_intent.id, "requires_payment_method")
    assert [charge.status for charge in api.v1.charges.list().data] == ["failed"]
    assert types_of(api)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_authorized_money_is_captured_in_part(api):
    intent = api.v1.payment_intents.create(VISA | {"confirm": True, "capture_method": "manual"})
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 2000)
    assert api.v1.balance_transactions.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="amount_to_capture"):
        api.v1.payment_intents.capture(intent.id, {"amount_to_capture": 2001})
    done = api.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1500})
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", 1500, 0)
    assert api.v1.balance_transactions.list().data[0].amount == 1500
    assert "charge.captured" in types_of(api)


def test_no_more_is_given_back_than_was_captured(api):
    intent = api.v1.payment_intents.create(VISA | {"confirm": True, "capture_method": "manual"})
    api.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1500})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        api.v1.refunds.create({"payment_intent": intent.id, "amount": 1501})
    assert api.v1.refunds.create({"payment_intent": intent.id}).amount == 1500
    assert api.v1.charges.retrieve(intent.latest_charge).refunded is True
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        api.v1.refunds.create({"payment_intent": intent.id, "amount": 1})


def test_authorized_money_can_be_let_go(api):
    intent = api.v1.payment_intents.create(VISA | {"confirm": True, "capture_method": "manual"})
    done = api.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (done.status, done.cancellation_reason) == ("canceled", "abandoned")
    assert api.v1.charges.retrieve(intent.latest_charge).refunded is True
    assert api.v1.balance_transactions.list().data == []


def test_a_session_with_manual_capture_is_paid_once_captured(sandbox, api, make_session):
    session = make_session(payment_intent_data={"capture_method": "manual"})
    sandbox.pay(session.url)
    done = api.v1.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    api.v1.payment_intents.capture(done.payment_intent)
    assert api.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize(
    ("answer", "status", "redirect"),
    [("complete", "succeeded", "succeeded"), ("fail", "requires_payment_method", "failed")],
)
def test_3d_secure_over_the_api_leads_to_the_return_url(api, answer, status, redirect):
    params = VISA | {"payment_method": "pm_card_threeDSecure2Required", "confirm": True}
    intent = api.v1.payment_intents.create(params | {"return_url": "http://127.0.0.1:8000/back"})
    assert (intent.status, intent.latest_charge) == ("requires_action", None)
    url = intent.next_action.redirect_to_url.url
    assert "Your bank asks" in fetch(url).html
    page = fetch(url, {"answer": answer})
    assert page.location.startswith("http://127.0.0.1:8000/back?payment_intent=pi_")
    assert page.location.endswith(f"redirect_status={redirect}")
    assert api.v1.payment_intents.retrieve(intent.id).status == status
    fetch(url, {"answer": "complete"})
    assert len(api.v1.charges.list().data) == (answer == "complete")


def test_a_bank_account_is_debited_later(sandbox, api):
    iban = {"type": "sepa_debit", "sepa_debit": {"iban": "AT61 1904 3002 3457 3201"}}
    account = api.v1.payment_methods.create(iban | {"billing_details": {"name": "Ada"}})
    params = {"amount": 1000, "currency": "eur", "payment_method": account.id, "confirm": True}
    intent = api.v1.payment_intents.create(params)
    assert (intent.status, intent.amount_received) == ("processing", 0)
    sandbox.control(f"delayed/{intent.id}/succeed")
    assert api.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="is not allowed for this PaymentIntent"):
        api.v1.payment_intents.create(params | {"currency": "usd"})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": 49}, "Amount must be at least $0.50 usd"),
        ({"amount": 49, "currency": "jpy"}, "Amount must be at least ¥50 jpy"),
        ({"amount": 100_000_000}, "Amount must be no more than"),
        ({"currency": "xyz"}, "Invalid currency"),
        ({"customer": "cus_nope"}, "No such customer"),
        ({"payment_method": "pm_nope"}, "No such payment_method"),
        ({"transfer_group": "x"}, "does not simulate"),
        ({"payment_method_types": ["card"]}, "unknown parameter"),
    ],
)
def test_senseless_intents_are_refused_and_nothing_is_kept(sandbox, api, changes, words):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.payment_intents.create(VISA | changes)
    assert words in str(refusal.value)
    assert sandbox.state()["objects"] == []


def test_charges_can_be_described_and_reported(api, paid):
    charge = api.v1.payment_intents.retrieve(paid.payment_intent).latest_charge
    report = {"fraud_details": {"user_report": "fraudulent"}, "metadata": {"seen": "yes"}}
    changed = api.v1.charges.update(charge, report)
    assert changed.fraud_details.user_report == "fraudulent"
    assert changed.metadata.to_dict()["seen"] == "yes"
    assert types_of(api)[-1] == "charge.updated"


def test_what_checkout_opened_is_left_to_its_session(sandbox, api, make_session):
    session = make_session()
    sandbox.pay(session.url, "4000000000000002")
    intent = api.v1.checkout.sessions.retrieve(session.id).payment_intent
    for verb in ("confirm", "cancel"):
        with pytest.raises(stripe.InvalidRequestError, match="created by Checkout"):
            getattr(api.v1.payment_intents, verb)(intent)
    with pytest.raises(stripe.InvalidRequestError, match="created by Checkout"):
        api.v1.payment_intents.update(intent, {"amount": 100})
    assert api.v1.payment_intents.retrieve(intent).status == "requires_payment_method"


def confirm(api, session, **params):
    path = f"/v1/payment_pages/{session.id}/confirm"
    return api.deserialize(api.raw_request("post", path, **params).data, api_mode="V1")


def test_a_session_is_paid_without_its_page(api, make_session):
    session = make_session()
    read = api.raw_request("get", f"/v1/payment_pages/{session.id}")
    assert '"status": "open"' in read.body
    done = confirm(api, session, payment_method="pm_card_visa", expected_amount=2798)
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert types_of(api)[-2:] == ["checkout.session.completed", "charge.updated"]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be paid"):
        confirm(api, session, payment_method="pm_card_visa")


def test_without_its_page_a_session_is_guarded_all_the_same(api, make_session):
    session = make_session()
    with pytest.raises(stripe.InvalidRequestError, match="does not match"):
        confirm(api, session, payment_method="pm_card_visa", expected_amount=1)
    assert api.v1.payment_intents.list().data == []
    with pytest.raises(stripe.CardError, match="Your card was declined"):
        confirm(api, session, payment_method="pm_card_chargeDeclined")
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert [one.status for one in api.v1.charges.list().data] == ["failed"]
