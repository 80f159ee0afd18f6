"""A refusal is not "not done": a refund fails only when Stripe looked at it, said no and does not have it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from books.models import LedgerEntry
from orders import reconcile, refund_answers, refunds
from orders.gateways import gateway
from orders.models import Refund
from orders.refunds import RefundRefused
from shop.lib import fault_points
from tests.orders.refund_steps import answer, mails_of_refunds, refund
from tests.orders.stripe_steps import event_types, make_settled_order, stripe_client

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=2)
POST, LOOK_UP = {"method": "POST", "path": "/v1/refunds"}, {"method": "GET", "path": "/v1/refunds"}


def made_without_answer(sandbox, cents=1500):
    """A refund that Stripe has made and could not tell us about."""
    order = make_settled_order(sandbox)
    sandbox.control("faults", kind="drop_after", count=2, **POST)
    made = refund(order, cents)
    assert made.status == Refund.Status.IN_DOUBT
    return order, made


def refuse(sandbox, status, *questions, count=1):
    for question in questions:
        sandbox.control("faults", kind="error", status=status, count=count, **question)


def at_stripe(made):
    return [one.amount_cents for one in gateway().list_refunds(made.payment.reference)]


def entries_of_refunds():
    kinds = LedgerEntry.objects.filter(kind__startswith="refund").order_by("pk")
    return list(kinds.values_list("kind", "amount_cents"))


@pytest.mark.parametrize("status", [400, 401])
def test_one_in_doubt_is_looked_up_when_asking_again_is_refused(sandbox, status):
    order, made = made_without_answer(sandbox)
    refuse(sandbox, status, POST)
    reconcile.sweep_refunds(now=timezone.now() + LATER)
    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    assert at_stripe(made) == [1500]
    assert entries_of_refunds() == [("refund", -1500)]
    assert "refund_failed" not in event_types(order)


@pytest.mark.parametrize("status", [400, 404])
def test_one_in_doubt_stays_so_while_nothing_can_be_looked_up_and_is_never_paid_twice(
    sandbox, status
):
    order, made = made_without_answer(sandbox, 6000)
    refuse(sandbox, status, POST, LOOK_UP)
    reconcile.sweep_refunds(now=timezone.now() + LATER)
    made.refresh_from_db()
    assert made.status == Refund.Status.IN_DOUBT
    with pytest.raises(RefundRefused):
        refund(order, 6000)

    sandbox.control("faults/clear")
    reconcile.sweep_refunds(now=timezone.now() + LATER)
    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    assert at_stripe(made) == [6000]
    assert mails_of_refunds() == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_first_no_that_was_never_about_the_refund_leaves_it_in_doubt(sandbox, status):
    """The writer of a row that is still *requested* may have been killed after it had asked."""
    order = make_settled_order(sandbox)
    refuse(sandbox, status, POST)
    made = refund(order, 1500)
    assert made.status == Refund.Status.IN_DOUBT
    assert made.failure
    reconcile.sweep_refunds(now=timezone.now() + LATER)
    made.refresh_from_db()
    assert (made.status, made.failure) == (Refund.Status.SETTLED, "")
    assert at_stripe(made) == [1500]


def test_a_payment_that_the_account_does_not_know_leaves_its_refund_in_doubt(sandbox):
    order = make_settled_order(sandbox)
    order.payments.update(reference="pi_of_another_account")
    made = refund(order, 1500)
    assert made.status == Refund.Status.IN_DOUBT
    assert "No such payment_intent" in made.failure


def test_a_key_used_for_another_question_is_no_proof_that_nothing_went(sandbox):
    _, made = made_without_answer(sandbox)
    Refund.objects.update(amount_cents=1400)
    reconcile.sweep_refunds(now=timezone.now() + LATER)
    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    assert at_stripe(made) == [1500]


def test_what_stripe_looked_at_refused_and_does_not_have_has_failed(sandbox):
    order = make_settled_order(sandbox)
    sandbox.control("faults", kind="drop", count=2, **POST)
    made = refund(order, 1500)
    assert made.status == Refund.Status.IN_DOUBT
    stripe_client(sandbox).v1.refunds.create({"payment_intent": made.payment.reference})
    reconcile.sweep_refunds(now=timezone.now() + LATER)
    made.refresh_from_db()
    assert (made.status, made.reference) == (Refund.Status.FAILED, None)
    assert "already been refunded" in made.failure


def test_a_refusal_takes_nothing_back_that_a_webhook_has_settled_meanwhile(sandbox, monkeypatch):
    order, made = made_without_answer(sandbox)
    [there] = gateway().list_refunds(made.payment.reference)

    def told_meanwhile(name):
        if name == "refund.requested":
            refund_answers.refresh(reference=there.reference, now=timezone.now())
            refuse(sandbox, 401, POST, LOOK_UP)

    monkeypatch.setattr(fault_points, "reached", told_meanwhile)
    assert refunds.send(refund_id=made.pk, now=timezone.now()).status == Refund.Status.SETTLED
    refund_answers.note(made.pk, Refund.Status.FAILED, now=timezone.now())
    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    order.refresh_from_db()
    assert not order.needs_review
    assert entries_of_refunds() == [("refund", -1500)]


@pytest.mark.parametrize(
    ("word", "status", "entries"),
    [
        ("succeeded", "settled", [("refund", -1000)]),
        ("pending", "sent", [("refund", -1000)]),
        ("failed", "failed", [("refund", -1000), ("refund_failed", 1000)]),
    ],
)
def test_a_refund_that_had_failed_here_and_is_at_stripe_counts_again(
    sandbox, word, status, entries
):
    order = make_settled_order(sandbox)
    [made] = refunds.request_everything(order, reason="x", actor=None, now=timezone.now())
    Refund.objects.update(status="failed", amount_cents=1000)

    made.refresh_from_db()
    for _ in range(2):
        refund_answers.settle(answer(made, word), now=timezone.now())

    made.refresh_from_db()
    order.refresh_from_db()
    assert (made.status, made.reference) == (status, f"re_{made.pk}")
    assert entries_of_refunds() == entries
    assert order.needs_review == (status != "failed")
    assert mails_of_refunds() == (status == "settled")


def test_what_stripe_called_failed_stays_so(sandbox):
    order = make_settled_order(sandbox)
    made = refund(order, 1000)
    refund_answers.settle(answer(made, "failed"), now=timezone.now())
    refund_answers.settle(answer(made, "succeeded"), now=timezone.now())
    made.refresh_from_db()
    assert made.status == Refund.Status.FAILED
    assert refunds.refundable_cents(order) == order.total_cents
