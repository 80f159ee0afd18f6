"""Two of the staff, or one with a nervous finger, act on the same order at the same moment."""

import pytest
from django.utils import timezone

from orders import fulfillment
from orders.models import Order, OrderLine, Refund, Shipment
from products.models import StockMovement, Variant
from tests.factories import make_order, make_paid_order, make_variant
from tests.orders.stripe_steps import (
    deliver,
    event_types,
    make_settled_order,
    open_page,
    session_event,
    session_of,
)
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLICKS = 8


def ship(order, line, count):
    return fulfillment.ship(
        order_id=order.pk,
        carrier="usps",
        tracking_number="94001",
        quantities={line.pk: count},
        actor=None,
        now=timezone.now(),
    )


def cancel(order):
    return fulfillment.cancel(order_id=order.pk, reason="Twice", actor=None, now=timezone.now())


def test_a_parcel_recorded_many_times_at_once_leaves_once():
    variant = make_variant(on_hand=10)
    order = make_paid_order(packs={variant: 2})
    line = order.lines.get()

    outcomes = at_once([lambda: ship(order, line, 2)] * CLICKS)

    assert sorted(set(errors_in(outcomes))) == ["TransitionNotAllowed"]
    assert len(errors_in(outcomes)) == CLICKS - 1
    assert Shipment.objects.count() == 1
    assert event_types(order) == ["shipped"]
    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (8, 0)


def test_parcels_of_one_pack_at_once_are_as_many_as_there_are_packs():
    variant = make_variant(on_hand=10)
    order = make_paid_order(packs={variant: 3})
    line = order.lines.get()

    outcomes = at_once([lambda: ship(order, line, 1)] * CLICKS)

    assert len(errors_in(outcomes)) == CLICKS - 3
    assert Shipment.objects.count() == 3
    order.refresh_from_db()
    assert order.status == Order.Status.SHIPPED
    assert sum(StockMovement.objects.values_list("quantity", flat=True)) == 7


def test_without_the_orders_lock_every_click_sends_a_parcel():
    order = make_paid_order(packs={make_variant(on_hand=10): 1})
    everybody_has_looked = meeting(CLICKS)

    def ship_carelessly():
        line = OrderLine.objects.get(order=order)
        assert line.quantity_open == 1
        everybody_has_looked()
        line.quantity_shipped += 1
        line.save()
        Shipment.objects.create(order=order, carrier="usps", shipped_at=timezone.now())

    assert errors_in(at_once([ship_carelessly] * CLICKS)) == []
    assert Shipment.objects.count() == CLICKS


def test_a_paid_order_cancelled_many_times_at_once_is_paid_back_once(sandbox):
    variant = make_variant(on_hand=10)
    order = make_settled_order(sandbox, packs={variant: 2})

    outcomes = at_once([lambda: cancel(order)] * CLICKS)

    assert errors_in(outcomes) == ["TransitionNotAllowed"] * (CLICKS - 1)
    assert Refund.objects.get().amount_cents == order.total_cents
    assert event_types(order).count("cancelled") == 1
    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (10, 0)


def test_shipping_and_cancelling_at_once_end_in_one_of_the_two(sandbox):
    variant = make_variant(on_hand=10)
    order = make_settled_order(sandbox, packs={variant: 2})
    line = order.lines.get()

    outcomes = at_once([lambda: cancel(order), lambda: ship(order, line, 2)] * 3)

    assert len(errors_in(outcomes)) == 5
    order.refresh_from_db()
    variant.refresh_from_db()
    shipped, paid_back = Shipment.objects.count(), Refund.objects.count()
    assert (order.status, shipped, paid_back, variant.stock_on_hand, variant.stock_reserved) in {
        (Order.Status.SHIPPED, 1, 0, 8, 0),
        (Order.Status.CANCELLED, 0, 1, 10, 0),
    }


def test_a_first_parcel_and_a_cancellation_at_once_end_in_one_of_the_two(sandbox):
    """After a parcel of one pack of two the order is still paid: only the lock tells of the parcel."""
    variant = make_variant(on_hand=20)
    orders = [make_settled_order(sandbox, packs={variant: 2}) for _ in range(6)]
    acts = [
        act
        for order in orders
        for act in (
            lambda order=order: cancel(order),
            lambda order=order: ship(order, order.lines.get(), 1),
        )
    ]

    outcomes = at_once(acts)

    assert len(errors_in(outcomes)) == len(orders)
    for order in orders:
        order.refresh_from_db()
        ended = order.status, order.shipments.count(), order.refunds.count()
        assert ended in {(Order.Status.PAID, 1, 0), (Order.Status.CANCELLED, 0, 1)}


def test_cancelling_and_paying_an_unpaid_order_at_once_loses_no_money(sandbox):
    """Whoever is first: paid and paid back, or closed unpaid. Never paid and forgotten."""
    orders = [make_order() for _ in range(4)]
    pages = {order.pk: open_page(order) for order in orders}

    def pay(order):
        page = sandbox.pay(pages[order.pk])
        deliver(session_event(session_of(order)))
        return page

    acts = [lambda order=order: cancel(order) for order in orders]
    acts += [lambda order=order: pay(order) for order in orders]
    outcomes = at_once(acts)

    assert errors_in(outcomes) == []
    for order in orders:
        order.refresh_from_db()
        assert order.status == Order.Status.CANCELLED
        came = sum(order.payments.values_list("amount_cents", flat=True))
        went = sum(order.refunds.filter(status="settled").values_list("amount_cents", flat=True))
        assert came == went
    assert set(Variant.objects.values_list("stock_reserved", flat=True)) == {0}
