"""Invariants 4 and 5: processes that die at the worst moment, and a refund whose answer is lost.

A victim is a process of its own. It dies inside the transaction that writes down what Stripe has done:
the table of event handlers is where anything may follow after an event, so the drill hangs its own
death in there.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from orders import events, payments, reconcile, refunds
from orders.models import Order, OrderEvent, Refund
from shop import stand_in
from shop.drill import at_stripe
from shop.drill.doors import faults_of
from shop.drill.report import Result
from shop.drill.stage import Buyer, Stage, later, session_of
from shop.event_handlers import TABLE
from shop.lib.money import format_cents

Type = OrderEvent.Type


def _settle(order: Order) -> None:
    payments.record_payment(session_id=session_of(order), now=timezone.now())


def _open_page(order: Order) -> None:
    payments.start_payment(order_id=order.pk, base_url="http://drill.localhost", now=timezone.now())


def _refund(order: Order) -> None:
    refunds.send(refund_id=order.refunds.get().pk, now=timezone.now())


# What the victim does, and at which event, written and not committed, it dies.
DEATHS: dict[str, tuple[Callable[[Order], None], Type]] = {
    "settle": (_settle, Type.PAID),
    "page": (_open_page, Type.PAYMENT_STARTED),
    "refund": (_refund, Type.REFUND_SETTLED),
}


def die(death: str, number: str) -> None:
    """Be the victim: do what `death` names to the order with this number, and be killed in it."""
    act, at = DEATHS[death]

    def killed(_event: OrderEvent) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    events.connect({**TABLE, at: (*TABLE.get(at, ()), killed)})
    act(Order.objects.get(number=number))


def killed_in_between(stage: Stage) -> Result:
    """4: three processes killed after Stripe has acted and before we have written it down."""
    _, settling = stage.paid_order()
    buyer, opening = _order_without_page(stage)
    refunding = _order_to_refund(stage)
    victims = {
        "settle": _victim("settle", settling),
        "page": _victim("page", opening),
        "refund": _victim("refund", refunding),
    }
    killed = {name: victim.wait(stand_in.START_SECONDS) for name, victim in victims.items()}
    findings = [
        f"The process of “{name}” was not killed."
        for name, status in killed.items()
        if status != -signal.SIGKILL
    ]
    if Order.objects.get(pk=settling.pk).status != Order.Status.PENDING:
        findings.append("What the killed process had not committed is there.")
    reconcile.everything(now=later())
    findings += [f"Killed while settling: {fault}" for fault in faults_of(settling)]
    findings += [f"Killed while refunding: {fault}" for fault in _refund_faults(refunding)]
    buyer.client.post(f"/order/{opening.token}/pay/")
    at_stripe.pay(buyer.page_of(opening))
    buyer.come_back(opening)
    findings += [f"Killed while opening the page: {fault}" for fault in faults_of(opening)]
    pages = [
        one for one in at_stripe.listed("checkout/sessions")
        if one["metadata"].get("order") == opening.number
    ]  # fmt: skip
    if len(pages) != 1:
        findings.append(f"Killed while opening the page: {len(pages)} pages at Stripe.")
    tried = (
        f"{len(killed)} processes killed: while settling, while opening a payment page, while refunding; "
        "then one look of the reconciler."
    )
    return Result(4, tried, tuple(findings))


def refund_in_doubt(stage: Stage) -> Result:
    """5: Stripe refunds and the answer is lost; later the same question brings the same refund."""
    buyer, order = stage.paid_order()
    buyer.come_back(order)
    at_stripe.drop_answers("POST", "/v1/refunds")
    made = refunds.refund(
        order_id=order.pk,
        amount_cents=order.total_cents,
        reason="Drill",
        actor=None,
        now=timezone.now(),
    )
    at_stripe.control("faults/clear")
    findings = []
    if made.status != Refund.Status.IN_DOUBT:
        findings.append(f"Without an answer the refund is {made.status}, not in doubt.")
    for _ in range(2):
        reconcile.sweep_refunds(now=later())
    after = Refund.objects.get(pk=made.pk)
    if after.idempotency_key != made.idempotency_key:
        findings.append("It was asked for again with another key.")
    findings += _refund_faults(order)
    paid = _at_bank(order)
    tried = (
        f"The answer to a refund lost, twice; then it was “{made.get_status_display()}”; asked again twice, "
        f"it is “{after.get_status_display()}”; times paid at Stripe: {len(paid)}."
    )
    return Result(5, tried, tuple(findings))


def _order_without_page(stage: Stage) -> tuple[Buyer, Order]:
    """Return an order that was placed while Stripe did not answer: its page is still to be made."""
    stage.have(stage.packs)
    buyer = Buyer()
    at_stripe.lose_questions("POST", "/v1/checkout/sessions")
    order = buyer.placed_order(stage.pack)
    at_stripe.control("faults/clear")
    return buyer, order


def _order_to_refund(stage: Stage) -> Order:
    buyer, order = stage.paid_order()
    buyer.come_back(order)
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        refunds.request_everything(locked, reason="Drill", actor=None, now=timezone.now())
    return order


def _refund_faults(order: Order) -> list[str]:
    rows = list(order.refunds.values_list("status", "amount_cents"))
    at_bank = _at_bank(order)
    told = order.events.filter(type=Type.REFUND_SETTLED).count()
    checks = {
        f"the refund is {_in_words(order)}": [status for status, _ in rows]
        == [Refund.Status.SETTLED],
        f"{len(at_bank)} refunds at Stripe": at_bank == [amount for _, amount in rows],
        f"the customer was told {told} times": told == 1,
    }
    return [text for text, is_well in checks.items() if not is_well]


def _in_words(order: Order) -> str:
    rows = order.refunds.order_by("pk")
    return (
        ", ".join(f"{row.status}, {format_cents(row.amount_cents, order.currency)}" for row in rows)
        or "not there"
    )


def _at_bank(order: Order) -> list[int]:
    return at_stripe.refunds_of(order.payments.get().reference)


def _victim(death: str, order: Order) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "shop.drill", "die", death, order.number],
        cwd=stand_in.REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
