"""Every difference between the books and the orders is found, and told by order."""

import pytest
from django.db import connection, transaction

from books import ledger
from books.models import LedgerEntry
from orders import audit
from orders.models import Order, OrderEvent, Payment
from products import stock
from products.models import Variant
from tests.factories import NOON, make_order
from tests.orders.booked import (
    audited,
    booked_order,
    known_order,
    make_dispute,
    make_refund,
    post_dispute,
    post_payment,
    post_refund,
)
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

PAYMENTS = "Payments and fees stand in it"
REFUNDS = "Refunds stand in it"
DISPUTES = "Disputes stand in it"
SUMS = "It adds up to every order"
COVER = "Every paid order is covered"
STOCK = "Stock is the sum of its movements"
PACKS = "Reserved packs belong to orders"


@pytest.fixture
def order() -> Order:
    return known_order()


@pytest.fixture
def a_busy_shop(order) -> None:
    """Orders in every state, all as they should be."""
    make_order()
    refunded = booked_order()
    post_refund(make_refund(refunded, 300, status="sent"))
    failed = make_refund(refunded, 400, status="failed")
    post_refund(failed)
    post_refund(failed, "refund_failed")
    make_refund(refunded, 500, status="requested", reference=None)
    make_refund(refunded, 600, status="in_doubt", reference=None)
    make_refund(refunded, 700, status="failed", reference=None)
    make_refund(refunded, 800, status="failed")
    disputed = booked_order()
    make_dispute(disputed)
    post_dispute(disputed.payments.get(), "txn_1", -disputed.total_cents)
    won = booked_order()
    make_dispute(won, status="won")
    post_dispute(won.payments.get(), "txn_2", -won.total_cents)
    post_dispute(won.payments.get(), "txn_3", won.total_cents)
    make_dispute(booked_order(), status="warning_needs_response")
    shipped = booked_order()
    packs = {line.variant_id: line.quantity for line in shipped.lines.all()}
    stock.ship(reference=shipped.number, quantities=packs)
    shipped.lines.update(quantity_shipped=1)
    shipped.mark_shipped()
    expired = make_order()
    stock.release(reference=expired.number)
    expired.mark_expired()


def test_a_shop_in_order_has_no_findings(a_busy_shop):
    sections = audit.audit(offline=True)

    assert [section.findings for section in sections] == [[]] * 9
    assert Order.objects.count() == 8


def test_an_empty_shop_has_no_findings():
    assert audited() == {}


