"""Invariants 2 and 8: many buyers for few packs, and what the shop held while it talked to Stripe."""

import re
from collections import Counter
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from orders import refunds
from orders.models import Order, OrderEvent, Payment
from shop.drill import at_stripe
from shop.drill.report import Result
from shop.drill.stage import Buyer, Stage
from shop.drill.watch import Watch
from shop.lib.at_once import at_once

BROKEN = 500
AN_ID = re.compile(r"/[a-z_]+_[A-Za-z0-9]{8,}")


def nameless(call: str) -> str:
    """Return a call without the id in its path and without its question."""
    return AN_ID.sub("/…", call.partition("?")[0])


def last_packs(stage: Stage) -> Result:
    """2: so many buyers at once, each wants one of the last packs; who gets one pays at once."""
    pack = stage.have(stage.packs)
    buyers = [Buyer() for _ in range(stage.buyers)]
    for buyer in buyers:
        buyer.put_in_cart(pack)
    totals = [buyer.shown_total() for buyer in buyers]
    answers = at_once(
        [partial(buyer.press_pay, total) for buyer, total in zip(buyers, totals, strict=True)]
    )
    winners = [(buyer, order) for buyer in buyers for order in buyer.orders()]
    outcomes = at_once([partial(_pay_and_return, *winner) for winner in winners])
    findings = _judged(stage, [order for _, order in winners], answers)
    findings += [
        f"A payment ended with {type(outcome).__name__}."
        for outcome in outcomes
        if isinstance(outcome, Exception)
    ]
    pack.refresh_from_db()
    if pack.available != 0:
        findings.append(f"{pack.available} packs are left over.")
    tried = (
        f"{stage.buyers} buyers in threads for {stage.packs} packs: {len(winners)} orders, "
        f"{stage.buyers - len(winners)} refused before paying."
    )
    return Result(2, tried, tuple(findings))


def _pay_and_return(buyer: Buyer, order: Order) -> None:
    at_stripe.pay(buyer.page_of(order))
    buyer.come_back(order)


def _judged(stage: Stage, orders: list[Order], answers: list[Any]) -> list[str]:
    numbers = {order.number for order in orders}
    charged = at_stripe.charges_of(numbers)
    statuses = [Order.objects.get(pk=order.pk).status for order in orders]
    recorded = Payment.objects.filter(order__in=orders).count()
    broken = sum(isinstance(one, Exception) or one.status_code >= BROKEN for one in answers)
    stray = {
        row["metadata"].get("order")
        for row in at_stripe.listed("payment_intents")
        if row["status"] == "succeeded"
    } - set(Order.objects.values_list("number", flat=True))
    checks = {
        f"{len(orders)} orders for {stage.packs} packs.": len(orders) == stage.packs,
        f"Of them {statuses.count('paid')} are paid.": statuses == ["paid"] * len(orders),
        f"{recorded} payments for {len(orders)} orders.": recorded == len(orders),
        f"Charged: {sorted(charged.values())}.": charged == dict.fromkeys(numbers, 1),
        f"{broken} buyers saw an error instead of an answer.": broken == 0,
        f"{len(stray)} payments at Stripe belong to no order.": not stray,
    }
    return [text for text, is_well in checks.items() if not is_well]


def what_was_held(stage: Stage, watch: Watch) -> Result:
    """8: one more purchase with a refund; then what the watch has seen in all that was tried."""
    buyer, order = stage.paid_order()
    buyer.come_back(order)
    made = refunds.refund(
        order_id=order.pk, amount_cents=100, reason="Drill", actor=None, now=timezone.now()
    )
    inside = Counter(nameless(call) for call in watch.calls_inside)
    findings = [
        f"Inside a transaction, {count} times: {call}" for call, count in inside.most_common()
    ]
    findings += [f"A lock after the ledger's: {sql}" for sql in watch.locks_after_post]
    settled = order.events.filter(type=OrderEvent.Type.REFUND_SETTLED).count()
    if (made.status, settled) != ("settled", 1):
        findings.append(f"The refund is {made.status}, told {settled} times.")
    if not (watch.calls and watch.posts):
        findings.append("Nothing was seen: the watch is blind.")
    sight = "" if connection.vendor == "postgresql" else " (row locks: only PostgreSQL has them)"
    tried = (
        f"{watch.calls} calls to Stripe, {len(watch.calls_inside)} of them inside a transaction; "
        f"{watch.posts} ledger entries, {len(watch.locks_after_post)} locks taken after one{sight}."
    )
    return Result(8, tried, tuple(dict.fromkeys(findings)))
