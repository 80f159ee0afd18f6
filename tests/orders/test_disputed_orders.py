"""Disputed orders: nothing ships or goes back while a bank holds the money, and staff are told in time."""

from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import dispute_words, disputes, fulfillment, payments, refunds
from orders.gateways import gateway
from orders.gateways.base import BalanceChange, DisputeState
from orders.models import Dispute, Order, Refund, TransitionNotAllowed
from tests.orders.dispute_steps import (
    answer_evidence,
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
    stripe_client,
)

__all__ = ["deaf_sandbox", "shop_of_its_own"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop_of_its_own")]


# --- what is frozen -------------------------------------------------------------------------------


def test_nothing_ships_goes_back_or_is_canceled_while_the_bank_holds_the_money(sandbox):
    order, reference = disputed_order(sandbox)
    told(reference)
    order.refresh_from_db()
    with pytest.raises(TransitionNotAllowed, match="frozen"):
        ship(order, {line.pk: 1 for line in order.lines.all()})
    with pytest.raises(refunds.RefundRefused, match="bank holds its money"):
        refund(order, 100)
    with pytest.raises(TransitionNotAllowed, match="bank holds its money"):
        fulfillment.cancel(order_id=order.pk, reason="x", actor=None, now=timezone.now())
    assert refunds.request_everything(order, reason="x", actor=None, now=timezone.now()) == []
    assert order not in Order.objects.to_ship()
    assert not Refund.objects.exists()
    assert not order.shipments.exists()
    order.refresh_from_db()
    assert order.status == "paid"


def test_the_other_payment_of_a_disputed_order_can_go_back(sandbox):
    order, reference = disputed_order(sandbox)
    told(reference)
    other = make_settled_order(sandbox)
    other.payments.update(order=order)
    assert refunds.refundable_cents(order) == 6599
    made = refund(order, 6599)
    assert (made.status, made.payment_id) == ("settled", other.attempts.get().payments.get().pk)


def test_a_refund_asked_for_before_the_dispute_was_known_fails_and_is_looked_at(sandbox):
    """Late or second money that is disputed before the shop has sent it back: Stripe refuses."""
    order, reference = disputed_order(sandbox)
    made = refund(order, 6599)
    assert (made.status, Order.objects.get(pk=order.pk).needs_review) == ("failed", True)
    told(reference)
    Order.objects.filter(pk=order.pk).update(needs_review=False)
    sandbox.decide_dispute(reference, "win")
    told(reference)
    # The money is here again and was to go back: that is not forgotten.
    assert state_of(order)[3:] == (False, True)
    reasons = order.events.filter(type="needs_review").order_by("pk")
    assert (
        reasons.values_list("data__reason", flat=True).last()
        == "A dispute has ended, and $65.99 are here that were to go back."
    )


def test_money_that_comes_back_to_a_canceled_order_is_looked_at(sandbox):
    order, reference = disputed_order(sandbox)
    told(reference)
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    sandbox.decide_dispute(reference, "win")
    told(reference)
    assert state_of(order)[2:] == ("cancelled", False, True)


def test_an_order_is_not_taken_as_paid_with_money_that_the_bank_holds(sandbox):
    order, reference = disputed_order(sandbox)
    told(reference)
    Order.objects.filter(pk=order.pk).update(status="pending", needs_review=True)
    with pytest.raises(payments.AcceptRefused, match="No money of this order is here"):
        payments.accept(order_id=order.pk, reason="x", actor=None, now=timezone.now())


# --- who is told ----------------------------------------------------------------------------------


def test_staff_are_told_of_each_step_and_the_customer_of_none(sandbox):
    order = make_settled_order(sandbox)
    Email.objects.all().delete()
    reference = sandbox.dispute(intent_of(order), inquiry=1)["id"]
    due = dispute_words.moment(told(reference).evidence_due_at)
    for act in ("escalate", "lose"):
        sandbox.decide_dispute(reference, act)
        told(reference)
    mails = list(Email.objects.order_by("pk"))
    assert [mail.subject for mail in mails] == [
        f"Inquiry: order {order.number}, answer by {due}",
        f"Dispute: order {order.number}, answer by {due}",
        f"Please look at order {order.number}",
        f"Dispute lost: order {order.number}",
    ]
    assert {tuple(mail.to) for mail in mails} == {("staff@localhost",)}
    # An answer to the mail would tell the customer; only the request for review goes there.
    assert [(mail.headers or {}).get("Reply-To") for mail in mails] == [
        None,
        None,
        order.email,
        None,
    ]
    opened, dispute, _, lost = [mail.message for mail in mails]
    assert "No money has been taken. A refund ends the inquiry" in opened
    assert "Without an answer it may become a dispute." in opened
    assert "The bank takes $65.99 until it has decided." in dispute
    assert "Without an answer it is lost." in dispute
    assert f"Answer by: {due}, at Stripe." in dispute
    assert "the cardholder did not make this payment" in dispute
    assert "The bank keeps the money." in lost
    assert "needs review: nothing of it ships" in lost


# --- deadlines ------------------------------------------------------------------------------------


def test_staff_are_reminded_once_two_days_before_the_answer_is_due(sandbox):
    order, reference = disputed_order(sandbox)
    due_at = told(reference).evidence_due_at
    times = {
        "too early": due_at - timedelta(days=3),
        "in time": due_at - timedelta(hours=47),
        "again": due_at - timedelta(hours=46),
        "too late": due_at + timedelta(hours=1),
    }
    assert {name: disputes.remind(now=now) for name, now in times.items()} == {
        "too early": 0,
        "in time": 1,
        "again": 0,
        "too late": 0,
    }
    assert event_types(order).count("dispute_due") == 1
    assert [one for one in mails_to_staff() if "due" in one] == [
        f"Answer due soon: dispute of order {order.number}"
    ]


def test_a_new_deadline_is_reminded_of_again_and_an_answered_one_is_not(sandbox):
    order, reference = disputed_order(sandbox)
    due_at = told(reference).evidence_due_at
    Dispute.objects.update(reminded_of=due_at - timedelta(days=30))
    assert disputes.remind(now=due_at - timedelta(days=1)) == 1
    Dispute.objects.update(reminded_of=None)
    answer_evidence(sandbox, reference)
    told(reference)
    assert disputes.remind(now=due_at - timedelta(days=1)) == 0
    assert event_types(order).count("dispute_due") == 1


def test_a_dispute_heard_of_two_days_before_its_deadline_is_told_once(sandbox):
    _, reference = disputed_order(sandbox)
    due_at = gateway().fetch_dispute(reference).evidence_due_at
    told(reference, now=due_at - timedelta(days=1))
    assert disputes.remind(now=due_at - timedelta(hours=20)) == 0


def test_evidence_is_sent_at_stripe_and_the_shop_only_follows(sandbox):
    _, reference = disputed_order(sandbox)
    told(reference)
    stripe_client(sandbox).v1.disputes.close(reference)
    assert told(reference).status == "lost"


@pytest.mark.parametrize(
    ("moved", "status", "left"),
    [
        ([-6100], "needs_response", 0),
        ([-6100, 6150], "won", 6599),
        ([], "warning_needs_response", 6599),
    ],
)
def test_what_stripe_exchanges_counts_in_the_currency_of_the_dispute(sandbox, moved, status, left):
    """Its balance is in euros: what came for $65.99 is gone in full, or back in full."""
    order = make_settled_order(sandbox)
    reference = intent_of(order)
    now = timezone.now()
    entries = [
        BalanceChange(
            f"txn_{cents}", "adjustment", "du_1", reference, cents, 0, "EUR", is_dispute=True
        )
        for cents in moved
    ]
    state = DisputeState("du_1", status, "fraudulent", 6599, "USD", reference, now, None, entries)
    disputes.settle(state, revision=0, now=now)
    assert order.payments.get().left_cents() == left
    assert list(disputes.differing([state])) == []
