"""The order list for staff: what is to be done stands first, and a long list costs no more queries."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import Order, Refund, Shipment
from products.models import Reservation
from tests.factories import make_order, make_paid_order, make_variant
from tests.orders.admin_steps import SEE, log_in, words_of

pytestmark = pytest.mark.django_db

LIST = "/admin/orders/order/"


def shown(response) -> list[str]:
    return [order.number for order in response.context["cl"].result_list]


def make_one_of_each() -> dict[str, Order]:
    """Orders of every kind, the order of making unlike the order of work."""
    variant = make_variant()
    now = timezone.now()
    made = {
        "new unpaid": make_order(packs={variant: 1}, placed_at=now),
        "old unpaid": make_order(packs={variant: 1}, placed_at=now - timedelta(days=9)),
        "new paid": make_paid_order(packs={variant: 1}, placed_at=now - timedelta(days=1)),
        "old paid": make_paid_order(packs={variant: 1}, placed_at=now - timedelta(days=5)),
        "review": make_paid_order(packs={variant: 1}, placed_at=now - timedelta(days=2)),
    }
    made["review"].set_review(needs_review=True)
    return made


def test_what_is_to_be_done_stands_first():
    made = make_one_of_each()
    client, _ = log_in(SEE)
    wanted = ["review", "old paid", "new paid", "new unpaid", "old unpaid"]
    assert shown(client.get(LIST)) == [made[name].number for name in wanted]


def test_an_order_on_review_is_not_waited_for_as_well():
    order = make_order()
    order.set_review(needs_review=True)
    client, _ = log_in(SEE)
    assert shown(client.get(LIST, {"todo": "review"})) == [order.number]
    assert shown(client.get(LIST, {"todo": "pay"})) == []


@pytest.mark.parametrize(
    ("todo", "wanted"),
    [
        ("review", ["review"]),
        ("ship", ["old paid", "new paid"]),
        ("pay", ["new unpaid", "old unpaid"]),
        ("refund", []),
    ],
)
def test_the_work_filter_keeps_only_that_work(todo, wanted):
    made = make_one_of_each()
    client, _ = log_in(SEE)
    assert shown(client.get(LIST, {"todo": todo})) == [made[name].number for name in wanted]


def test_what_is_expedited_is_shipped_first_and_marked():
    variant = make_variant()
    now = timezone.now()
    old = make_paid_order(packs={variant: 1}, placed_at=now - timedelta(days=5))
    fast = {"is_expedited": True, "shipping_name": "Expedited", "packs": {variant: 1}}
    expedited = make_paid_order(**fast, placed_at=now - timedelta(days=1))
    older = make_paid_order(**fast, placed_at=now - timedelta(days=2))
    review = make_paid_order(packs={variant: 1}, placed_at=now)
    review.set_review(needs_review=True)
    unpaid = make_order(**fast, placed_at=now)
    client, _ = log_in(SEE)
    page = client.get(LIST)
    wanted = [review, older, expedited, old, unpaid]
    assert shown(page) == [order.number for order in wanted]
    assert page.content.decode().count('state-fast">Expedited') == 2
    today = client.get("/admin/").content.decode()
    assert today.count('state-fast">Expedited') == 2


def test_an_order_sent_in_part_says_how_much_has_left():
    order = make_paid_order(packs={make_variant(): 4})
    order.lines.update(quantity_shipped=1, quantity_withdrawn=1)
    client, _ = log_in(SEE)
    for page in (LIST, "/admin/", f"{LIST}{order.pk}/change/", f"{LIST}{order.pk}/note/"):
        assert "1 of 3 sent" in words_of(client.get(page)), page


def test_a_failed_refund_is_listed_until_another_was_made():
    order = make_paid_order()
    fields = {"order": order, "payment": order.payments.get(), "amount_cents": 100}
    failed = Refund.objects.create(
        **fields, status="failed", idempotency_key="1", requested_at=timezone.now()
    )
    client, _ = log_in(SEE)
    assert shown(client.get(LIST, {"todo": "refund"})) == [order.number]
    Refund.objects.create(
        **fields, status="settled", idempotency_key="2", requested_at=failed.requested_at
    )
    assert shown(client.get(LIST, {"todo": "refund"})) == []


@pytest.mark.parametrize("by", ["number", "email", "name", "tracking", "payment"])
def test_orders_are_found_by_what_people_know(by):
    variant = make_variant()
    order = make_paid_order(packs={variant: 1}, email="ana@example.org", name="Ana Li")
    make_paid_order(packs={variant: 1})
    for _ in range(2):  # two parcels must not show the order twice
        Shipment.objects.create(
            order=order, carrier="usps", tracking_number="94001118", shipped_at=timezone.now()
        )
    words = {
        "number": order.number,
        "email": "ana@example.org",
        "name": "ana li",
        "tracking": "94001118",
        "payment": order.payments.get().reference,
    }
    client, _ = log_in(SEE)
    found = shown(client.get(LIST, {"q": words[by]}))
    assert order.number in found
    assert len(found) == len(set(found))
    if by != "payment":  # pi_1 is part of pi_12
        assert found == [order.number]


def test_the_list_says_items_total_and_state_in_words():
    variant = make_variant(sku="B12-12", price_cents=6000)
    make_paid_order(packs={variant: 2})
    client, _ = log_in(SEE)
    words = words_of(client.get(LIST))
    assert "2 × B12-12" in words
    assert "$125.99" in words
    assert "To ship" in words
    assert "Standard" in words


def test_more_orders_cost_no_more_queries():
    variant, other = make_variant(), make_variant()
    make_paid_order(packs={variant: 1})
    client, _ = log_in(SEE)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(12):
        make_paid_order(packs={variant: 1, other: 2})
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)
    assert len(many) <= 8


def test_nobody_adds_changes_or_deletes_an_order_as_a_row(admin_client):
    order = make_paid_order()
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.get(f"{LIST}{order.pk}/delete/").status_code == 403
    response = admin_client.post(f"{LIST}{order.pk}/change/", {"status": "shipped"})
    assert response.status_code == 405
    data = {"action": "delete_selected", "_selected_action": [order.pk], "post": "yes"}
    admin_client.post(LIST, data)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_without_the_permission_there_is_no_list():
    client, _ = log_in("pages.view_contactmessage")
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize(
    "query", ["?todo=nonsense", "?p=99999", "?o=x.y", "?q=%00", "?status__exact="]
)
def test_a_strange_address_is_no_error(query):
    make_paid_order()
    client, _ = log_in(SEE)
    assert client.get(LIST + query).status_code in {200, 302}


@pytest.mark.parametrize("page", ["change", "ship", "note"])
def test_a_number_beyond_the_databases_reach_is_not_found(admin_client, page):
    assert admin_client.get(f"{LIST}{'9' * 30}/{page}/").status_code == 404
    assert admin_client.get(f"{LIST}packing-slips/?id={'9' * 30}").status_code == 404


def test_every_list_writes_dates_as_the_pages_do():
    make_order(placed_at=timezone.make_aware(datetime(2026, 11, 21, 8, 2)))
    Reservation.objects.update(created_at=Order.objects.get().placed_at)
    client, _ = log_in(SEE, "products.view_reservation")
    for page in (LIST, "/admin/products/reservation/"):
        assert "Nov 21, 2026, 8:02 a.m." in words_of(client.get(page)), page
