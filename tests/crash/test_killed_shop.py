"""The web process or the worker is killed at every named point. Then: a new process, one look of the
reconciler, the buyer presses again; and Stripe, payments, orders, stock and mails agree."""

from dataclasses import dataclass

import pytest

from orders.models import Order, Refund
from tests.histories.end_state import findings, payments_at_stripe
from tests.histories.history import POINTS_OF, REFUNDING, SETTLING, History, Step, stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]

PRICE = 6_000
A_MOMENT = 120  # seconds; longer than the reconciler waits for a webhook
BUY = (Step("order", 1), Step("pay"))
PAID = (*BUY, Step("come_back"))
AGAIN = (Step("order", 1), Step("pay"), Step("come_back"))


@dataclass(frozen=True)
class Crash:
    """What came before, who dies where, what follows the reconciler's look, and what must be then."""

    before: tuple[Step, ...]
    dies: Step
    after: tuple[Step, ...] = ()
    statuses: tuple[str, ...] = ("paid",)
    kept_cents: int = 2 * PRICE

    def __str__(self) -> str:
        how = "debit-" if any(step.act == "pay_by_debit" for step in self.before) else ""
        return f"{how}{self.dies.act}-{self.dies.dies_at}"


def at(act: str, points: tuple[str, ...], n: int = 0) -> list[Step]:
    return [Step(act, n, point) for point in points]


DEBIT = (Step("order", 1), Step("pay_by_debit"), Step("debit_is_answered"))
CHECKOUT = tuple(point for point in POINTS_OF["order"] if point != "close.page_closed")
CRASHES = [
    *(Crash((), step, AGAIN) for step in at("order", CHECKOUT, n=1)),
    # From two packs to one: the page of the order before is closed first.
    Crash(
        (Step("order", 1),),
        Step("order", 4, "close.page_closed"),
        AGAIN,
        ("expired", "paid"),
        PRICE,
    ),
    *(Crash(BUY, step) for step in at("all_webhooks", SETTLING)),
    *(Crash(BUY, step) for step in at("come_back", SETTLING)),
    *(Crash(BUY, step) for step in at("reconcile", (*SETTLING, "sweep.session_done"))),
    *(Crash(DEBIT, step) for step in at("all_webhooks", SETTLING)),
    Crash((Step("order", 1),), Step("cancel", 0, "close.page_closed"), (), ("expired",), 0),
    *(
        Crash(PAID, step, (), ("cancelled",), 0)
        for step in at("cancel", ("cancel.committed", *REFUNDING))
    ),
    Crash(PAID, Step("cancel", 0, "cancel.before_commit")),
    *(Crash(PAID, step, (), ("paid",), 0) for step in at("refund_all", REFUNDING)),
    *(Crash(PAID, step, (), ("paid",), PRICE) for step in at("refund_line", REFUNDING)),
    Crash(
        (*PAID, Step("cancel", 0, "cancel.committed"), Step("time_passes")),
        Step("reconcile", 0, "sweep.refund_done"),
        (),
        ("cancelled",),
        0,
    ),
]
POINTS = {crash.dies.dies_at for crash in CRASHES}


def do(history: History, steps) -> None:
    for step in steps:
        if step.act in {"all_webhooks", "reconcile"}:
            history.pass_time(A_MOMENT)
        history.do(step)


# Several in one test: on PostgreSQL emptying the tables takes longer than the crashes.
@pytest.mark.parametrize("act", sorted({crash.dies.act for crash in CRASHES}))
def test_who_is_killed_loses_nothing_and_doubles_nothing(history_sandbox, act):
    for crash in CRASHES:
        if crash.dies.act == act:
            with stage(history_sandbox) as history:
                check(history, crash)


def check(history: History, crash: Crash) -> None:
    do(history, crash.before)
    killed_before = history.kills
    do(history, [crash.dies])
    assert history.kills == killed_before + 1, f"{crash}: nobody died"

    history.pass_time(A_MOMENT)
    history.reconcile()
    do(history, crash.after)
    if crash.statuses[0] == "expired":
        history.pass_time(3600)
        history.reconcile()

    orders = list(history.orders())
    assert [str(finding) for finding in findings(history.sandbox, orders)] == [], str(crash)
    assert tuple(order.status for order in orders) == crash.statuses, str(crash)
    numbers = {order.number for order in orders}
    charges = [one for one in payments_at_stripe(history.sandbox) if one.order_number in numbers]
    assert len(charges) == (1 if crash.kept_cents or crash.before[1:] else 0), str(crash)
    assert sum(charge.kept for charge in charges) == crash.kept_cents, str(crash)


def test_a_worker_killed_between_two_orders_settles_the_other_on_its_next_look(history_sandbox):
    with stage(history_sandbox) as history:
        other = History(history_sandbox, history._clock)
        do(history, BUY)
        do(other, BUY)
        do(history, [Step("reconcile", 0, "sweep.session_done")])
        assert history.kills == 1
        statuses = set(Order.objects.values_list("status", flat=True))
        assert statuses == {"paid", "pending"}

        history.reconcile()

        assert set(Order.objects.values_list("status", flat=True)) == {"paid"}
        orders = [*history.orders(), *other.orders()]
        assert [str(finding) for finding in findings(history_sandbox, orders)] == []


def test_a_refund_is_asked_for_with_the_key_that_was_written_before_the_crash(history_sandbox):
    with stage(history_sandbox) as history:
        do(history, PAID)
        do(history, [Step("refund_all", 0, "refund.made")])
        before = Refund.objects.get()
        assert (before.status, before.reference) == ("requested", None)

        # The worker's periodic check, which does not read Stripe's events: only the key helps it.
        history.pass_time(A_MOMENT)
        history.check()

        after = Refund.objects.get()
        assert (after.idempotency_key, after.status) == (before.idempotency_key, "settled")
        assert len(payments_at_stripe(history_sandbox)[0].refunds) == 1
