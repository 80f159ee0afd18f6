"""Histories that nobody thought up: whatever happens in whatever order, the end is sound.

Few of them here, the same at each run; `make torture` plays thousands that nobody has seen before.
"""

from collections.abc import Iterable
from itertools import chain

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orders.models import Order, Refund
from tests.histories import banks
from tests.histories.acts import FAULTS, MOST_FAULTS, ROUTES
from tests.histories.end_state import findings, payments_at_stripe
from tests.histories.history import REFUNDS, Step, drawn, play, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]

few = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    # No shrinking: it plays the same again a hundred times.
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)

DROP_AFTER = FAULTS.index({"kind": "drop_after"})
A_DAY = Step("time_passes", 7)


def faulty(way: tuple[str, str], kind: int) -> Step:
    """From here on that way fails once as FAULTS[kind] says; twice when `kind` is past their end."""
    return Step("fault", ROUTES.index(way) + len(ROUTES) * kind)


OPEN_A_PAGE, LOOK_AT_A_PAGE = ROUTES[:2]
DOORS = ("webhook", "webhook_twice", "all_webhooks", "come_back", "reconcile")
door = st.builds(Step, st.sampled_from(DOORS), st.integers(0, 11))
fault = st.integers(0, 2 * len(FAULTS) - 1).map(lambda kind: faulty(LOOK_AT_A_PAGE, kind))
# One after the other, many of them after a fault.
doors = st.lists(st.tuples(door) | st.tuples(fault, door), max_size=7)


def test_the_three_doors_in_any_order_doubled_or_lost_lead_to_one_end(history_sandbox):
    """Invariant 3. Nothing at all may come by webhook or return page: the reconciler alone will do."""
    faults = []

    @few
    @given(told=doors, by_debit=st.booleans())
    def any_order(told, by_debit):
        faults.append(play_doors(history_sandbox, chain(*told), by_debit=by_debit))

    any_order()
    assert max(faults) == MOST_FAULTS, faults


def play_doors(history_sandbox, told: Iterable[Step], *, by_debit: bool) -> int:
    """Pay an order, of which the shop is `told` so; return how many faults that met."""
    with stage(history_sandbox) as history:
        history.do(Step("order", 1))
        history.do(Step("pay_by_debit" if by_debit else "pay", 0))
        if by_debit:
            history.do(Step("debit_is_answered", 0))
        for step in told:
            if step.act == "reconcile":
                history.pass_time(120)
            history.do(step)
        history.end_trouble()
        history.pass_time(120)
        history.reconcile()

        order = history.orders().get()
        assert [str(finding) for finding in findings(history_sandbox, [order])] == []
        assert order.status == Order.Status.PAID
        assert [payment.amount_cents for payment in order.payments.all()] == [order.total_cents]
        [charge] = [
            one for one in payments_at_stripe(history_sandbox) if one.order_number == order.number
        ]
        assert charge.kept == order.total_cents
        types = list(order.events.order_by("pk").values_list("type", flat=True))
        assert types == ["placed", "payment_started", "payment_received", "paid"]
        history.variant.refresh_from_db()
        assert history.variant.stock_reserved == 2
        return history.faults


@pytest.mark.parametrize(
    "kind", range(len(FAULTS)), ids=lambda kind: "-".join(map(str, FAULTS[kind].values()))
)
def test_whatever_happens_money_orders_and_packs_agree_at_the_end(history_sandbox, kind):
    """As torture draws them; each begins with another kind of trouble."""
    steps = drawn(f"few-{kind}")
    with stage(history_sandbox) as history:
        history.do(faulty(OPEN_A_PAGE, kind))
        [_] = history_sandbox.state()["faults"]
        history.do(Step("order", 1))
        assert history_sandbox.state()["faults"] == [], "the first order has met it"
        for step in steps:
            history.do(step)
        found = history.come_to_rest()
        assert [str(finding) for finding in found] == [], [str(step) for step in steps]
        assert history.orders().exists()


REFUND_WITHOUT_ANSWER = faulty(ROUTES[REFUNDS], len(FAULTS) + DROP_AFTER)
DENIED = faulty(ROUTES[REFUNDS], FAULTS.index({"kind": "error", "status": 401}))
PAID = (Step("pay"), Step("come_back"))


@pytest.mark.parametrize(
    ("steps", "statuses", "causes"),
    [
        ([Step("pays_late"), Step("all_webhooks")], ["paid"], []),
        ([Step("pays_late", 1), Step("all_webhooks")], ["expired", "expired"], ["late"]),
        ([Step("pays_twice"), Step("all_webhooks")], ["paid"], ["duplicate"]),
        ([Step("pays_twice", 1)], ["paid"], ["duplicate"]),
        ([Step("cancel"), *PAID], ["cancelled"], []),
        (
            [Step("pay_by_debit"), Step("cancel"), Step("debit_is_answered")],
            ["cancelled"],
            ["closed"],
        ),
        ([Step("pays_wrong_amount"), Step("reconcile", 1)], ["pending"], []),
        ([Step("pays_wrong_amount"), Step("come_back"), Step("accept")], ["paid"], []),
        ([Step("pays_wrong_amount"), Step("come_back"), Step("settle_review")], ["pending"], []),
        (
            [Step("pays_wrong_amount"), Step("come_back"), Step("pay_back_misfit")],
            ["cancelled"],
            ["staff"],
        ),
        ([*PAID, REFUND_WITHOUT_ANSWER, Step("refund_all")], ["paid"], ["staff"]),
        ([*PAID, REFUND_WITHOUT_ANSWER, Step("refund_all"), A_DAY], ["paid"], ["staff"]),
        (
            [
                *(*PAID, REFUND_WITHOUT_ANSWER, Step("refund_all"), DENIED),
                *(Step("time_passes"), Step("reconcile"), Step("refund_all")),
            ],
            ["paid"],
            ["staff"],
        ),
        ([*PAID, Step("another_orders"), Step("another_orders", 1)], ["paid", "expired"], []),
    ],
    ids=lambda value: " ".join(map(str, value)) or "none",
)
def test_what_seldom_happens_is_played_as_well(history_sandbox, steps, statuses, causes):
    """Late, second and wrong payments, refunds without an answer, more buyers than packs."""
    found, history = play(history_sandbox, [Step("order", 1), *steps])
    assert [str(finding) for finding in found] == []
    assert [order.status for order in history.orders()] == statuses
    rows = Refund.objects.filter(order__in=history.orders())
    assert [(row.cause, row.status) for row in rows] == [(cause, "settled") for cause in causes]
    if REFUND_WITHOUT_ANSWER in steps:
        assert history.reached()["event refund_in_doubt"] == 1
        assert history.faults == 2 + (DENIED in steps)


