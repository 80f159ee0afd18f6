"""/v1/refunds: never more than was charged."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.sandbox.conftest import client_of


def test_a_refund_without_amount_returns_everything(api, paid):
    refund = api.v1.refunds.create(
        {"payment_intent": paid.payment_intent, "reason": "requested_by_customer"}
    )
    assert refund.id.startswith("re_")
    assert (refund.amount, refund.status, refund.reason) == (
        2798,
        "succeeded",
        "requested_by_customer",
    )
    charge = api.v1.charges.retrieve(refund.charge, {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (2798, True)
    assert [one.id for one in charge.refunds.data] == [refund.id]
    again = api.v1.refunds.retrieve(refund.id, {"expand": ["charge", "balance_transaction"]})
    assert again.balance_transaction.amount == -2798


def test_several_parts_cannot_exceed_the_whole(api, paid):
    api.v1.refunds.create({"payment_intent": paid.payment_intent, "amount": 1000})
    api.v1.refunds.create({"payment_intent": paid.payment_intent, "amount": 1000})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.refunds.create({"payment_intent": paid.payment_intent, "amount": 799})
    assert (refusal.value.param, refusal.value.code) == ("amount", None)
    assert "Refund amount ($7.99) is greater than unrefunded amount on charge ($7.98)" in str(
        refusal.value
    )
    api.v1.refunds.create({"payment_intent": paid.payment_intent, "amount": 798})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.refunds.create({"payment_intent": paid.payment_intent})
    assert refusal.value.code == "charge_already_refunded"
    assert sum(refund.amount for refund in api.v1.refunds.list().data) == 2798


def test_ten_full_refunds_at_once_give_back_once(sandbox, api, paid):
    def try_refund(_n: int) -> bool:
        try:
            client_of(sandbox).v1.refunds.create({"payment_intent": paid.payment_intent})
        except stripe.InvalidRequestError:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(try_refund, range(10))) == 1
    assert len(api.v1.refunds.list({"payment_intent": paid.payment_intent}).data) == 1


@pytest.mark.parametrize(
    ("params", "status", "words"),
    [
        ({}, 400, "payment_intent or charge"),
        ({"payment_intent": "pi_nope"}, 400, "No such payment_intent: 'pi_nope'"),
        ({"charge": "ch_nope"}, 400, "No such charge: 'ch_nope'"),
        ({"payment_intent": "pi_x", "amount": 0}, 400, "greater than or equal to 1"),
        ({"payment_intent": "pi_x", "reason": "mood"}, 400, "Invalid reason"),
        ({"payment_intent": "pi_x", "order": "1"}, 400, "unknown parameter: order"),
    ],
)
def test_senseless_refunds_are_refused(api, params, status, words):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.refunds.create(params)
    assert refusal.value.http_status == status
    assert words in str(refusal.value)


def test_a_failed_payment_cannot_be_refunded(sandbox, api, make_session):
    sandbox.pay(make_session().url, "4000000000000002")
    intent = api.v1.payment_intents.list().data[0]
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        api.v1.refunds.create({"payment_intent": intent.id})
