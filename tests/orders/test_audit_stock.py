"""Every difference between shelves, movements, reservations and open orders is found."""

import pytest
from django.db import connection

from orders.models import Order, OrderLine
from products import stock
from products.models import Reservation, StockMovement, Variant
from shop.lib.append_only import unguard_sql
from tests.factories import make_order
from tests.orders.booked import audited, known_order
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

STOCK = "Stock is the sum of its movements"
PACKS = "Reserved packs belong to orders"


@pytest.fixture
def order() -> Order:
    return known_order()


def a_movement_is_lost(order):
    with unguarded():
        StockMovement.objects.all().delete()


def a_number_on_hand_is_typed_in(order):
    Variant.objects.update(stock_on_hand=11)


def a_reserved_number_is_typed_in(order):
    Variant.objects.update(stock_reserved=3)


def a_hold_is_of_nobody(order):
    stock.reserve(reference="NOBODY", quantities={Variant.objects.get().pk: 1})


def a_hold_is_of_a_closed_order(order):
    gone = make_order(number="MNP7777", packs={Variant.objects.get(): 1})
    gone.mark_expired()


def a_pending_orders_hold_is_gone(order):
    waiting = make_order(number="MNP7777", packs={Variant.objects.get(): 1})
    stock.release(reference=waiting.number)


def a_paid_orders_packs_are_only_held(order):
    Reservation.objects.update(state="held")


def a_paid_order_has_too_few_packs(order):
    stock.release_some(reference=order.number, quantities={Variant.objects.get().pk: 1})


def a_shipped_pack_is_still_reserved(order):
    OrderLine.objects.update(quantity_shipped=1)


FAULTS = [
    (a_movement_is_lost, {STOCK: ["B12-12: 10 on hand, but its movements add up to 0."]}),
    (
        a_number_on_hand_is_typed_in,
        {STOCK: ["B12-12: 11 on hand, but its movements add up to 10."]},
    ),
    (
        a_reserved_number_is_typed_in,
        {STOCK: ["B12-12: 3 reserved, but its reservations add up to 2."]},
    ),
    (a_hold_is_of_nobody, {PACKS: ["Order NOBODY: B12-12 should be none, is 1 held."]}),
    (a_hold_is_of_a_closed_order, {PACKS: ["Order MNP7777: B12-12 should be none, is 1 held."]}),
    (a_pending_orders_hold_is_gone, {PACKS: ["Order MNP7777: B12-12 should be 1 held, is none."]}),
    (
        a_paid_orders_packs_are_only_held,
        {PACKS: ["Order HJK3579: B12-12 should be 2 allocated, is 2 held."]},
    ),
    (
        a_paid_order_has_too_few_packs,
        {PACKS: ["Order HJK3579: B12-12 should be 2 allocated, is 1 allocated."]},
    ),
    (
        a_shipped_pack_is_still_reserved,
        {PACKS: ["Order HJK3579: B12-12 should be 1 allocated, is 2 allocated."]},
    ),
]


@pytest.mark.parametrize(
    ("plant", "findings"), FAULTS, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_planted_fault_is_found(order, plant, findings):
    assert audited() == {}
    plant(order)
    assert audited() == findings


def test_a_guard_that_is_gone_is_found(order):
    for statement in unguard_sql(connection.vendor, StockMovement._meta.db_table):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert (
        "The database does not refuse DELETE on stock movements: its trigger is gone."
        in audited()[STOCK]
    )
