"""What a refund does to the packs, and refunds that were made in Stripe's dashboard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders import fraud_warnings, fulfillment, reconcile, refund_answers, refunds
from orders.gateways import gateway
from orders.models import Order, Refund
from orders.refunds import RefundItem
from products.models import Reservation, StockMovement
from tests.factories import make_paid_order, make_variant
from tests.orders.refund_steps import answer, mails_of_refunds, refund, ship
from tests.orders.stripe_steps import event_types, make_settled_order, stripe_client

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=2)


# --- the packs ---------------------------------------------------------------------------------


def test_packs_that_never_left_go_back_on_sale_and_are_not_shipped(sandbox):
    variant = make_variant(on_hand=10)
    order = make_settled_order(sandbox, packs={variant: 3})
    line = order.lines.get()

    refund(order, 6000, [RefundItem(line.pk, 1)])

    variant.refresh_from_db()
    line.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (10, 2)
    assert (line.quantity_withdrawn, line.quantity_open) == (1, 2)
    with pytest.raises(fulfillment.NothingToShip):
        ship(order, {line.pk: 3})
    ship(order, {line.pk: 2})
    order.refresh_from_db()
    assert order.status == Order.Status.SHIPPED
    assert not StockMovement.objects.filter(kind="returned").exists()


def test_when_the_last_open_packs_are_paid_back_the_order_is_over(sandbox):
    variant = make_variant(on_hand=10)
    order = make_settled_order(sandbox, packs={variant: 2})
    line = order.lines.get()
    refund(order, 12000, [RefundItem(line.pk, 2)])
    order.refresh_from_db()
    variant.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert variant.stock_reserved == 0


def test_when_the_rest_of_a_part_shipped_order_is_paid_back_it_is_shipped(sandbox):
    variant = make_variant(on_hand=10)
    order = make_settled_order(sandbox, packs={variant: 3})
    line = order.lines.get()
    ship(order, {line.pk: 2})

    refund(order, 6000, [RefundItem(line.pk, 1)])

    order.refresh_from_db()
    variant.refresh_from_db()
    assert order.status == Order.Status.SHIPPED
    assert (variant.stock_on_hand, variant.stock_reserved) == (8, 0)


@pytest.mark.parametrize(("restock", "on_hand"), [(True, 9), (False, 8)])
def test_shipped_packs_return_to_the_shelf_only_when_staff_say_so(sandbox, restock, on_hand):
    variant = make_variant(on_hand=10)
    order = make_settled_order(sandbox, packs={variant: 2})
    line = order.lines.get()
    ship(order, {line.pk: 2})

    refund(order, 6000, [RefundItem(line.pk, 1, restock=restock)])

    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (on_hand, 0)
    returned = StockMovement.objects.filter(kind="returned", reference=order.number)
    assert [move.quantity for move in returned] == [1] * restock
    assert sum(StockMovement.objects.values_list("quantity", flat=True)) == on_hand


def test_packs_go_back_when_the_money_has_and_only_once(sandbox, settings):
    variant = make_variant(on_hand=10)
    order = make_settled_order(sandbox, packs={variant: 2})
    line = order.lines.get()
    ship(order, {line.pk: 2})
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()
    made = refund(order, 6000, [RefundItem(line.pk, 1, restock=True)])
    variant.refresh_from_db()
    assert (made.status, variant.stock_on_hand) == (Refund.Status.IN_DOUBT, 8)

    settings.STRIPE_API_BASE = sandbox.url
    gateway.cache_clear()
    for _ in range(3):
        reconcile.sweep_refunds(now=timezone.now() + LATER)
    variant.refresh_from_db()
    assert variant.stock_on_hand == 9


def test_a_failed_refund_moves_no_pack(sandbox):
    variant = make_variant(on_hand=10)
    order = make_settled_order(sandbox, packs={variant: 2})
    stripe_client(sandbox).v1.refunds.create({"payment_intent": order.payments.get().reference})
    refund(order, 6000, [RefundItem(order.lines.get().pk, 1)])
    variant.refresh_from_db()
    assert variant.stock_reserved == 2
    assert order.lines.get().quantity_open == 2


def test_money_that_is_back_is_written_down_even_where_the_shelves_disagree(sandbox):
    order = make_settled_order(sandbox, packs={make_variant(): 2})
    Reservation.objects.all().delete()

    made = refund(order, 6000, [RefundItem(order.lines.get().pk, 1)])

    order.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    assert order.needs_review
    assert mails_of_refunds() == 1


def test_packs_whose_refund_is_under_way_are_not_shipped(no_stripe):
    """Else the customer would end with the money and the packs."""
    order = make_paid_order(packs={make_variant(): 2})
    line = order.lines.get()
    made = refund(order, 6000, [RefundItem(line.pk, 1)])
    assert made.status == Refund.Status.IN_DOUBT

    with pytest.raises(fulfillment.NothingToShip, match=r"Only 1 of .* A refund of the others"):
        ship(order, {line.pk: 2})
    ship(order, {line.pk: 1})
    refund_answers.settle(answer(made, "succeeded"), now=timezone.now())
    order.refresh_from_db()
    assert order.status == Order.Status.SHIPPED


# --- made in Stripe's dashboard ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("packs_back", "shipped", "is_asked"),
    [(0, 0, True), (1, 0, True), (2, 0, False), (0, 2, False)],
)
def test_all_the_money_back_and_packs_still_to_ship_asks_for_a_look(
    sandbox, packs_back, shipped, is_asked
):
    """Or they would leave for nothing: also where a fraud warning ends with its money."""
    order = make_settled_order(sandbox, packs={make_variant(): 2})
    line = order.lines.get()
    if shipped:
        ship(order, {line.pk: shipped})
    else:
        sandbox.warn_of_fraud(order.payments.get().reference)
        fraud_warnings.follow(now=timezone.now())
    refund(order, 100)
    order.refresh_from_db()
    assert not order.needs_review

    back = refunds.refundable_cents(order)
    refund(order, back, [RefundItem(line.pk, packs_back)] if packs_back else ())

    order.refresh_from_db()
    assert (order.needs_review, order.is_frozen) == (is_asked, False)
    assert not Order.objects.to_ship().exists()


def test_a_refund_made_in_the_dashboard_is_taken_over_once(sandbox):
    order = make_settled_order(sandbox)
    outside = stripe_client(sandbox).v1.refunds.create(
        {"payment_intent": order.payments.get().reference, "amount": 700}
    )

    for _ in range(2):
        row = refund_answers.refresh(reference=outside.id, now=timezone.now())

    assert Refund.objects.get() == row
    assert (row.amount_cents, row.status) == (700, Refund.Status.SETTLED)
    assert refunds.refundable_cents(order) == order.total_cents - 700
    order.refresh_from_db()
    assert order.needs_review  # is it still to be shipped?
    assert event_types(order).count("refund_settled") == 1
    assert mails_of_refunds() == 1


def test_a_dashboard_refund_of_a_shipped_order_asks_nothing(sandbox):
    order = make_settled_order(sandbox)
    ship(order, {order.lines.get().pk: 1})
    outside = stripe_client(sandbox).v1.refunds.create(
        {"payment_intent": order.payments.get().reference, "amount": 700}
    )
    refund_answers.refresh(reference=outside.id, now=timezone.now())
    order.refresh_from_db()
    assert not order.needs_review


def test_a_refund_of_somebody_elses_payment_is_none_of_ours(sandbox, settings):
    order = make_settled_order(sandbox)
    outside = stripe_client(sandbox).v1.refunds.create(
        {"payment_intent": order.payments.get().reference}
    )
    order.payments.all().delete()
    settings.DEPLOYMENT = "another-shop"
    assert refund_answers.refresh(reference=outside.id, now=timezone.now()) is None
    assert not Refund.objects.exists()


def test_our_own_refund_is_known_by_its_webhook_before_our_answer_came(sandbox):
    order = make_settled_order(sandbox)
    made = refund(order, 700)
    Refund.objects.update(status="requested", reference=None)

    refund_answers.refresh(reference=made.reference, now=timezone.now())

    assert Refund.objects.get().status == Refund.Status.SETTLED
