"""Refunds that stay in doubt for good: staff end them, and only where Stripe does not know their payment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from books.models import LedgerEntry
from orders import reconcile, refund_answers, refunds_ended
from orders.gateways import gateway
from orders.gateways.base import GatewayRefused
from orders.models import OrderEvent, Refund
from orders.refunds import RefundRefused
from tests.orders.admin_steps import SEE, act, address, log_in, words_of
from tests.orders.refund_steps import answer, refund
from tests.orders.stripe_steps import event_types, make_settled_order

pytestmark = pytest.mark.django_db

DAY, REFUND = timedelta(days=1), "orders.refund_order"
LOOK_UP = {"method": "GET", "path": "/v1/payment_intents"}


@pytest.fixture
def of_another_account(sandbox):
    """An order whose payment this account does not know, with a refund in doubt since yesterday."""
    order = make_settled_order(sandbox)
    order.payments.update(reference="pi_of_another_account")
    made = refund(order, 1500, now=timezone.now() - DAY)
    assert made.status == Refund.Status.IN_DOUBT
    return order, made


def end(order):
    refunds_ended.end(
        order_id=order.pk, reason="In neither dashboard", actor=None, now=timezone.now()
    )


def test_staff_end_what_the_sweep_never_could(of_another_account):
    order, made = of_another_account
    reconcile.sweep_refunds(now=timezone.now())
    made.refresh_from_db()
    assert made.status == Refund.Status.IN_DOUBT
    client, user = log_in(SEE, REFUND)
    assert address(order, "end_refund") in client.get(address(order, "change")).content.decode()
    page = words_of(client.get(address(order, "end_refund")))
    assert "$15.00" in page
    assert "No such payment_intent" in page

    shown = words_of(act(client, order, "end_refund", reason="In neither dashboard"))

    assert "The refund counts as failed." in shown
    made.refresh_from_db()
    order.refresh_from_db()
    assert (made.status, order.needs_review) == ("failed", True)
    assert made.failure == "ended by hand; the account does not know the payment"
    assert order.events.get(type="note_added").actor == user
    assert "In neither dashboard" in shown
    assert order.payments.get().left_cents() == order.total_cents
    assert not LedgerEntry.objects.filter(kind__startswith="refund").exists()
    again = words_of(client.get(address(order, "end_refund")))
    assert "No refund of this order has been in doubt for a day." in again


def test_of_a_payment_that_stripe_knows_nothing_is_ended_and_the_sweep_settles_it(sandbox):
    order = make_settled_order(sandbox)
    sandbox.control("faults", kind="drop", count=2, method="POST", path="/v1/refunds")
    made = refund(order, 1500, now=timezone.now() - DAY)
    with pytest.raises(RefundRefused, match="Stripe knows this payment"):
        end(order)
    made.refresh_from_db()
    assert made.status == Refund.Status.IN_DOUBT

    reconcile.sweep_refunds(now=timezone.now())
    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    assert [one.amount_cents for one in gateway().list_refunds(made.payment.reference)] == [1500]
    assert "refund_failed" not in event_types(order)


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_while_stripe_does_not_tell_nothing_is_ended(of_another_account, sandbox, status):
    order, made = of_another_account
    sandbox.control("faults", kind="error", status=status, count=3, **LOOK_UP)
    with pytest.raises(RefundRefused, match="could not be asked now"):
        end(order)
    made.refresh_from_db()
    assert made.status == Refund.Status.IN_DOUBT
    sandbox.control("faults/clear")


def test_what_stripe_tells_in_that_moment_counts(of_another_account, monkeypatch):
    order, made = of_another_account

    def tell_meanwhile(reference):
        refund_answers.settle(answer(made, "succeeded"), now=timezone.now())
        message = f"No such payment_intent: '{reference}'"
        raise GatewayRefused(message, "resource_missing")

    monkeypatch.setattr(gateway(), "fetch_fee", tell_meanwhile)
    with pytest.raises(RefundRefused, match="Stripe has answered about this refund meanwhile"):
        end(order)
    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    assert "note_added" not in event_types(order)


def test_not_before_its_key_has_lost_its_power(sandbox):
    order = make_settled_order(sandbox)
    order.payments.update(reference="pi_of_another_account")
    made = refund(order, 1500)
    with pytest.raises(RefundRefused, match="in doubt for a day"):
        end(order)
    client, _ = log_in(SEE, REFUND)
    assert address(order, "end_refund") not in client.get(address(order, "change")).content.decode()
    made.refresh_from_db()
    assert made.status == Refund.Status.IN_DOUBT


def test_without_words_nothing_is_ended_and_others_may_not(of_another_account):
    order, made = of_another_account
    client, _ = log_in(SEE, REFUND)
    assert "Say what you found." in words_of(act(client, order, "end_refund", reason=" "))
    others, _ = log_in(SEE, "orders.review_order")
    assert others.get(address(order, "end_refund")).status_code == 403
    made.refresh_from_db()
    assert made.status == Refund.Status.IN_DOUBT


def test_a_reason_that_stripe_names_is_told_in_words(sandbox):
    order = make_settled_order(sandbox)
    made = refund(order, 1500)
    refund_answers.settle(
        answer(made, "failed", failure="expired_or_canceled_card"), now=timezone.now()
    )
    declined = {"attempt": 1, "failure": "insufficient_funds"}
    OrderEvent.objects.create(order=order, type="card_declined", data=declined)
    client, _ = log_in(SEE)
    page = words_of(client.get(address(order, "change")))
    assert "insufficient_funds" in page  # of the card, not of our balance
    assert "our balance" not in page
    assert page.count("the card has expired or was canceled") == 2
    assert "expired_or_canceled_card" not in page
