"""What must hold whatever happens in which order: see also tests/races."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from orders import fulfillment, payments, reconcile, refunds
from orders.models import Order, Payment, PaymentAttempt, Refund
from products.models import Reservation, StockMovement, Variant
from tests.factories import make_order, make_variant
from tests.orders.shopping import check_out, open_shop, put_in_cart
from tests.orders.stripe_steps import (
    deliver,
    event_types,
    make_settled_order,
    open_page,
    pay_page,
    session_event,
    session_of,
    stripe_client,
)


def webhook(order, session_id):
    assert deliver(session_event(session_id)).status_code == 200


def return_page(order, session_id):
    answer = Client().get(f"/order/{order.token}/return/?session_id={session_id}")
    assert answer.status_code == 302


def periodic_check(order, session_id):
    reconcile.check_open_sessions(now=timezone.now() + timedelta(minutes=2))


DOORS = (webhook, return_page, periodic_check)


@pytest.mark.django_db
@pytest.mark.parametrize("lost", range(3))
def test_any_order_repetition_or_loss_of_the_three_doors_ends_in_the_same_state(sandbox, lost):
    for doors in permutations(DOORS, 3 - lost):
        order = make_order()
        session_id = pay_page(sandbox, order)
        for door in (*doors, *doors, doors[0]):
            door(order, session_id)
        order.refresh_from_db()
        assert order.status == Order.Status.PAID, doors
        assert event_types(order) == ["payment_started", "payment_received", "paid"], doors
        assert order.payments.get().amount_cents == order.total_cents
        assert Email.objects.filter(message__contains=order.token).count() == 1, doors


@pytest.mark.django_db
def test_a_crash_while_money_is_recorded_leaves_nothing_half_done_and_is_made_up_for(
    sandbox, monkeypatch
):
    order = make_order()
    session_id = pay_page(sandbox, order)
    steps = ("events.record", "stock.allocate", "_empty_cart", "ledger.post")
    for step in steps:

        def die(*arguments, step=step, **more):
            raise RuntimeError(step)

        with monkeypatch.context() as patch:
            patch.setattr(f"orders.incoming.{step}", die)
            with pytest.raises(RuntimeError, match=step):
                payments.record_payment(session_id=session_id, now=timezone.now())
        order.refresh_from_db()
        assert order.is_pending
        assert not Payment.objects.exists()
        assert Reservation.objects.get().state == "held"

    periodic_check(order, session_id)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert event_types(order) == ["payment_started", "payment_received", "paid"]


@pytest.mark.django_db
def test_what_came_minus_what_went_is_what_stripe_holds(sandbox):
    orders = [make_settled_order(sandbox, packs={make_variant(): 2}) for _ in range(2)]
    for order, cents in zip(orders, (100, 2500), strict=True):
        refunds.refund(
            order_id=order.pk, amount_cents=cents, reason="x", actor=None, now=timezone.now()
        )
    fulfillment.cancel(order_id=orders[0].pk, reason="x", actor=None, now=timezone.now())

    for order in orders:
        came = order.payments.aggregate(total=Sum("amount_cents"))["total"]
        settled = order.refunds.filter(status=Refund.Status.SETTLED)
        went = settled.aggregate(total=Sum("amount_cents"))["total"]
        charge = stripe_client(sandbox).v1.payment_intents.retrieve(
            order.payments.get().reference, {"expand": ["latest_charge"]}
        )
        at_stripe = charge.latest_charge
        assert (at_stripe.amount, at_stripe.amount_refunded) == (came, went)
        assert came - went == refunds.refundable_cents(order)


@pytest.mark.django_db
def test_after_a_whole_life_movements_are_the_stock_and_nothing_stays_promised(sandbox):
    variant = make_variant(on_hand=20)
    shipped = make_settled_order(sandbox, packs={variant: 3})
    line = shipped.lines.get()
    fulfillment.ship(
        order_id=shipped.pk,
        carrier="usps",
        tracking_number="",
        quantities={line.pk: 2},
        actor=None,
        now=timezone.now(),
    )
    refunds.refund(
        order_id=shipped.pk,
        amount_cents=18000,
        items=[refunds.RefundItem(line.pk, 3, restock=True)],
        reason="x",
        actor=None,
        now=timezone.now(),
    )
    cancelled = make_settled_order(sandbox, packs={variant: 4})
    fulfillment.cancel(order_id=cancelled.pk, reason="x", actor=None, now=timezone.now())
    expired = make_order(packs={variant: 5})
    open_page(expired)
    stripe_client(sandbox).v1.checkout.sessions.expire(session_of(expired))
    payments.record_payment(session_id=session_of(expired), now=timezone.now())

    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (20, 0)
    assert StockMovement.objects.aggregate(total=Sum("quantity"))["total"] == 20
    assert not Reservation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_stripe_is_never_asked_while_a_lock_is_held(sandbox, monkeypatch):
    from orders.gateways.stripe import StripeGateway

    asked = []
    really_ask = StripeGateway._ask

    def watch(gateway, call):
        asked.append(connection.in_atomic_block)
        return really_ask(gateway, call)

    monkeypatch.setattr(StripeGateway, "_ask", watch)
    variant = open_shop(on_hand=9)
    buyer = Client(headers={"Sec-Fetch-Site": "same-origin"})
    put_in_cart(buyer, variant)
    check_out(buyer, 6000)
    check_out(buyer, 6000, name="Jo D. Doe")  # closes the page of before
    order = Order.objects.unpaid().get()
    session_id = pay_page(sandbox, order)
    webhook(order, session_id)
    return_page(order, session_id)
    refunds.refund(order_id=order.pk, amount_cents=100, reason="x", actor=None, now=timezone.now())
    fulfillment.cancel(order_id=order.pk, reason="x", actor=None, now=timezone.now())
    Refund.objects.update(status="sent")
    PaymentAttempt.objects.update(status="expired")
    PaymentAttempt.objects.filter(session_id=session_id).update(status="open")
    periodic_check(order, session_id)
    reconcile.sweep_refunds(now=timezone.now() + timedelta(minutes=2))

    assert len(asked) > 8
    assert not any(asked)
    assert Variant.objects.get().stock_reserved == 0


@pytest.mark.django_db
def test_a_question_under_a_lock_is_noticed_in_every_test_that_has_a_stripe(
    sandbox, asked_under_a_lock
):
    order = make_order()
    open_page(order)
    assert asked_under_a_lock == []

    with transaction.atomic():
        payments.ask(session_of(order))

    assert "payments.ask(session_of(order))" in asked_under_a_lock.pop()
    assert asked_under_a_lock == []
