"""Disputes, early fraud warnings and reviews: what banks and networks do after a payment."""

import re

import pytest
import stripe

from tests.sandbox.server import fetch

DISPUTED = "4000000000000259"
NOT_RECEIVED = "4000000000002685"
INQUIRED = "4000000000001976"
WARNED = "4000000000005423"
RISKY = "4000000000009235"
BLOCKED = "4100000000000019"


@pytest.fixture
def buy(sandbox, api, make_session):
    """Pay $27.98 with a card; returns the PaymentIntent's id."""

    def buy(card="4242424242424242"):
        session = make_session()
        sandbox.pay(session.url, card)
        return api.v1.checkout.sessions.retrieve(session.id).payment_intent

    return buy


@pytest.fixture
def types_after(sandbox):
    """The types of the events since the last call, oldest first."""
    seen = set()

    def types():
        new = [one for one in sandbox.state()["events"][::-1] if one["id"] not in seen]
        seen.update(one["id"] for one in new)
        return [one["type"] for one in new]

    return types


def only(listed):
    (one,) = listed.data
    return one


def balance_of(api, source):
    found = api.v1.balance_transactions.list({"source": source}).data[::-1]
    return [(one.type, one.reporting_category, one.amount, one.fee, one.net) for one in found]


@pytest.mark.parametrize(
    ("card", "reason"), [(DISPUTED, "fraudulent"), (NOT_RECEIVED, "product_not_received")]
)
def test_a_dispute_takes_the_money_and_a_fee_at_once(api, buy, types_after, card, reason):
    intent = buy(card)
    assert types_after()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    dispute = only(api.v1.disputes.list({"payment_intent": intent, "expand": ["data.charge"]}))
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", reason, 2798)
    assert dispute.is_charge_refundable is False
    assert dispute.evidence_details.due_by == dispute.created + 9 * 24 * 3600
    assert dispute.charge.disputed is True
    assert balance_of(api, dispute.id) == [("adjustment", "dispute", -2798, 1500, -4298)]
    (moved,) = dispute.balance_transactions
    assert (moved.net, moved.fee_details[0].amount) == (-4298, 1500)
    assert api.v1.disputes.list({"charge": dispute.charge.id}).data[0].id == dispute.id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.refunds.create({"payment_intent": intent})
    assert refusal.value.code == "charge_disputed"
    assert str(refusal.value.user_message) == (
        f"Charge {dispute.charge.id} has been charged back; cannot issue a refund."
    )
    assert api.v1.refunds.list().data == []


def test_winning_evidence_brings_the_money_back(api, buy, types_after):
    intent = buy(DISPUTED)
    dispute = only(api.v1.disputes.list({"payment_intent": intent}))
    staged = api.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
    )
    assert (staged.status, staged.evidence_details.submission_count) == ("needs_response", 0)
    types_after()
    won = api.v1.disputes.update(dispute.id, {"submit": True})
    assert (won.status, won.evidence_details.submission_count) == ("won", 1)
    assert types_after() == [
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]
    assert balance_of(api, dispute.id)[1:] == [("adjustment", "dispute_reversal", 2798, 0, 2798)]
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        api.v1.disputes.close(dispute.id)
    assert api.v1.refunds.create({"payment_intent": intent, "amount": 5}).amount == 5


@pytest.mark.parametrize("how", ["evidence", "close", "control"])
def test_a_lost_dispute_keeps_the_money_away(sandbox, api, buy, types_after, how):
    intent = buy(DISPUTED)
    dispute = only(api.v1.disputes.list({"payment_intent": intent}))
    if how == "evidence":
        evidence = {"uncategorized_text": "losing_evidence"}
        api.v1.disputes.update(dispute.id, {"evidence": evidence})
    elif how == "close":
        api.v1.disputes.close(dispute.id)
    else:
        sandbox.decide_dispute(dispute.id, "lose")
    assert api.v1.disputes.retrieve(dispute.id).status == "lost"
    events = types_after()
    assert events[-1] == "charge.dispute.closed"
    assert "charge.dispute.funds_reinstated" not in events
    assert len(balance_of(api, dispute.id)) == 1
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.refunds.create({"payment_intent": intent})
    assert refusal.value.code == "charge_disputed"


def test_an_inquiry_takes_nothing_and_a_full_refund_ends_it(api, buy, types_after):
    intent = buy(INQUIRED)
    inquiry = only(api.v1.disputes.list({"payment_intent": intent}))
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert types_after()[-1] == "charge.dispute.created"
    assert balance_of(api, inquiry.id) == []
    api.v1.refunds.create({"payment_intent": intent, "amount": 1000})
    assert api.v1.disputes.retrieve(inquiry.id).status == "warning_needs_response"
    api.v1.refunds.create({"payment_intent": intent})
    assert api.v1.disputes.retrieve(inquiry.id).status == "warning_closed"
    assert "charge.dispute.closed" in types_after()


