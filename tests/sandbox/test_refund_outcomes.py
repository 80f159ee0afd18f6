"""Refunds that are decided later, or come back, and what they do to the balance."""

import pytest
import stripe

from tests.sandbox.server import fetch

PENDING = "4000000000007726"
FAILING = "4000000000005126"


@pytest.fixture
def refunded(sandbox, api, make_session):
    """Pay $27.98 with a card and refund $10.00."""

    def make(card="4242424242424242"):
        session = make_session()
        sandbox.pay(session.url, card)
        intent = api.v1.checkout.sessions.retrieve(session.id).payment_intent
        return api.v1.refunds.create({"payment_intent": intent, "amount": 1000})

    return make


def types(sandbox):
    return [one["type"] for one in sandbox.state()["events"][::-1]]


def totals(api, refund):
    charge = api.v1.charges.retrieve(refund.charge)
    return charge.amount_refunded, charge.refunded


def moves(api, refund):
    found = api.v1.balance_transactions.list({"source": refund.id}).data[::-1]
    return [(one.type, one.amount) for one in found]


def test_a_pending_refund_succeeds_by_the_clock(sandbox, api, refunded):
    refund = refunded(PENDING)
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert totals(api, refund) == (1000, False)
    sandbox.control("clock", advance=59)
    assert api.v1.refunds.retrieve(refund.id).status == "pending"
    sandbox.control("clock", advance=2)
    done = api.v1.refunds.retrieve(refund.id)
    assert (done.status, "pending_reason" in done) == ("succeeded", False)
    assert types(sandbox)[-3:] == ["refund.created", "charge.refunded", "refund.updated"]
    assert moves(api, refund) == [("refund", -1000)]


def test_a_refund_that_succeeded_can_come_back(sandbox, api, refunded):
    refund = refunded(FAILING)
    assert (refund.status, totals(api, refund)) == ("succeeded", (1000, False))
    sandbox.control("clock", advance=61)
    failed = api.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (failed.failure_balance_transaction.type, failed.failure_balance_transaction.net) == (
        "refund_failure",
        1000,
    )
    assert totals(api, refund) == (0, False)
    assert types(sandbox)[-2:] == ["refund.updated", "refund.failed"]
    assert moves(api, refund) == [("refund", -1000), ("refund_failure", 1000)]
    api.v1.refunds.create({"charge": refund.charge})
    assert totals(api, refund) == (2798, True)


def test_control_decides_any_refund_once(sandbox, api, refunded):
    pending, other = refunded(PENDING), refunded(PENDING)
    assert sandbox.decide_refund(pending.id, "succeed")["status"] == "succeeded"
    assert sandbox.decide_refund(pending.id, "fail", reason="unknown")["status"] == "failed"
    for verb in ("fail", "succeed"):
        page = fetch(f"{sandbox.url}/_control/refunds/{pending.id}/{verb}", {"": ""})
        assert page.status == 400
    sandbox.decide_refund(other.id, "fail")
    sandbox.control("clock", advance=3600)
    assert api.v1.refunds.retrieve(other.id).status == "failed"
    assert moves(api, pending) == [("refund", -1000), ("refund_failure", 1000)]


def test_only_a_refund_that_waits_for_the_buyer_can_be_canceled(sandbox, api, refunded):
    done = refunded()
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        api.v1.refunds.cancel(done.id)
    assert moves(api, done) == [("refund", -1000)]
    waiting = refunded(PENDING)
    sandbox.decide_refund(waiting.id, "require_action")
    canceled = api.v1.refunds.cancel(waiting.id)
    assert (canceled.status, totals(api, waiting)) == ("canceled", (0, False))
    assert moves(api, waiting) == [("refund", -1000), ("refund_failure", 1000)]


def test_a_refund_from_the_dashboard_looks_like_any_other(sandbox, api, paid):
    made = sandbox.refund_from_dashboard(paid.id, amount=500)
    assert api.v1.refunds.list({"payment_intent": paid.payment_intent}).data[0].id == made["id"]
    event = api.v1.events.list({"type": "refund.created"}).data[0]
    assert (event.data.object.amount, event.request.id) == (500, None)


def test_a_refunds_metadata_change_is_told(sandbox, api, refunded):
    refund = refunded()
    api.v1.refunds.update(refund.id, {"metadata": {"note": "late"}})
    event = api.v1.events.list({"type": "refund.updated"}).data[0]
    assert event.data.previous_attributes.to_dict() == {"metadata": {}}
    api.v1.refunds.update(refund.id, {"metadata": {"note": "late"}})
    assert len(api.v1.events.list({"type": "refund.updated"}).data) == 2


def test_the_balance_is_the_sum_of_its_changes(sandbox, api, refunded):
    refund = refunded()
    sandbox.dispute(refund.charge)
    changes = api.v1.balance_transactions.list({"expand": ["data.source"], "limit": 100}).data
    assert [(one.type, one.source.object, one.net) for one in changes] == [
        ("adjustment", "dispute", -1798 - 1500),
        ("refund", "refund", -1000),
        ("charge", "charge", 2687),
    ]
    net = 2687 - 1000 - 3298
    before = api.v1.balance.retrieve()
    assert (before.pending[0].amount, before.available[0].amount) == (net, 0)
    sandbox.control("clock", advance=2 * 24 * 3600 + 5)
    after = api.v1.balance.retrieve()
    assert (after.pending[0].amount, after.available[0].amount) == (0, net)
    assert [one.id for one in api.v1.balance_transactions.list({"type": "refund"}).data] == [
        changes[1].id
    ]
    assert api.v1.balance_transactions.list({"created": {"gt": changes[0].created}}).data == []
    assert api.v1.balance_transactions.list({"currency": "eur"}).data == []


def test_the_account_is_the_keys(api):
    account = api.v1.accounts.retrieve_current()
    assert account.id.startswith("acct_1")
    assert account.charges_enabled is True
