"""What the customer's own page says about money that should have gone back."""

import pytest
from django.utils import timezone

from orders import review
from orders.models import OrderEvent, Payment, Refund
from tests.factories import make_paid_order
from tests.orders.booked import make_dispute
from tests.orders.shopping import page_of

pytestmark = pytest.mark.django_db


def make_refund(order, status, **told):
    refund = Refund.objects.create(
        order=order,
        payment=told.pop("payment", None) or order.payments.get(),
        amount_cents=1500,
        status=status,
        idempotency_key=f"{status}-{order.refunds.count()}",
        requested_at=timezone.now(),
    )
    for kind in told.pop("events", ()):
        OrderEvent.objects.create(
            order=order, type=kind, data={"refund": refund.pk, "amount_cents": 1500}
        )
    return refund


def test_a_refund_that_came_back_is_said_to_have_and_nobody_is_asked_not_to_pay(client):
    order = make_paid_order()
    make_refund(order, "failed", events=["refund_settled", "refund_failed"])
    order.mark_cancelled()
    review.ask(order, "A refund of $15.00 failed after it had been settled.")

    page = page_of(client, order)

    assert "Refund came back to us" in page
    assert "Money that goes back to you has not arrived yet." in page
    assert "do not pay again" not in page


def test_a_refund_that_never_left_was_never_sent(client):
    order = make_paid_order()
    make_refund(order, "failed", events=["refund_requested", "refund_failed"])
    review.ask(order, "A refund of $15.00 failed.")
    page = page_of(client, order)
    assert "Money that goes back to you has not arrived yet." in page
    assert "Refund sent" not in page
    assert "Refund came back" not in page


def test_once_it_went_after_all_the_page_says_only_that(client):
    order = make_paid_order()
    make_refund(order, "failed", events=["refund_failed"])
    review.ask(order, "A refund of $15.00 failed.")
    make_refund(order, "settled", events=["refund_settled"])
    page = page_of(client, order)
    assert "has not arrived yet" not in page
    assert "Refund sent" in page


def test_one_that_turned_up_again_never_came_back(client):
    order = make_paid_order()
    make_refund(order, "settled", events=["refund_failed", "refund_settled"])
    page = page_of(client, order)
    assert "Refund sent" in page
    assert "Refund came back" not in page


def test_of_two_payments_each_refund_is_looked_at(client):
    order = make_paid_order()
    first = order.payments.get()
    second = Payment.objects.create(
        order=order, reference="pi_2", amount_cents=1500, received_at=timezone.now()
    )
    make_refund(order, "failed", payment=first)
    make_refund(order, "settled", payment=second)
    review.ask(order, "A refund of $15.00 failed.")
    assert "has not arrived yet" in page_of(client, order)


def test_what_somebody_has_dealt_with_is_not_told_again(client):
    order = make_paid_order()
    make_refund(order, "failed", events=["refund_settled", "refund_failed"])
    review.ask(order, "A refund of $15.00 failed.")
    review.close(order, reason="Sent a check", actor=None)
    review.ask(order, "Something else.")
    assert "has not arrived yet" not in page_of(client, order)


def test_of_money_that_a_bank_holds_nothing_is_promised(client):
    order = make_paid_order()
    make_refund(order, "failed", events=["refund_failed"])
    review.ask(order, "A refund of $15.00 failed.")
    make_dispute(order, withdrawn_cents=6599)
    assert "has not arrived yet" not in page_of(client, order)
