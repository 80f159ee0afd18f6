"""When parcels arrive: recorded by staff or by the buyer, else estimated."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from orders import deliveries, fulfillment
from orders.deliveries import DeliveryRefused, delivered_at
from orders.models import Order, OrderEvent, OrderLine, Shipment
from tests.factories import NOON, make_paid_order, make_shipping, make_staff, make_variant
from tests.orders.admin_steps import SEE, act, address, log_in, words_of
from tests.orders.shopping import page_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MAY = (SEE, "orders.ship_order")


def ship(order, packs=1, *, at=NOON):
    return fulfillment.ship(
        order_id=order.pk,
        carrier="usps",
        tracking_number="9400111",
        quantities={order.lines.get().pk: packs},
        actor=None,
        now=at,
    )


def order_of(packs):
    return make_paid_order(packs={make_variant(): packs}, placed_at=NOON - DAY)


def delivered_events(order):
    return list(order.events.filter(type=OrderEvent.Type.DELIVERED))


def fresh(order):
    return Order.objects.get(pk=order.pk)


# The record --------------------------------------------------------------------------------------


def test_a_delivery_is_recorded_once_with_its_event():
    staff = make_staff()
    parcel = ship(order_of(1))

    deliveries.mark_delivered(parcel.pk, at=NOON + DAY, actor=staff, now=NOON + 2 * DAY)
    with pytest.raises(DeliveryRefused, match="recorded already"):
        deliveries.mark_delivered(parcel.pk, at=NOON + 2 * DAY, actor=staff, now=NOON + 2 * DAY)

    parcel.refresh_from_db()
    assert parcel.delivered_at == NOON + DAY
    (event,) = delivered_events(parcel.order)
    assert (event.actor, event.data) == (staff, {"shipment": parcel.pk})


@pytest.mark.parametrize(
    ("at", "why"),
    [(NOON - timedelta(minutes=1), "before the parcel left"), (NOON + 2 * DAY, "still to come")],
)
def test_a_delivery_is_neither_before_the_parcel_left_nor_still_to_come(at, why):
    parcel = ship(order_of(1))

    with pytest.raises(DeliveryRefused, match=why):
        deliveries.mark_delivered(parcel.pk, at=at, actor=None, now=NOON + DAY)

    parcel.refresh_from_db()
    assert parcel.delivered_at is None
    assert delivered_events(parcel.order) == []


def test_a_time_to_the_minute_in_the_minute_of_shipping_counts_as_after_it():
    left = NOON + timedelta(seconds=40)
    parcel = ship(order_of(1), at=left)

    deliveries.mark_delivered(parcel.pk, at=NOON, actor=None, now=left)

    parcel.refresh_from_db()
    assert parcel.delivered_at == left


def test_the_database_refuses_a_delivery_before_the_shipping():
    parcel = ship(order_of(1))

    with pytest.raises(IntegrityError), transaction.atomic():
        Shipment.objects.filter(pk=parcel.pk).update(delivered_at=NOON - DAY)


# When an order has arrived -----------------------------------------------------------------------


def test_an_order_of_which_nothing_left_has_not_arrived():
    assert delivered_at(order_of(1)) is None


def test_an_order_of_which_a_pack_still_has_to_leave_has_not_arrived():
    order = order_of(2)
    parcel = ship(order)
    deliveries.mark_delivered(parcel.pk, at=NOON + DAY, actor=None, now=NOON + DAY)

    assert delivered_at(fresh(order)) is None


def test_packs_that_were_refunded_before_they_left_are_not_waited_for():
    order = order_of(2)
    parcel = ship(order)
    deliveries.mark_delivered(parcel.pk, at=NOON + DAY, actor=None, now=NOON + DAY)
    OrderLine.objects.filter(order=order).update(quantity_withdrawn=1)

    assert delivered_at(fresh(order)) == NOON + DAY


def test_the_estimate_is_the_most_business_days_of_the_way_of_shipping():
    make_shipping("standard", max_days=5)
    order = order_of(1)
    ship(order)  # Friday, November 20

    assert delivered_at(fresh(order)) == NOON + 7 * DAY


def test_the_estimate_of_a_way_that_is_gone_is_seven_business_days():
    order = order_of(1)
    ship(order)

    assert deliveries.FALLBACK_DAYS == 7
    assert delivered_at(fresh(order)) == NOON + 11 * DAY


def test_the_last_parcel_counts_recorded_or_estimated():
    make_shipping("standard", max_days=5)
    order = order_of(2)
    first, second = ship(order), ship(order, at=NOON + 3 * DAY)  # Friday, Monday

    assert delivered_at(fresh(order)) == NOON + 10 * DAY
    deliveries.mark_delivered(second.pk, at=NOON + 4 * DAY, actor=None, now=NOON + 30 * DAY)
    assert delivered_at(fresh(order)) == NOON + 7 * DAY
    deliveries.mark_delivered(first.pk, at=NOON + 30 * DAY, actor=None, now=NOON + 30 * DAY)
    assert delivered_at(fresh(order)) == NOON + 30 * DAY


@pytest.mark.parametrize(("days", "later"), [(0, 0), (1, 3), (5, 7), (6, 10), (10, 14)])
def test_business_days_leave_out_saturdays_and_sundays(days, later):
    assert deliveries.after_business_days(NOON, days) == NOON + later * DAY


def test_many_orders_are_answered_with_four_queries(django_assert_num_queries):
    for _ in range(4):
        ship(order_of(1))
    orders = Order.objects.prefetch_related("lines", "shipments")

    with django_assert_num_queries(4):
        assert len(deliveries.delivered_at_of(orders)) == 4


# The buyer's page --------------------------------------------------------------------------------


def test_the_buyer_says_which_parcel_has_arrived(client):
    now = timezone.now()
    order = order_of(2)
    first, second = ship(order, at=now - 2 * DAY), ship(order, at=now - DAY)
    assert page_of(client, order).count("It has arrived") == 2

    answer = client.post(f"/order/{order.token}/arrived/", {"parcel": "2"})

    assert (answer.status_code, answer["Location"]) == (302, f"/order/{order.token}/")
    assert answer["Cache-Control"] == "private, no-store"
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.delivered_at is None
    assert timezone.now() - second.delivered_at < timedelta(minutes=1)
    page = page_of(client, order)
    assert page.count("It has arrived") == 1
    assert "<strong>Delivered</strong>" in page
    assert "Everything you ordered has arrived." not in page
    client.post(f"/order/{order.token}/arrived/", {"parcel": "1"})
    page = page_of(client, order)
    assert "Everything you ordered has arrived." in page
    assert "It has arrived" not in page


def test_the_timeline_tells_when_it_arrived_and_not_when_that_was_written_down(client):
    order = order_of(1)
    parcel = ship(order)
    deliveries.mark_delivered(parcel.pk, at=NOON + 3 * DAY, actor=None, now=NOON + 5 * DAY)

    milestone = client.get(order.get_absolute_url()).context["timeline"][-1]

    assert (milestone.title, milestone.at) == ("Delivered", NOON + 3 * DAY)
    assert milestone.text == "USPS 9400111"


def test_the_button_pressed_twice_counts_once(client):
    order = order_of(1)
    parcel = ship(order, at=timezone.now() - DAY)

    for _ in range(2):
        assert client.post(f"/order/{order.token}/arrived/", {"parcel": "1"}).status_code == 302

    assert len(delivered_events(order)) == 1
    assert delivered_events(order)[0].data == {"shipment": parcel.pk, "by_buyer": True}
    staff, _ = log_in(*MAY)
    assert (
        ", customer"
        in words_of(staff.get(address(order, "change"))).rpartition("Parcel delivered")[2]
    )


@pytest.mark.parametrize("parcel", ["", "0", "2", "-1", "one", "²", "9" * 30])
def test_a_parcel_that_is_not_on_the_page_records_nothing(client, parcel):
    order = order_of(1)
    ship(order)

    assert client.post(f"/order/{order.token}/arrived/", {"parcel": parcel}).status_code == 302

    assert delivered_events(order) == []


def test_nobody_says_it_from_another_site_or_without_the_token(client):
    order = order_of(1)
    ship(order)
    path = f"/order/{order.token}/arrived/"

    other = client.post(path, {"parcel": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403
    assert client.post(f"/order/{order.number}/arrived/", {"parcel": "1"}).status_code == 404
    assert client.get(path).status_code == 405
    assert delivered_events(order) == []


# Staff -------------------------------------------------------------------------------------------


def test_staff_record_a_delivery_on_the_page_of_the_order():
    order = order_of(1)
    parcel = ship(order)
    client, user = log_in(*MAY)
    assert address(order, "delivered") in client.get(address(order, "change")).content.decode()

    page = act(client, order, "delivered", parcel=parcel.pk, delivered_at="2026-11-20T15:30")

    assert "USPS 9400111: the delivery is recorded." in words_of(page)
    assert "Delivered November 20, 2026, 3:30 p.m." in words_of(page)
    parcel.refresh_from_db()
    assert parcel.delivered_at == NOON + timedelta(hours=3, minutes=30)
    (event,) = delivered_events(order)
    assert event.actor == user
    assert "The delivery of every parcel is recorded." in words_of(
        client.get(address(order, "delivered"))
    )


def test_staff_read_why_a_delivery_is_refused():
    order = order_of(1)
    parcel = ship(order)
    client, _ = log_in(*MAY)

    page = act(client, order, "delivered", parcel=parcel.pk, delivered_at="2026-11-01T12:00")

    assert "That is before the parcel left." in words_of(page)
    assert delivered_events(order) == []


def test_recording_a_delivery_needs_the_permission_to_ship():
    order = order_of(1)
    ship(order)
    client, _ = log_in(SEE, "orders.refund_order")

    assert client.get(address(order, "delivered")).status_code == 403
    assert address(order, "delivered") not in client.get(address(order, "change")).content.decode()
    nothing_left = order_of(1)
    shipper, _ = log_in(*MAY)
    assert "Nothing of this order has been shipped." in words_of(
        shipper.get(address(nothing_left, "delivered"))
    )
