"""Money on its way back: asked for once, told when it is settled, never more than came."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders import reconcile, refund_answers, refunds
from orders.gateways import gateway
from orders.models import Refund
from orders.refunds import RefundItem, RefundRefused
from tests.factories import make_paid_order, make_staff, make_variant
from tests.orders.refund_steps import answer, mails_of_refunds, refund
from tests.orders.stripe_steps import event_types, make_settled_order, stripe_client

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=2)


# --- asking once -------------------------------------------------------------------------------


def test_a_refund_is_asked_for_settled_and_told(sandbox):
    order = make_settled_order(sandbox)
    staff = make_staff()

    made = refund(order, 1500, actor=staff)

    assert made.status == Refund.Status.SETTLED
    assert made.reference.startswith("re_")
    assert made.settled_at is not None
    assert event_types(order)[-2:] == ["refund_requested", "refund_settled"]
    assert order.events.get(type="refund_requested").actor == staff
    assert mails_of_refunds() == 1
    assert refunds.refundable_cents(order) == order.total_cents - 1500
    at_stripe = stripe_client(sandbox).v1.refunds.retrieve(made.reference)
    assert at_stripe.metadata.to_dict() == {"refund": str(made.pk), "deployment": "localhost"}


def test_row_and_key_exist_before_stripe_is_asked(no_stripe):
    order = make_paid_order()
    made = refund(order, 1000)
    assert made.status == Refund.Status.IN_DOUBT
    assert made.idempotency_key.startswith(f"refund:{order.token[:16]}:")
    assert event_types(order)[-2:] == ["refund_requested", "refund_in_doubt"]
    assert mails_of_refunds() == 0
    # What is in doubt counts as gone, or it could be paid back twice.
    assert refunds.refundable_cents(order) == order.total_cents - 1000


def test_a_refund_in_doubt_is_asked_again_with_the_same_key_and_happens_once(sandbox):
    order = make_settled_order(sandbox)
    sandbox.control("faults", kind="drop_after", method="POST", path="/v1/refunds", count=3)
    made = refund(order, 1500)
    assert made.status == Refund.Status.IN_DOUBT

    for _ in range(2):
        reconcile.sweep_refunds(now=timezone.now() + LATER)

    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    at_stripe = gateway().list_refunds(made.payment.reference)
    assert [one.amount_cents for one in at_stripe] == [1500]
    assert event_types(order).count("refund_settled") == 1
    assert mails_of_refunds() == 1


def test_after_a_day_in_doubt_stripe_is_asked_what_it_knows(sandbox, monkeypatch):
    """By then the key may be forgotten, and asking with it again would pay a second time."""
    order = make_settled_order(sandbox)
    made = refund(order, 1500)
    Refund.objects.update(
        status="in_doubt",
        reference=None,
        idempotency_key="forgotten by Stripe",
        requested_at=timezone.now() - timedelta(hours=25),
    )

    reconcile.sweep_refunds(now=timezone.now())

    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    assert len(gateway().list_refunds(made.payment.reference)) == 1


def test_a_crash_after_the_request_is_made_up_for(sandbox):
    order = make_settled_order(sandbox)
    row = refunds.request_everything(order, reason="Gone", actor=None, now=timezone.now())[0]
    assert row.status == Refund.Status.REQUESTED

    reconcile.sweep_refunds(now=timezone.now() + LATER)

    row.refresh_from_db()
    assert (row.status, row.amount_cents) == (Refund.Status.SETTLED, order.total_cents)


def test_a_refusal_fails_the_refund_and_calls_for_a_look(sandbox):
    order = make_settled_order(sandbox)
    stripe_client(sandbox).v1.refunds.create({"payment_intent": order.payments.get().reference})

    made = refund(order, 1000)

    order.refresh_from_db()
    assert made.status == Refund.Status.FAILED
    assert "already been refunded" in made.failure
    assert order.needs_review
    assert order.events.get(type="needs_review").data["reason"] == "A refund of $10.00 failed."
    assert mails_of_refunds() == 0


def test_a_pending_refund_is_told_to_the_customer_only_when_it_is_settled(sandbox):
    order = make_settled_order(sandbox)
    made = refunds.request_everything(order, reason="x", actor=None, now=timezone.now())[0]

    refund_answers.settle(answer(made, "pending"), now=timezone.now())
    made.refresh_from_db()
    assert made.status == Refund.Status.SENT
    assert mails_of_refunds() == 0

    for _ in range(2):
        refund_answers.settle(answer(made, "succeeded"), now=timezone.now())
    assert mails_of_refunds() == 1


def test_a_refund_that_fails_after_it_was_settled_can_be_made_again(sandbox):
    order = make_settled_order(sandbox)
    made = refund(order, order.total_cents)
    assert refunds.refundable_cents(order) == 0

    refund_answers.settle(answer(made, "failed", failure="lost_or_stolen_card"), now=timezone.now())

    made.refresh_from_db()
    order.refresh_from_db()
    assert (made.status, made.settled_at) == (Refund.Status.FAILED, None)
    assert made.failure == "lost_or_stolen_card"
    assert order.needs_review
    asked = order.events.filter(type="needs_review").order_by("pk").last()
    assert "failed after it had been settled" in asked.data["reason"]
    assert refunds.refundable_cents(order) == order.total_cents


def test_an_older_answer_does_not_take_a_refund_back(sandbox):
    order = make_settled_order(sandbox)
    made = refund(order, 1000)
    refund_answers.settle(answer(made, "pending"), now=timezone.now())
    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED


# --- never too much ----------------------------------------------------------------------------


def test_several_refunds_add_up_to_the_payment_and_no_further(sandbox):
    order = make_settled_order(sandbox)
    for cents in (1000, 2000, order.total_cents - 3000):
        assert refund(order, cents).status == Refund.Status.SETTLED

    with pytest.raises(RefundRefused, match=r"Only \$0\.00 can still be paid back"):
        refund(order, 1)
    assert refunds.refundable_cents(order) == 0
    assert order.refunds.count() == 3


@pytest.mark.parametrize("cents", [0, -5, 6600, 10**9])
def test_nothing_and_too_much_are_refused_and_leave_no_row(no_stripe, cents):
    order = make_paid_order()
    with pytest.raises(RefundRefused):
        refund(order, cents)
    assert not Refund.objects.exists()


def test_an_unpaid_order_has_nothing_to_pay_back(no_stripe):
    order = make_paid_order()
    order.payments.all().delete()
    with pytest.raises(RefundRefused):
        refund(order, 100)


def test_more_packs_than_were_bought_are_refused(sandbox):
    order = make_settled_order(sandbox, packs={make_variant(): 2})
    line = order.lines.get()
    refund(order, 100, [RefundItem(line.pk, 1)])
    with pytest.raises(RefundRefused, match="Only 1 of"):
        refund(order, 100, [RefundItem(line.pk, 2)])
    with pytest.raises(RefundRefused, match="packs of this order"):
        refund(order, 100, [RefundItem(line.pk + 999, 1)])
    with pytest.raises(RefundRefused, match="packs of this order"):
        refund(order, 100, [RefundItem(line.pk, 0)])
    assert order.refunds.count() == 1


def test_each_of_two_payments_gets_its_own_money_back(sandbox, no_stripe):
    order = make_paid_order()
    order.payments.create(
        reference="pi_more", amount_cents=100, currency="USD", received_at=timezone.now()
    )
    made = refunds.request_everything(order, reason="x", actor=None, now=timezone.now())
    assert [(row.payment.reference, row.amount_cents) for row in made] == [
        (order.payments.order_by("pk")[0].reference, order.total_cents),
        ("pi_more", 100),
    ]
