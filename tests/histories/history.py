"""Plays one history of some buyers' orders against the shop and its sandbox, then lets it come to rest.

A history is a list of steps. It is played with a variant of few packs and buyers of its own; the clock
of shop and sandbox moves together.
"""

import itertools
import random
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe
import time_machine
from django.utils import timezone

from orders import reconcile
from orders.models import Order, OrderEvent, PaymentAttempt, Refund, ShippingMethod
from shop import schedule
from tests.crash.killing import killed_at
from tests.factories import make_shipping, make_variant
from tests.histories import banks, post
from tests.histories.acts import ACTS, FAULTS, ROUTES
from tests.histories.buyer import PRICE_CENTS, Buyer
from tests.histories.end_state import Finding, findings, listed
from tests.sandbox.server import SandboxServer
from tests.stripe_fixtures import WEBHOOK_SECRET

PACKS_THERE, BUYERS = 3, 3
HALF, A_THIRD = 0.5, 0.33
# Longer than any payment page lives, shorter than Stripe keeps keys.
TO_THE_END = 3 * 3600
_numbers = itertools.count(1)

# Where a process can die in an act.
SETTLING = ("settle.asked", "settle.money_recorded", "settle.before_commit", "settle.committed")
REFUNDING = ("refund.requested", "refund.made", "refund.before_commit", "refund.committed")
ASKING = ("checkout.attempt_written", "checkout.page_made", "checkout.page_written")
PAYING_BACK = ("refund_part", "refund_all", "refund_line", "pay_back_misfit")
POINTS_OF: dict[str, tuple[str, ...]] = {
    "order": ("checkout.before_commit", "checkout.order_placed", "close.page_closed", *ASKING),
    "another_orders": ("checkout.before_commit", "checkout.order_placed", *ASKING),
    "press_pay": ASKING,
    "come_back": SETTLING,
    "webhook": SETTLING,
    "all_webhooks": SETTLING,
    "reconcile": (*SETTLING, *REFUNDING, "sweep.session_done", "sweep.refund_done"),
    "cancel": ("cancel.before_commit", "cancel.committed", "close.page_closed", *REFUNDING),
    **dict.fromkeys(PAYING_BACK, REFUNDING),
    "decide_warning": ("close.page_closed", *REFUNDING),
    "send_mail": ("mail.round_begins", "mail.batch_done", post.ACCEPTED),
}
# Which of ROUTES an act asks, for faults that meet it.
REFUNDS = ROUTES.index(("POST", "/v1/refunds"))
ASKED_BY: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("order", "another_orders", "press_pay"), (0,)),
    "come_back": (1, 3),
    **dict.fromkeys(("webhook", "webhook_twice", "all_webhooks"), (1, 3, 4)),
    **dict.fromkeys((*PAYING_BACK, "decide_warning"), (REFUNDS,)),
    "cancel": (0, REFUNDS),
    "reconcile": (1, REFUNDS, 3, 4),
}
# How often an act is drawn.
WEIGHTS = {
    "pay": 6,
    "webhook": 5,
    "another_orders": 4,
    **dict.fromkeys(("fault", "come_back", "refund_part", "cancel", "send_mail", "disputes"), 3),
    **dict.fromkeys(("warns", "decides_dispute", "decide_warning"), 2),
    **dict.fromkeys(("press_pay", "order", "pay_by_debit", "debit_is_answered", "ship"), 2),
}


@dataclass(frozen=True)
class Step:
    """One act, the number by which it chooses, and the point at which its process dies, if any."""

    act: str
    n: int = 0
    dies_at: str = ""

    def __str__(self) -> str:
        return f"{self.act}({self.n})" + (f" †{self.dies_at}" if self.dies_at else "")


