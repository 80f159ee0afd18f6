"""Packing slips: what goes into the box and where it goes, without prices."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import fulfillment, review
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
    assert slip.warning == ""


def test_a_slip_warns_where_nothing_may_leave():
    unpaid, doubtful = make_order(), make_paid_order()
    review.ask(doubtful, "Paid twice.")
    client, _ = log_in(SEE)
    page = client.get(SLIPS, {"id": [unpaid.pk, doubtful.pk]})
    assert "Nothing to ship. State of the order: Waiting for payment." in words_of(page)
    assert "Do not ship: this order needs review." in words_of(page)


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
