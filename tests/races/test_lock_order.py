"""Invariant 8, second half: every use case takes its locks in one order, so two never wait for each other.

Order, its tries to pay, packs, discount, cart, and the head of the ledger last. Rows that belong to
one order (its lines, reservations, refunds) are under that order's lock. Seen on PostgreSQL, where rows
are locked; SQLite lets one writer in at a time.
"""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from orders import closing, fraud_warnings, fulfillment, payments, reconcile, refunds
from orders.models import Order, PaymentAttempt
from tests.factories import make_discount_code, make_shipping, make_variant
from tests.orders.dispute_steps import intent_of, told
from tests.orders.shopping import check_out, put_in_cart
from tests.orders.stripe_steps import deliver, pay_page, session_event

pytestmark = pytest.mark.django_db(transaction=True)

RANKS = {
    "orders_order": 0,
    "orders_paymentattempt": 1,
    "products_variant": 2,
    "orders_discountcode": 3,
    "orders_cart": 4,
    "books_ledgerhead": 5,
}
LOCKING = re.compile(r'^UPDATE "(\w+)"|^SELECT .* FROM "(\w+)".* FOR UPDATE', re.DOTALL)
PACKS, BY_ID = "products_variant", 'ORDER BY "products_variant"."id" ASC'
ID = re.compile(r'"products_variant"\."id" (= %s|IN \((%s(, )?)+\))')
PLACING = re.compile(r'^INSERT INTO "orders_order" ')


@contextmanager
def watched():
    """The locks of each transaction inside the block, in the order in which they were taken."""
    transactions: list[list[str]] = []
    really_set = connection.set_autocommit

    def begin_or_end(autocommit, *arguments, **options):
        if not autocommit:
            transactions.append([])
        return really_set(autocommit, *arguments, **options)

    def look(execute, sql, params, many, context):
        found = LOCKING.match(sql)
        if connection.in_atomic_block and (table := found and (found[1] or found[2])) in RANKS:
            transactions[-1] += packs_in(sql, params) if table == PACKS else [table]
        elif connection.in_atomic_block and PLACING.match(sql):
            transactions[-1].append("placing")
        return execute(sql, params, many, context)

    connection.set_autocommit = begin_or_end
    try:
        with connection.execute_wrapper(look):
            yield transactions
    finally:
        del connection.set_autocommit


def packs_in(sql: str, params) -> list[str]:
    """The packs that a statement locks, as "products_variant 7"; in the order of its own choice."""
    named = ID.search(sql)
    assert named, f"Which packs does this lock? {sql}"
    before, here = sql[: named.start()].count("%s"), named[0].count("%s")
    ids = params[before : before + here]
    return [f"{PACKS} {pk}" for pk in (sorted(ids) if BY_ID in sql else ids)]


def out_of_order(locks: list[str]) -> bool:
    """Whether a lock was taken after one that comes later; of packs, the one with the higher number.

    Placing an order begins with its cart, which nobody else waits for then: who holds an order wants
    the cart only of an order that stands, and with such a one nothing is placed.
    """
    if "placing" in locks:
        locks = [table for table in locks if table not in {"placing", "orders_cart"}]
    ranks = [RANKS[lock.split()[0]] for lock in dict.fromkeys(locks)]
    packs = [int(lock.split()[1]) for lock in dict.fromkeys(locks) if lock.startswith(PACKS)]
    return ranks != sorted(ranks) or packs != sorted(packs)


@pytest.mark.parametrize(
    ("locks", "is_wrong"),
    [
        (["orders_order", "products_variant 1", "orders_order", "books_ledgerhead"], False),
        (["orders_cart", "placing", "products_variant 1", "orders_cart"], False),
        (["products_variant 1", "orders_order"], True),
        (["books_ledgerhead", "orders_cart"], True),
        (["products_variant 1", "products_variant 2", "products_variant 1"], False),
        (["products_variant 2", "products_variant 1"], True),
    ],
)
def test_the_judge_knows_the_order(locks, is_wrong):
    assert out_of_order(locks) is is_wrong


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks no rows")
def test_locks_are_taken_in_one_order_by_every_use_case(sandbox):
    make_shipping()
    packs = [make_variant(price_cents=6_000), make_variant(price_cents=6_000)]
    make_discount_code("TENOFF", max_uses=9)
    with watched() as transactions:
        # In the carts they stand the other way round.
        live_whole_lives(sandbox, packs[::-1])
    wrong = [locks for locks in transactions if out_of_order(locks)]
    assert wrong == []
    taken = {lock.split()[0] for locks in transactions for lock in locks}
    assert taken == {*RANKS, "placing"}, "every lock is among those that were seen"
    assert sum(len({lock.split()[0] for lock in locks}) > 2 for locks in transactions) > 5


def live_whole_lives(sandbox, packs) -> None:
    """Place, replace, pay, pay late, expire, refund, ship, dispute, suspect and cancel, by every door."""
    now = timezone.now()
    paid, late, unpaid, suspect, returned = (order_of(packs, place) for place in range(5))
    deliver(session_event(pay_page(sandbox, paid)))
    refunds.refund(order_id=paid.pk, amount_cents=100, reason="x", actor=None, now=now)
    lines = {line.pk: 1 for line in paid.lines.all()}
    item = refunds.RefundItem(line_id=min(lines), quantity=1)
    refunds.refund(
        order_id=paid.pk, amount_cents=200, items=[item], reason="x", actor=None, now=now
    )
    fulfillment.ship(
        order_id=paid.pk,
        carrier="usps",
        tracking_number="94",
        quantities={max(lines): 1},
        actor=None,
        now=now,
    )
    session_id = pay_page(sandbox, late)
    PaymentAttempt.objects.filter(order=late).update(status="expired", session_id=None)
    closing.expire(late, now=now)
    payments.record_payment(session_id=session_id, now=now)
    fulfillment.cancel(order_id=late.pk, reason="x", actor=None, now=now)
    fulfillment.cancel(order_id=unpaid.pk, reason="x", actor=None, now=now)
    told(sandbox.dispute(intent_of(paid))["id"])
    deliver(session_event(pay_page(sandbox, suspect)))
    sandbox.warn_of_fraud(intent_of(suspect))
    fraud_warnings.follow(now=now)
    warning = suspect.fraud_warnings.get()
    fraud_warnings.decide(warning_id=warning.pk, decision="refund", reason="x", actor=None, now=now)
    deliver(session_event(pay_page(sandbox, returned)))
    items = [refunds.RefundItem(line_id=line.pk, quantity=1) for line in returned.lines.all()]
    refunds.refund(
        order_id=returned.pk, amount_cents=300, items=items, reason="x", actor=None, now=now
    )
    reconcile.everything(now=now + timedelta(minutes=5))


def order_of(packs, place: int) -> Order:
    """An order of both packs with a discount; changed once, so that the first is replaced."""
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=f"10.0.{place}.1")
    for variant in packs:
        put_in_cart(browser, variant)
    browser.post("/cart/discount/", {"code": "TENOFF"})
    for name in ("Jo Doe", "Jo D. Doe"):
        check_out(browser, 10_800, email=f"jo{place}@example.com", name=name)
    return Order.objects.unpaid().get(email=f"jo{place}@example.com")