def test_the_end_is_looked_at_closely_enough_to_see_a_lost_payment_and_a_doubled_mail(
    history_sandbox,
):
    """The judge must be able to say no: each kind of loss is done by hand and found."""
    with stage(history_sandbox) as history:
        for step in (Step("order", 1), Step("pay", 0)):
            history.do(step)
        kinds = {finding.kind for finding in findings(history_sandbox, list(history.orders()))}
        assert kinds == {"money lost", "orders lost"}  # paid, and nobody has told the shop

        history.do(Step("come_back"))
        order = history.orders().get()
        assert findings(history_sandbox, [order]) == []

        order.payments.update(amount_cents=1)
        assert {one.kind for one in findings(history_sandbox, [order])} == {"money lost"}
        order.payments.update(amount_cents=order.total_cents)
        type(history.variant).objects.filter(pk=history.variant.pk).update(stock_reserved=1)
        assert {one.kind for one in findings(history_sandbox, [order])} == {"units oversold"}
        type(history.variant).objects.filter(pk=history.variant.pk).update(stock_reserved=2)
        order.events.create(type="paid")
        assert {one.kind for one in findings(history_sandbox, [order])} == {
            "double effects",
            "orders lost",
        }


BAD_NEWS = (Step("disputes"), Step("all_webhooks"))


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ([Step("disputes"), Step("ship", 1)], ("shipped", True, False)),
        ([*BAD_NEWS, Step("ship", 1), Step("refund_all")], ("paid", True, False)),
        ([*BAD_NEWS, Step("decides_dispute", 1), Step("ship", 1)], ("paid", False, True)),
        ([Step("ship", 1), *BAD_NEWS, Step("decides_dispute", 1)], ("shipped", False, False)),
        ([*BAD_NEWS, Step("decides_dispute"), Step("webhook")], ("paid", False, False)),
        ([Step("asks_first"), Step("refund_all"), Step("webhook")], ("paid", False, True)),
        ([Step("asks_first"), Step("webhook"), Step("decides_dispute", 2)], ("paid", True, False)),
        ([Step("warns"), Step("webhook"), Step("ship", 1)], ("paid", True, False)),
        ([Step("warns"), Step("webhook"), Step("decide_warning")], ("paid", False, False)),
        (
            [Step("warns"), Step("webhook"), REFUND_WITHOUT_ANSWER, Step("decide_warning", 1)],
            ("cancelled", False, False),
        ),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_what_banks_do_is_played_as_well(history_sandbox, steps, end):
    """Disputes, inquiries and warnings, told by webhook or by nobody: (status, frozen, on review)."""
    found, history = play(history_sandbox, [Step("order", 1), *PAID, *steps])
    assert [str(finding) for finding in found] == []
    order = history.orders().get()
    assert (order.status, order.is_frozen, order.needs_review) == end
    assert history.reached()["event shipped"] == ("shipped" in end)


def test_the_end_is_looked_at_closely_enough_to_see_what_a_bank_did(history_sandbox):
    with stage(history_sandbox) as history:
        for step in (Step("order", 1), *PAID, Step("disputes"), Step("warns")):
            history.do(step)
        order = history.orders().get()

        def kinds():
            return sorted(one.kind for one in banks.findings(history_sandbox, [order]))

        # Nobody has told the shop.
        assert set(kinds()) == {"money lost", "orders lost", "double effects"}
        history.reconcile()
        assert kinds() == []
        order.events.create(type="shipped")
        assert kinds() == ["units oversold"]
        order.events.filter(type="shipped").delete()
        Order.objects.filter(pk=order.pk).update(is_frozen=False)
        assert kinds() == ["orders lost"]
        Order.objects.filter(pk=order.pk).update(is_frozen=True)
        order.disputes.update(withdrawn_cents=0)
        assert kinds() == ["money lost"]


def test_a_seed_names_one_history_for_ever():
    assert drawn("a-1") == drawn("a-1") != drawn("a-2")
    assert any(step.dies_at for step in drawn("a-1k", with_kill=True))


def test_a_refund_that_is_told_before_its_payment_is_not_forgotten(history_sandbox):
    """Found by torture: it was taken for another shop's, and ignored for good."""
    told = [Step("refund_in_dashboard", 10), Step("all_webhooks", 1), Step("come_back")]
    found, history = play(history_sandbox, [Step("order", 1), Step("pay"), *told])
    assert [str(finding) for finding in found] == []
    assert [row.amount_cents for row in history.orders().get().refunds.all()] == [60]