def test_the_number_of_queries_does_not_grow_with_orders(a_busy_shop, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        assert audited() == {}
    for _ in range(5):
        booked_order()
    with django_assert_num_queries(len(few)):
        assert audited() == {}


# --- planted faults ------------------------------------------------------------------------------


def tamper(**values):
    with unguarded():
        LedgerEntry.objects.filter(sequence=1).update(**values)


def an_entry_is_changed(order):
    tamper(amount_cents=1)


def a_payment_is_not_booked(order):
    order.payments.create(
        reference="pi_b", amount_cents=1, currency="USD", received_at=order.placed_at
    )


def an_entry_has_no_payment(order):
    payment = Payment(order=order, reference="pi_x", amount_cents=700, received_at=order.placed_at)
    payment.currency = "USD"
    post_payment(payment)


def a_payment_is_changed(order):
    order.payments.update(amount_cents=13000)


def a_payment_is_in_another_currency(order):
    order.payments.update(currency="EUR")


def a_fee_is_not_booked(order):
    order.payments.update(fee_cents=221)


def a_booked_fee_is_unknown(order):
    order.payments.update(fee_cents=221)
    post_payment(order.payments.get())
    order.payments.update(fee_cents=None)


def a_refund_is_not_booked(order):
    make_refund(order)


def a_booked_refund_was_never_sent(order):
    refund = make_refund(order, status="requested")
    post_refund(refund)


def a_refund_came_back_unnoticed(order):
    refund = make_refund(order, status="failed")
    post_refund(refund)


def a_refund_came_back_in_the_books_only(order):
    refund = make_refund(order)
    post_refund(refund)
    post_refund(refund, "refund_failed")


def a_dispute_is_not_booked(order):
    make_dispute(order)


def a_won_dispute_stays_booked(order):
    make_dispute(order, status="won")
    post_dispute(order.payments.get(), "txn_1", -12599)


def a_booked_dispute_has_no_row(order):
    post_dispute(order.payments.get(), "txn_1", -500)


def an_entry_is_of_no_order(order):
    with transaction.atomic():
        ledger.post(
            "dispute_fee",
            order_number="NOBODY",
            payment_reference="pi_a",
            reference="txn_9",
            amount_cents=-1500,
            currency="USD",
            key="dispute_fee:txn_9",
            happened_at=NOON,
        )


def an_order_is_paid_with_nothing(order):
    lucky = make_order(number="MNP7777", packs={Variant.objects.get(): 1})
    lucky.mark_paid(NOON)
    stock.allocate(reference=lucky.number)


BOOKED_TWICE_OVER = "Order HJK3579: {} by the ledger, {} by its payments and refunds."
FAULTS = [
    (
        an_entry_is_changed,
        {
            "The ledger is as it was written": [
                "Number 1 is not what was written: its hash does not fit."
            ],
            PAYMENTS: [
                "Order HJK3579: payment pi_a ($125.99) is not in the ledger.",
                "Entry 1 (payment pi_a ($0.01)) has nothing of order HJK3579 beside it.",
            ],
            SUMS: [BOOKED_TWICE_OVER.format("$0.01", "$125.99")],
        },
    ),
    (
        a_payment_is_not_booked,
        {
            PAYMENTS: ["Order HJK3579: payment pi_b ($0.01) is not in the ledger."],
            SUMS: [BOOKED_TWICE_OVER.format("$125.99", "$126.00")],
        },
    ),
    (
        an_entry_has_no_payment,
        {
            PAYMENTS: ["Entry 2 (payment pi_x ($7.00)) has nothing of order HJK3579 beside it."],
            SUMS: [BOOKED_TWICE_OVER.format("$132.99", "$125.99")],
        },
    ),
    (
        a_payment_is_changed,
        {
            PAYMENTS: [
                "Order HJK3579: payment pi_a ($130.00) is not in the ledger.",
                "Entry 1 (payment pi_a ($125.99)) has nothing of order HJK3579 beside it.",
            ],
            SUMS: [BOOKED_TWICE_OVER.format("$125.99", "$130.00")],
        },
    ),
    (
        a_payment_is_in_another_currency,
        {
            PAYMENTS: [
                "Order HJK3579: payment pi_a (€125.99) is not in the ledger.",
                "Entry 1 (payment pi_a ($125.99)) has nothing of order HJK3579 beside it.",
            ],
            COVER: ["Order HJK3579 counts as paid: $0.00 of $125.99 came."],
        },
    ),
    (a_fee_is_not_booked, {PAYMENTS: ["Order HJK3579: the fee for pi_a is not in the ledger."]}),
    (
        a_booked_fee_is_unknown,
        {PAYMENTS: ["Entry 2 (stripe's fee pi_a ($2.21)) has nothing of order HJK3579 beside it."]},
    ),
    (
        a_refund_is_not_booked,
        {
            REFUNDS: ["Order HJK3579: refund re_1 ($10.00) is not in the ledger."],
            SUMS: [BOOKED_TWICE_OVER.format("$125.99", "$115.99")],
        },
    ),
    (
        a_booked_refund_was_never_sent,
        {
            REFUNDS: ["Entry 2 (refund re_1 ($10.00)) has nothing of order HJK3579 beside it."],
            SUMS: [BOOKED_TWICE_OVER.format("$115.99", "$125.99")],
        },
    ),
    (
        a_refund_came_back_unnoticed,
        {
            REFUNDS: [
                "Order HJK3579: refund re_1 ($10.00) failed, but the ledger says it is gone."
            ],
            SUMS: [BOOKED_TWICE_OVER.format("$115.99", "$125.99")],
        },
    ),
    (
        a_refund_came_back_in_the_books_only,
        {
            REFUNDS: [
                "Entry 3 (refund came back re_1 ($10.00)) has nothing of order HJK3579 beside it."
            ],
            SUMS: [BOOKED_TWICE_OVER.format("$125.99", "$115.99")],
        },
    ),
    (
        a_dispute_is_not_booked,
        {
            DISPUTES: [
                "Order HJK3579: the bank holds $125.99 of payment pi_a, by the ledger $0.00."
            ],
            SUMS: [BOOKED_TWICE_OVER.format("$125.99", "$0.00")],
        },
    ),
    (
        a_won_dispute_stays_booked,
        {
            DISPUTES: [
                "Order HJK3579: the bank holds $0.00 of payment pi_a, by the ledger $125.99."
            ],
            SUMS: [BOOKED_TWICE_OVER.format("$0.00", "$125.99")],
        },
    ),
    (
        a_booked_dispute_has_no_row,
        {
            DISPUTES: ["Order HJK3579: the bank holds $0.00 of payment pi_a, by the ledger $5.00."],
            SUMS: [BOOKED_TWICE_OVER.format("$120.99", "$125.99")],
        },
    ),
    (
        an_entry_is_of_no_order,
        {
            DISPUTES: [
                "Entry 2 (stripe's fee for a dispute txn_9 ($15.00)) has nothing of order NOBODY"
                " beside it."
            ],
            SUMS: ["Entry 2 is of order NOBODY, which there is not."],
        },
    ),
    (
        an_order_is_paid_with_nothing,
        {COVER: ["Order MNP7777 counts as paid: $0.00 of $65.99 came."]},
    ),
]


@pytest.mark.parametrize(
    ("plant", "findings"), FAULTS, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_planted_fault_is_found(order, plant, findings):
    assert audited() == {}
    plant(order)
    assert audited() == findings


def test_a_payment_that_staff_accepted_covers_its_order(order):
    order.payments.update(amount_cents=100)
    assert COVER in audited()
    OrderEvent.objects.create(order=order, type="payment_accepted")
    assert COVER not in audited()


def test_a_second_payment_that_was_returned_covers_nothing():
    order = booked_order()
    payment = order.payments.get()
    make_refund(order, payment.amount_cents, cause="duplicate")
    assert audited()[COVER] == [f"Order {order.number} counts as paid: $0.00 of $65.99 came."]


def test_a_refund_by_staff_leaves_the_order_covered():
    order = booked_order()
    post_refund(make_refund(order, order.total_cents))
    assert audited() == {}


def test_an_order_that_costs_nothing_needs_no_money():
    order = make_order(discount_cents=6000, shipping_cents=0)
    assert order.total_cents == 0
    order.mark_paid(NOON)
    stock.allocate(reference=order.number)
    assert audited() == {}


def test_what_was_just_under_way_is_no_fault():
    looks = iter([["in flight", "wrong"], ["wrong", "begun since"]])
    assert audit.seen_twice(lambda: next(looks)) == ["wrong"]