class History:
    """Some buyers, one variant, and what they have done so far. Most acts are the first buyer's."""

    def __init__(self, sandbox: SandboxServer, clock: time_machine.Traveller) -> None:
        self.sandbox, self._clock = sandbox, clock
        number = next(_numbers)
        self.buyers = [Buyer(number, place) for place in range(BUYERS)]
        self.client = self.buyers[0].client
        if not ShippingMethod.objects.filter(code="standard").exists():
            make_shipping()
        sku = f"H-{secrets.token_hex(6)}"
        self.variant = make_variant(sku=sku, price_cents=PRICE_CENTS, on_hand=PACKS_THERE)
        self.post = post.Post()
        self.faults = self.kills = 0

    def do(self, step: Step) -> None:
        """Do one step; in a process that dies, where the step says so."""
        self.before(step)
        act = ACTS[step.act]
        if step.dies_at == post.ACCEPTED:
            self.kills += self.post.die_in_mail(lambda: act(self, step.n))
        elif step.dies_at:
            self.kills += killed_at(step.dies_at, lambda: act(self, step.n))
        else:
            act(self, step.n)

    def before(self, step: Step) -> None:
        """Fill the cart before it is ordered, now and then with another number of packs."""
        if step.act == "order":
            self.buyers[0].fill_cart(self.variant, step.n)
        elif step.act == "another_orders":
            self.another(step.n).fill_cart(self.variant, step.n // 2)

    def another(self, n: int) -> Buyer:
        """One of the buyers but the first."""
        return self.buyers[1 + n % (BUYERS - 1)]

    def come_to_rest(self) -> list[Finding]:
        """Let the trouble end, the clock run out and the shop look once; return what is wrong then."""
        self.end_trouble()
        self.pass_time(TO_THE_END)
        self.reconcile()
        orders = list(self.orders())
        found = [*findings(self.sandbox, orders), *banks.findings(self.sandbox, orders)]
        return [*found, *self.post.findings(orders)]

    def end_trouble(self) -> None:
        """From now on nothing fails; `faults` are those that were met."""
        armed = self.sandbox.state()["faults"] if self.faults else []
        self.faults -= sum(int(fault.rpartition("×")[2]) for fault in armed)
        self.sandbox.control("faults/clear")

    def reached(self) -> Counter[str]:
        """What the history came to, counted: orders by status, refunds by cause, kinds of events."""
        orders = self.orders()
        refunds = Refund.objects.filter(order__in=orders)
        events = OrderEvent.objects.filter(order__in=orders)
        return Counter(
            [
                *(f"order {status}" for status in orders.values_list("status", flat=True)),
                *(f"refund {cause}" for cause in refunds.values_list("cause", flat=True)),
                *(f"event {kind}" for kind in events.values_list("type", flat=True)),
            ]
        )

    def pass_time(self, seconds: int) -> None:
        """Move the clocks of shop and sandbox on."""
        self._clock.shift(seconds)
        self.sandbox.control("clock", advance=seconds)

    def check(self) -> None:
        """What the worker does every few minutes, task by task."""
        schedule.settle_payments.call_local()
        schedule.settle_refunds.call_local()

    def reconcile(self) -> None:
        """Run the reconciler once, as `manage.py reconcile` does."""
        reconcile.everything(now=timezone.now())

    def orders(self) -> Any:
        """The buyers' orders."""
        return Order.objects.filter(email__in=self._emails()).order_by("pk")

    def attempts(self) -> Any:
        """Their payment pages, as far as the shop knows where they are."""
        return PaymentAttempt.objects.filter(order__email__in=self._emails()).exclude(url="")

    def events(self) -> list[dict[str, Any]]:
        """Stripe's events about these buyers' sessions and refunds, the newest first."""
        numbers = set(self.orders().values_list("number", flat=True))
        intents = {
            row["id"]
            for row in listed(self.sandbox, "payment_intents")
            if row["metadata"].get("order") in numbers
        }
        return [
            event
            for event in listed(self.sandbox, "events")
            if _is_about(event["data"]["object"], numbers, intents)
        ]

    def _emails(self) -> list[str]:
        return [buyer.email for buyer in self.buyers]


def _is_about(subject: dict[str, Any], numbers: set[str], intents: set[str]) -> bool:
    named = (subject.get("metadata") or {}).get("order") in numbers
    return named or subject.get("payment_intent") in intents or subject.get("id") in intents


@contextmanager
def stage(sandbox: SandboxServer) -> Iterator[History]:
    """A history to be played, on a clean stage: no faults, right clocks, a library that does not wait."""
    client = stripe._http_client.HTTPClient
    waits = client.INITIAL_DELAY, client.MAX_DELAY
    client.INITIAL_DELAY = client.MAX_DELAY = 0
    sandbox.control("faults/clear")
    sandbox.control("clock", reset=1)
    # By itself nothing arrives: the acts deliver. What they do not is listed as undelivered.
    sandbox.control("webhook", url="http://127.0.0.1:9/", secret=WEBHOOK_SECRET, event="*")
    sandbox.control("queue", lose_next=1_000_000)
    with post.office(), time_machine.travel(datetime.now(UTC), tick=True) as clock:
        try:
            yield History(sandbox, clock)
        finally:
            client.INITIAL_DELAY, client.MAX_DELAY = waits
            sandbox.control("faults/clear")
            sandbox.control("clock", reset=1)
            sandbox.control("queue", lose_next=0)
            sandbox.control("webhook", url="")


def play(sandbox: SandboxServer, steps: Sequence[Step]) -> tuple[list[Finding], History]:
    """Play `steps` and the end; return what is wrong then, and the history for its counts."""
    with stage(sandbox) as history:
        for step in steps:
            history.do(step)
        return history.come_to_rest(), history


def drawn(seed: str, *, with_kill: bool = False) -> list[Step]:
    """The history that `seed` names: the same for ever, as long as the acts stay."""
    draw = random.Random(seed)
    names = list(ACTS)
    weights = [WEIGHTS.get(name, 1) for name in names]
    # Half of them begin with a paid order: there is more to go wrong with.
    steps = [Step("order", draw.randrange(64))]
    if draw.random() < HALF:
        steps += [Step("pay", draw.randrange(3)), Step(draw.choice(("come_back", "webhook")))]
    chosen = draw.choices(names, weights, k=draw.randrange(3, 12))
    steps = _with_faults([*steps, *(Step(name, draw.randrange(64)) for name in chosen)], draw)
    return _with_deaths(steps, draw) if with_kill else steps


def _with_faults(steps: list[Step], draw: random.Random) -> list[Step]:
    """Before many an act that asks Stripe, let just that way fail; twice in a row more often than once."""
    made = []
    for step in steps:
        ways = ASKED_BY.get(step.act, ())
        # More often where money goes back.
        if ways and draw.random() < (HALF if REFUNDS in ways else A_THIRD):
            n = draw.choice(ways) + len(ROUTES) * draw.randrange(3 * len(FAULTS))
            made.append(Step("fault", n))
        made.append(step)
    return made


def _with_deaths(steps: list[Step], draw: random.Random) -> list[Step]:
    """Let two of the steps die; after each, perhaps, the worker does its periodic work at once."""
    places = [place for place, step in enumerate(steps) if step.act in POINTS_OF]
    dying = set(draw.sample(places, min(len(places), 2)))
    made = []
    for place, step in enumerate(steps):
        if place not in dying:
            made.append(step)
            continue
        made.append(Step(step.act, step.n, draw.choice(POINTS_OF[step.act])))
        if draw.random() < HALF:
            made += [Step("time_passes"), Step("reconcile")]
    return made
