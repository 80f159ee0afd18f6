"""Packing slips: what goes into the box and where it goes, without prices."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import fulfillment, review
from orders.models import Order
from tests.factories import make_order, make_paid_order, make_variant
from tests.orders.admin_steps import SEE, log_in, words_of

pytestmark = pytest.mark.django_db

SLIPS = "/admin/orders/order/packing-slips/"


def test_a_slip_names_order_address_and_packs_but_no_price():
    order = make_paid_order(
        packs={make_variant(sku="B12-12", price_cents=6000): 2},
        line2="Apt 4",
        email="ana@example.org",
        phone="555-0100",
        tax_cents=120,
    )
    client, _ = log_in(SEE)
    page = client.get(SLIPS, {"id": order.pk})
    words = words_of(page)
    for text in (
        order.number,
        "Jo Doe",
        "12 Elm Street",
        "Apt 4",
        "Springfield, IL 62701",
        "B12-12",
    ):
        assert text in words, text
    for text in ("$", "6000", "60.00", "ana@example.org", "555-0100", "pi_"):
        assert text not in words, text


def test_a_slip_counts_what_is_still_to_be_packed():
    order = make_paid_order(packs={make_variant(): 3})
    fulfillment.ship(
        order_id=order.pk,
        carrier="ups",
        tracking_number="1Z",
        quantities={order.lines.get().pk: 1},
        actor=None,
        now=timezone.now(),
    )
    client, _ = log_in(SEE)
    (slip,) = client.get(SLIPS, {"id": order.pk}).context["slips"]
    assert [count for _, count in slip.rows] == [2]


def test_a_slip_says_how_to_reach_us(settings):
    settings.SITE_URL, settings.STAFF_EMAIL = "https://patch.example", "desk@patch.example"
    order = make_paid_order()
    client, _ = log_in(SEE)
    words = words_of(client.get(SLIPS, {"id": order.pk}))
    wanted = "Write to desk@patch.example or at patch.example/contact/ and name order"
    assert f"{wanted} {order.number}." in words


def make_unfit(why):
    """An order that must not leave."""
    if why == "unpaid":
        return make_order()
    order = make_paid_order()
    if why == "review":
        review.ask(order, "Paid twice.")
    elif why == "withdrawn":
        order.lines.update(quantity_withdrawn=1)
    else:
        Order.objects.filter(pk=order.pk).update(status=why)
    return order


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("unpaid", "State of the order: Waiting for payment."),
        ("cancelled", "There is nothing to pack. State of the order: Canceled."),
        ("expired", "State of the order: Expired unpaid."),
        ("shipped", "State of the order: Shipped."),
        ("review", "It needs review."),
        ("withdrawn", "No pack of it can leave now"),
    ],
)
def test_an_order_that_may_not_leave_gets_no_slip_but_the_reason(why, reason):
    order = make_unfit(why)
    client, _ = log_in(SEE)
    page = client.get(SLIPS, {"id": order.pk})
    assert reason in words_of(page)
    assert "To pack" not in words_of(page)
    assert "data-print" not in page.content.decode()
    record = client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert SLIPS not in record


def test_of_many_only_those_that_may_leave_are_printed():
    good, bad = make_paid_order(), make_unfit("cancelled")
    client, _ = log_in(SEE)
    page = client.get(SLIPS, {"id": [good.pk, bad.pk]})
    assert [slip.order.pk for slip in page.context["slips"]] == [good.pk]
    assert f"No slip for this order {bad.number}" in words_of(page)
    record = client.get(f"/admin/orders/order/{good.pk}/change/").content.decode()
    assert f"{SLIPS}?id={good.pk}" in record


def test_many_slips_are_printed_from_the_list_at_a_fixed_price():
    variant = make_variant()
    orders = [make_paid_order(packs={variant: 1}) for _ in range(3)]
    client, _ = log_in(SEE)
    chosen = [order.pk for order in orders]
    data = {"action": "print_packing_slips", "_selected_action": chosen}
    page = client.post("/admin/orders/order/", data)
    assert page.status_code == 302
    with CaptureQueriesContext(connection) as many:
        slips = client.get(page.url).context["slips"]
    assert sorted(slip.order.pk for slip in slips) == chosen
    with CaptureQueriesContext(connection) as one:
        client.get(SLIPS, {"id": chosen[0]})
    assert len(many) == len(one) <= 8


@pytest.mark.parametrize("query", ["", "?id=", "?id=x", "?id=999999", "?id=-1", "?id=1e9"])
def test_slips_of_no_order_are_not_found(query):
    client, _ = log_in(SEE)
    assert client.get(SLIPS + query).status_code == 404


def test_slips_need_the_permission_to_see_orders():
    order = make_paid_order()
    client, _ = log_in("products.view_variant")
    assert client.get(SLIPS, {"id": order.pk}).status_code == 403