def test_an_inquiry_can_become_a_dispute(api, buy, types_after):
    inquiry = only(api.v1.disputes.list({"payment_intent": buy(INQUIRED)}))
    types_after()
    evidence = {"uncategorized_text": "escalate_inquiry_evidence"}
    dispute = api.v1.disputes.update(inquiry.id, {"evidence": evidence})
    assert (dispute.status, dispute.is_charge_refundable) == ("needs_response", False)
    assert types_after()[-1] == "charge.dispute.funds_withdrawn"
    assert balance_of(api, inquiry.id) == [("adjustment", "dispute", -2798, 1500, -4298)]


def test_any_payment_can_be_disputed_at_any_time(sandbox, api, buy):
    intent = buy()
    api.v1.refunds.create({"payment_intent": intent, "amount": 798})
    opened = sandbox.dispute(intent, reason="duplicate")
    assert (opened["amount"], opened["reason"]) == (2000, "duplicate")
    again = fetch(f"{sandbox.url}/_control/charges/{intent}/dispute", {"": ""})
    assert again.status == 400
    assert sandbox.decide_dispute(opened["id"], "win", fee_back=1)["status"] == "won"
    assert balance_of(api, opened["id"])[1][2:] == (2000, -1500, 3500)
    assert sandbox.dispute(intent, inquiry=1)["status"] == "warning_needs_response"
    assert len(api.v1.disputes.list().data) == 2


def test_a_dispute_keeps_its_metadata_and_refuses_what_is_not_simulated(api, buy):
    dispute = only(api.v1.disputes.list({"payment_intent": buy(DISPUTED)}))
    changed = api.v1.disputes.update(dispute.id, {"metadata": {"order": "7"}})
    assert (changed.metadata["order"], changed.status) == ("7", "needs_response")
    with pytest.raises(stripe.InvalidRequestError, match="does not simulate"):
        api.v1.disputes.update(dispute.id, {"intended_submission_method": "manual"})
    with pytest.raises(stripe.InvalidRequestError, match="No such dispute: 'du_x'"):
        api.v1.disputes.retrieve("du_x")


def test_a_fraud_warning_is_actionable_until_the_money_is_back(sandbox, api, buy, types_after):
    intent = buy(WARNED)
    assert types_after()[-1] == "radar.early_fraud_warning.created"
    warning = only(api.v1.radar.early_fraud_warnings.list({"payment_intent": intent}))
    assert (warning.actionable, warning.fraud_type) == (True, "made_with_stolen_card")
    api.v1.refunds.create({"payment_intent": intent, "reason": "fraudulent"})
    assert types_after()[-2] == "radar.early_fraud_warning.updated"
    assert api.v1.radar.early_fraud_warnings.retrieve(warning.id).actionable is False
    other = buy()
    raised = sandbox.warn_of_fraud(other, fraud_type="misc")
    assert (raised["payment_intent"], raised["fraud_type"]) == (other, "misc")


def test_a_risky_payment_is_reviewed(api, buy, types_after):
    intent = buy(RISKY)
    assert types_after()[-1] == "review.opened"
    charge = only(api.v1.charges.list({"payment_intent": intent, "expand": ["data.review"]}))
    assert (charge.outcome.risk_level, charge.outcome.type) == ("elevated", "manual_review")
    assert only(api.v1.reviews.list()).id == charge.review.id
    closed = api.v1.reviews.approve(charge.review.id)
    assert (closed.open, closed.closed_reason) == (False, "approved")
    assert types_after() == ["review.closed"]
    assert api.v1.reviews.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="already been closed"):
        api.v1.reviews.approve(charge.review.id)


def test_a_refund_closes_the_review(api, buy):
    intent = buy(RISKY)
    review = only(api.v1.reviews.list())
    api.v1.refunds.create({"payment_intent": intent})
    assert api.v1.reviews.retrieve(review.id).closed_reason == "refunded"


def test_a_button_warns_of_a_payment_and_opens_its_review_once(sandbox, api, buy):
    intent = buy()
    charge = only(api.v1.charges.list({"payment_intent": intent})).id
    page = fetch(f"{sandbox.url}/", None, Accept="text/html").html
    for verb, words in (
        ("warn", "This payment has an early fraud warning already."),
        ("review", "This payment is being reviewed already."),
    ):
        route = f"/_control/charges/{charge}/{verb}"
        (button,) = re.findall(rf'<form method="post" action="{route}">(.*?)</form>', page)
        fields = dict(re.findall(r'name="(\w+)" value="(\w+)"', button))
        first, second = (fetch(sandbox.url + route, fields, Accept="text/html") for _ in range(2))
        assert (first.status, second.status) == (303, 400)
        assert words in second.html
    only(api.v1.radar.early_fraud_warnings.list({"payment_intent": intent}))
    review = only(api.v1.reviews.list())
    assert api.v1.charges.retrieve(charge).review == review.id


def test_the_highest_risk_is_blocked_before_the_bank_sees_it(sandbox, api, make_session):
    page = sandbox.pay(make_session().url, BLOCKED)
    assert page.status == 402
    charge = only(api.v1.charges.list())
    assert (charge.paid, charge.outcome.type, charge.outcome.network_status) == (
        False,
        "blocked",
        "not_sent_to_network",
    )
    assert charge.failure_code == "card_declined"
    answer = fetch(f"{sandbox.url}/_control/charges/{charge.id}/dispute", {"": ""})
    assert answer.status == 400
    assert api.v1.disputes.list().data == []
