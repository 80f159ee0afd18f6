"""Disputes: whatever Stripe tells in whatever order, one row, one set of entries, one frozen order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from books.models import LedgerEntry
from orders import disputes, fulfillment, payments, reconcile, refunds
from orders.gateways import gateway
from orders.gateways.base import GatewayUnavailable
from orders.models import Dispute, Order, Refund, WebhookDelivery
from tests.factories import make_order, make_paid_order, make_variant
from tests.orders.dispute_steps import (
    DISPUTE_EVENTS,
    TAKEN,
    answer_evidence,
    arrive,
    booked,
    books_hold,
    dispute_events,
    disputed_order,
    intent_of,
    shop_of_its_own,
    state_of,
    told,
)
from tests.orders.reconcile_steps import deaf_sandbox
from tests.orders.refund_steps import refund, ship
from tests.orders.stripe_steps import (
    event_types,
    mails_to_staff,
    make_settled_order,
    pay_page,
)

__all__ = ["deaf_sandbox", "shop_of_its_own"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop_of_its_own")]


# --- what becomes of one --------------------------------------------------------------------------


def test_a_dispute_is_written_down_once_and_freezes_the_order(sandbox):
    order, reference = disputed_order(sandbox)
    for _ in range(3):
        row = told(reference)
    assert (row.order_id, row.payment.reference) == (order.pk, intent_of(order))
    assert (row.status, row.reason, row.revision) == ("needs_response", "fraudulent", 1)
    assert (row.amount_cents, row.currency, row.withdrawn_cents) == (6599, "USD", 6599)
    assert timedelta(days=8) < row.evidence_due_at - timezone.now() < timedelta(days=10)
    assert state_of(order) == ([("needs_response", 6599, True)], TAKEN, "paid", True, False)
    assert dispute_events(order) == ["dispute_opened"]
    assert books_hold() == []


def test_dispute_won(sandbox):
    """The money is back, the fee is not, and the order may ship."""
    order, reference = disputed_order(sandbox)
    told(reference)
    answer_evidence(sandbox, reference)
    assert told(reference).status == "under_review"
    sandbox.decide_dispute(reference, "win")
    for _ in range(2):
        row = told(reference)
    assert row.closed_at
    back = {**TAKEN, "dispute_won": 6599}
    assert state_of(order) == ([("won", 0, False)], back, "paid", False, False)
    assert dispute_events(order) == ["dispute_opened", "dispute_updated", "dispute_won"]
    assert refunds.refundable_cents(order) == 6599
    assert books_hold() == []


def test_a_dispute_won_with_its_fee_given_back(sandbox):
    order, reference = disputed_order(sandbox)
    told(reference)
    sandbox.decide_dispute(reference, "win", fee_back=1)
    told(reference)
    assert booked(order) == {"dispute": -6599, "dispute_won": 6599, "dispute_fee": 0}
    assert books_hold() == []


def test_dispute_lost_before_shipping_is_put_on_review_and_does_not_ship(sandbox):
    order, reference = disputed_order(sandbox)
    told(reference)
    sandbox.decide_dispute(reference, "lose")
    for _ in range(2):
        told(reference)
    assert state_of(order) == ([("lost", 6599, False)], TAKEN, "paid", False, True)
    assert dispute_events(order) == ["dispute_opened", "dispute_lost"]
    assert event_types(order).count("needs_review") == 1
    assert order not in Order.objects.to_ship()
    assert refunds.refundable_cents(order) == 0
    # Ending it moves no money: the bank has given it back already.
    after = fulfillment.cancel(
        order_id=order.pk, reason="Dispute lost", actor=None, now=timezone.now()
    )
    assert (after.status, Refund.objects.count()) == ("cancelled", 0)
    assert books_hold() == []


def test_dispute_lost_after_shipping_asks_for_nothing(sandbox):
    order = make_settled_order(sandbox)
    ship(order, {line.pk: line.quantity for line in order.lines.all()})
    reference = sandbox.dispute(intent_of(order))["id"]
    told(reference)
    sandbox.decide_dispute(reference, "lose")
    told(reference)
    assert state_of(order) == ([("lost", 6599, False)], TAKEN, "shipped", False, False)
    assert books_hold() == []


def test_an_inquiry_takes_no_money_and_can_be_answered_by_a_refund(sandbox):
    order, reference = disputed_order(sandbox, inquiry=1)
    told(reference)
    assert state_of(order) == ([("warning_needs_response", 0, True)], {}, "paid", True, False)
    assert refund(order, 6599).status == "settled"
    told(reference)
    assert state_of(order) == ([("warning_closed", 0, False)], {}, "paid", False, True)
    assert dispute_events(order) == ["dispute_opened", "dispute_closed"]
    assert books_hold() == []


def test_an_inquiry_that_becomes_a_dispute_is_told_anew(sandbox):
    order, reference = disputed_order(sandbox, inquiry=1)
    told(reference)
    sandbox.decide_dispute(reference, "escalate")
    told(reference)
    assert state_of(order) == ([("needs_response", 6599, True)], TAKEN, "paid", True, False)
    last = order.events.order_by("pk").last()
    assert (last.type, last.data["is_asked"]) == ("dispute_updated", True)
    assert "the bank took $65.99" in last.data["reason"]
    assert books_hold() == []


def test_a_dispute_first_heard_of_when_it_is_over_is_written_down_whole(sandbox):
    order, reference = disputed_order(sandbox)
    sandbox.decide_dispute(reference, "win")
    told(reference)
    assert dispute_events(order) == ["dispute_opened", "dispute_won"]
    assert state_of(order)[0] == [("won", 0, False)]
    # Nobody is asked for an answer that is no longer wanted.
    assert [one for one in mails_to_staff() if "ispute" in one] == [
        f"Dispute won: order {order.number}"
    ]
    assert books_hold() == []


@pytest.mark.parametrize(
    ("refunded", "disputed", "end", "left"),
    [
        (2000, None, "win", 4599),  # what is left of it
        (2000, None, "lose", 0),
        (2000, 6599, "lose", 0),  # the bank takes all of it, whatever went back before
        (6599, 6599, "lose", 0),
        (0, 2000, "lose", 4599),
        (0, 2000, "win", 6599),
    ],
)
def test_the_books_hold_for_parts_refunded_and_parts_disputed(
    sandbox, refunded, disputed, end, left
):
    order = make_settled_order(sandbox)
    if refunded:
        refund(order, refunded)
    amount = {"amount": disputed} if disputed else {}
    reference = sandbox.dispute(intent_of(order), **amount)["id"]
    row = told(reference)
    assert row.withdrawn_cents == row.amount_cents == (disputed or 6599 - refunded)
    assert refunds.refundable_cents(order) == 0
    assert books_hold() == []
    sandbox.decide_dispute(reference, end)
    told(reference)
    assert max(0, refunds.refundable_cents(order)) == left
    assert books_hold() == []


def test_a_second_dispute_of_the_same_payment_has_its_own_row_and_keeps_the_order_frozen(sandbox):
    order, first = disputed_order(sandbox, amount=1000)
    told(first)
    sandbox.decide_dispute(first, "win")
    second = sandbox.dispute(intent_of(order), amount=2000)["id"]
    told(second)
    told(first)
    assert sorted(order.disputes.values_list("status", "withdrawn_cents")) == [
        ("needs_response", 2000),
        ("won", 0),
    ]
    assert Order.objects.get(pk=order.pk).is_frozen
    assert books_hold() == []


# --- the five events, in any order ----------------------------------------------------------------


def test_the_five_events_in_any_order_doubled_or_lost_lead_to_one_end(sandbox):
    """Each arrives when all has happened at Stripe: a hint, however old, is answered with the truth."""
    ways = [*permutations(DISPUTE_EVENTS), *((one,) for one in DISPUTE_EVENTS), DISPUTE_EVENTS * 2]
    order, reference = disputed_order(sandbox)
    sandbox.decide_dispute(reference, "win")
    ends = []
    for way in ways[:: len(ways) // 12]:
        Dispute.objects.all().delete()
        order.events.filter(type__startswith="dispute").delete()
        for event_type in way:
            assert arrive(event_type, reference).status_code == 200
        ends.append((state_of(order), dispute_events(order)))
    back = {**TAKEN, "dispute_won": 6599}
    won = ([("won", 0, False)], back, "paid", False, False), ["dispute_opened", "dispute_won"]
    assert ends == [won] * len(ends)
    assert len(ends) >= 12
    assert LedgerEntry.objects.filter(kind__startswith="dispute").count() == 3
    assert set(WebhookDelivery.objects.values_list("verdict", flat=True)) == {"done"}


def test_old_events_told_again_between_the_new_ones_change_nothing(sandbox):
    """The true order of things, and after each step every event so far once more."""
    order, reference = disputed_order(sandbox)
    steps = (
        (lambda: None, ("created", "funds_withdrawn")),
        (lambda: answer_evidence(sandbox, reference), ("updated",)),
        (lambda: sandbox.decide_dispute(reference, "win"), ("closed", "funds_reinstated")),
    )
    so_far = []
    for act, names in steps:
        act()
        so_far += [f"charge.dispute.{name}" for name in names]
        for event_type in reversed(so_far):
            assert arrive(event_type, reference).status_code == 200
    assert dispute_events(order) == ["dispute_opened", "dispute_updated", "dispute_won"]
    assert state_of(order)[0] == [("won", 0, False)]
    assert not state_of(order)[3]
    assert Dispute.objects.get().revision == 3


def test_an_answer_that_was_overtaken_is_not_written_over_the_newer_one(sandbox):
    order, reference = disputed_order(sandbox)
    older = gateway().fetch_dispute(reference)
    told(reference)
    with pytest.raises(disputes.Overtaken):
        disputes.settle(older, revision=0, now=timezone.now())
    older = gateway().fetch_dispute(reference)
    sandbox.decide_dispute(reference, "win")
    told(reference)
    before = state_of(order), event_types(order)
    with pytest.raises(disputes.Overtaken):
        disputes.settle(older, revision=1, now=timezone.now())
    assert (state_of(order), event_types(order)) == before


def test_who_is_overtaken_asks_again_and_gives_up_where_it_never_ends(sandbox, monkeypatch):
    _, reference = disputed_order(sandbox)
    really_settle, overtakers = disputes.settle, []

    def settle_too_late(state, **facts):
        if overtakers:
            overtakers.pop()
            raise disputes.Overtaken
        return really_settle(state, **facts)

    monkeypatch.setattr(disputes, "settle", settle_too_late)
    overtakers[:] = [1] * disputes.TRIES
    with pytest.raises(GatewayUnavailable, match="faster than it can be read"):
        told(reference)
    overtakers[:] = [1] * (disputes.TRIES - 1)
    assert told(reference).status == "needs_response"


def test_what_has_changed_stands_in_the_timeline(sandbox):
    order, reference = disputed_order(sandbox, inquiry=1)
    told(reference)
    later = replace(
        gateway().fetch_dispute(reference),
        reason="duplicate",
        amount_cents=2000,
        evidence_due_at=datetime(2030, 1, 2, 12, tzinfo=UTC),
    )
    disputes.settle(later, revision=1, now=timezone.now())
    last = order.events.order_by("pk").last()
    assert (last.type, last.data["is_asked"], last.data["reason"]) == (
        "dispute_updated",
        False,
        "answer by January 2, 2030, 7 a.m. EST; it is about $20.00 now; charged twice",
    )


def test_money_that_moves_after_the_verdict_is_booked_when_it_does(sandbox):
    """Stripe may say "won" before the money is back, and "needs response" before it is taken."""
    order, reference = disputed_order(sandbox)
    sandbox.decide_dispute(reference, "win")
    whole = gateway().fetch_dispute(reference)
    taken, _ = whole.entries
    told_so_far = [("needs_response", ()), ("won", (taken,)), ("won", whole.entries)]
    for revision, (status, entries) in enumerate(told_so_far):
        state = replace(whole, status=status, entries=entries)
        row = disputes.settle(state, revision=revision, now=timezone.now())
        assert row.withdrawn_cents == (6599 if entries == (taken,) else 0)
        assert order.payments.get().left_cents() == 6599 - row.withdrawn_cents
    assert dispute_events(order) == ["dispute_opened", "dispute_won", "dispute_updated"]
    assert booked(order) == {**TAKEN, "dispute_won": 6599}
    assert books_hold() == []


# --- whose it is ----------------------------------------------------------------------------------


def test_a_dispute_before_its_payment_is_recorded_waits_and_is_found(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    reference = sandbox.dispute(session_id)["id"]
    assert arrive("charge.dispute.created", reference).status_code == 503
    assert not Dispute.objects.exists()
    payments.record_payment(session_id=session_id, now=timezone.now())
    assert arrive("charge.dispute.created", reference).status_code == 200
    assert state_of(order)[0] == [("needs_response", 6599, True)]


def test_disputes_of_other_shops_on_the_account_are_left_alone(sandbox, settings):
    order, reference = disputed_order(sandbox)
    order.events.all().delete()
    order.payments.all().delete()
    settings.DEPLOYMENT = "another"
    assert arrive("charge.dispute.created", reference).status_code == 200
    assert arrive("charge.dispute.created", "du_unknown").status_code == 200
    assert list(WebhookDelivery.objects.values_list("verdict", flat=True)) == ["ignored"] * 2
    assert disputes.follow(now=timezone.now()).line.startswith("0 followed")
    assert not Dispute.objects.exists()


# --- found without an event -----------------------------------------------------------------------


def test_lost_dispute_events_are_found_in_stripes_list_of_events(deaf_sandbox):
    order, _ = disputed_order(deaf_sandbox)
    reconcile.everything(now=timezone.now())
    assert state_of(order) == ([("needs_response", 6599, True)], TAKEN, "paid", True, False)
    handled = WebhookDelivery.objects.filter(event_type__contains="dispute", source="list")
    assert sorted(handled.values_list("event_type", "verdict")) == [
        ("charge.dispute.created", "done"),
        ("charge.dispute.funds_withdrawn", "done"),
    ]


def test_a_lost_withdrawn_event_is_made_up_for_by_reconcile_without_any_event(sandbox):
    """Nothing tells that the inquiry became a dispute: the list of disputes does."""
    order, reference = disputed_order(sandbox, inquiry=1)
    told(reference)
    sandbox.decide_dispute(reference, "escalate")
    now = timezone.now()
    assert disputes.follow(now=now).line == "1 followed, 0 could not be"
    assert disputes.follow(now=now).line == "0 followed, 0 could not be"
    assert state_of(order) == ([("needs_response", 6599, True)], TAKEN, "paid", True, False)


def test_an_open_dispute_that_is_older_than_the_list_is_asked_about(sandbox):
    order, reference = disputed_order(sandbox)
    told(reference)
    sandbox.decide_dispute(reference, "win")
    long_after = timezone.now() + disputes.LOOKED_AT + timedelta(days=1)
    assert disputes.follow(now=long_after).line == "1 followed, 0 could not be"
    assert state_of(order)[0] == [("won", 0, False)]
    assert disputes.follow(now=long_after).line == "0 followed, 0 could not be"


def test_one_dispute_that_cannot_be_followed_keeps_no_other_waiting(sandbox):
    order, _ = disputed_order(sandbox)
    gone = make_paid_order(packs={make_variant(): 1})
    Dispute.objects.create(
        order=gone,
        payment=gone.payments.get(),
        reference="du_gone",
        status="needs_response",
        amount_cents=1,
        currency="USD",
        opened_at=timezone.now(),
    )
    assert disputes.follow(now=timezone.now()).line == "1 followed, 1 could not be"
    assert state_of(order)[0] == [("needs_response", 6599, True)]


def test_with_stripe_away_in_the_middle_the_rest_is_followed_later(sandbox):
    order, _ = disputed_order(sandbox)
    sandbox.control("faults", method="GET", path="/v1/disputes/", kind="drop", count=2)
    made = disputes.follow(now=timezone.now())
    assert (made.line, made.failed, made.unanswered) == ("0 followed, 1 could not be", 0, 1)
    sandbox.control("faults/clear")
    assert disputes.follow(now=timezone.now()).line == "1 followed, 0 could not be"
    assert state_of(order)[0] == [("needs_response", 6599, True)]
