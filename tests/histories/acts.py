"""What can happen to an order: one function per act of buyer, Stripe's doors, staff, bank and network.

Each takes the history and a number, by which it chooses among what there is; where there is nothing to
choose from it does nothing. What they need to know they read from database and sandbox, so an act may
run in a process that is killed.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from orders import fraud_warnings, fulfillment, payments, refunds, review
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import FraudWarning, Order, TransitionNotAllowed
from products import stock
from products.models import StockMovement
from shop import schedule
from tests.histories.banks import (
    answers_evidence,
    asks_first,
    debit_is_answered,
    decides_dispute,
    disputes,
    refund_comes_back,
    refund_in_dashboard,
    warns,
)
from tests.histories.choosing import one_of
from tests.histories.misfits import pays_late, pays_twice, pays_wrong_amount
from tests.orders.stripe_steps import deliver, event_body
from tests.sandbox.server import fetch

if TYPE_CHECKING:
    from tests.histories.history import History

CARDS = (
    "4242424242424242",
    "4242424242424242",
    "4242424242424242",
    "4000000000000002",  # declined
    "4000000000003220",  # 3-D Secure
    "4000008400001629",  # 3-D Secure, then declined
    "4000000000007726",  # refunds are pending, then succeed
    "4000000000005126",  # refunds succeed, then fail
)
# How Stripe or the way to it fails; at most MOST_FAULTS in one history.
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "status": 500},
    {"kind": "error_after", "status": 500},
    {"kind": "drop"},
    {"kind": "drop_after"},
    {"kind": "drop_after"},  # twice: of all these the one that costs money
    {"kind": "error", "status": 429},
    {"kind": "html"},
    {"kind": "empty"},
    # No key, no right, no such thing: after an answer that was lost, no proof that nothing happened.
    {"kind": "error", "status": 401},
    {"kind": "error", "status": 403},
    {"kind": "error", "status": 404},
)
# Only what the shop asks: the lists by which a history looks around stay sound.
ROUTES = (
    ("POST", "/v1/checkout/sessions"),
    ("GET", "/v1/checkout/sessions/"),
    ("POST", "/v1/refunds"),
    ("GET", "/v1/refunds/"),
    ("GET", "/v1/disputes/"),
)
MOST_FAULTS = 4
# The words with which staff are told that something cannot be done: no fault of the shop.
REFUSALS = (
    TransitionNotAllowed,
    fulfillment.NothingToShip,
    refunds.RefundRefused,
    stock.StockRefused,
    GatewayRefused,
    GatewayUnavailable,
    payments.PaymentUnavailable,
    payments.AcceptRefused,
    fraud_warnings.DecisionRefused,
)


# --- buyer -----------------------------------------------------------------------------------------


def order(history: "History", n: int) -> None:
    """Press Pay on the checkout page, for what is in the cart (see History.before)."""
    history.buyers[0].check_out()


def another_orders(history: "History", n: int) -> None:
    """The same by another buyer: there are fewer packs than all of them want."""
    history.another(n).check_out()


def press_pay(history: "History", n: int) -> None:
    """Press Pay on the page of an order."""
    chosen = one_of(history.orders(), n)
    if chosen:
        history.client.post(f"/order/{chosen.token}/pay/")


def pay(history: "History", n: int) -> None:
    """Enter a card on any payment page there is, the newest first."""
    attempt = one_of(history.attempts().order_by("-pk"), n // len(CARDS))
    if attempt is None:
        return
    answer = history.sandbox.pay(attempt.url, CARDS[n % len(CARDS)])
    if "/authenticate" in answer.location:
        history.sandbox.authenticate(answer.location, complete=n % 3 > 0)


def pay_by_debit(history: "History", n: int) -> None:
    """Choose a bank debit, whose bank answers days later."""
    attempt = one_of(history.attempts().order_by("-pk"), n // 2)
    if attempt:
        outcome = ("succeeds", "fails")[n % 2]
        form = {"method": "bank", "account_name": "Ada Buyer", "outcome": outcome}
        fetch(attempt.url, {**form, "email": "buyer@example.com"})


def come_back(history: "History", n: int) -> None:
    """Open the address to which Stripe sends the buyer."""
    attempt = one_of(history.attempts().order_by("-pk"), n)
    if attempt:
        path = f"/order/{attempt.order.token}/return/"
        history.client.get(path, {"session_id": attempt.session_id})


# --- the other doors ---------------------------------------------------------------------------------


def webhook(history: "History", n: int) -> None:
    """Let one event arrive: any of them, so late, early, again or never."""
    event = one_of(history.events(), n)
    if event:
        _arrive(event)


def webhook_twice(history: "History", n: int) -> None:
    """Let the newest event arrive twice."""
    event = one_of(history.events(), 0)
    if event:
        _arrive(event)
        _arrive(event)


def all_webhooks(history: "History", n: int) -> None:
    """Let all events arrive, the newest or the oldest first."""
    for event in history.events()[:: 1 if n % 2 else -1]:
        _arrive(event)


def _arrive(event: dict[str, Any]) -> None:
    answer = deliver(event_body(event["type"], event["data"]["object"], id=event["id"]))
    assert answer.status_code in {200, 503}, answer.content


def reconcile(history: "History", n: int) -> None:
    """The periodic check, or all that the reconciler looks at."""
    if n % 2:
        history.reconcile()
    else:
        history.check()


def send_mail(history: "History", n: int) -> None:
    """The worker sends what is in the outbox."""
    schedule.send_mail.call_local()


# --- staff -------------------------------------------------------------------------------------------


def _staff(act: Callable[..., Any], **arguments: Any) -> None:
    try:
        act(**arguments, actor=None, now=timezone.now())
    except REFUSALS:
        return


def cancel(history: "History", n: int) -> None:
    """Cancel an order."""
    chosen = one_of(history.orders(), n)
    if chosen:
        _staff(fulfillment.cancel, order_id=chosen.pk, reason="Asked for by the buyer")


def refund_part(history: "History", n: int) -> None:
    """Pay back some money, for no pack in particular."""
    _refund(history, n, amount=100 + n)


def refund_all(history: "History", n: int) -> None:
    """Pay back all that is left."""
    _refund(history, n)


def refund_line(history: "History", n: int) -> None:
    """Pay back one pack, put back on the shelf where it has come back."""
    _refund(history, n, amount=history.variant.price_cents, with_pack=True)


def _refund(history: "History", n: int, *, amount: int = 0, with_pack: bool = False) -> None:
    chosen = one_of(history.orders().exclude(payments=None), n)
    if chosen is None:
        return
    items = [
        refunds.RefundItem(line_id=line.pk, quantity=1, restock=bool(n % 2))
        for line in chosen.lines.all()
        if with_pack
    ]
    amount = amount or refunds.refundable_cents(chosen)
    _staff(refunds.refund, order_id=chosen.pk, amount_cents=amount, items=items, reason="A history")


def ship(history: "History", n: int) -> None:
    """Pack one parcel with one pack, or with all that is left."""
    chosen = one_of(history.orders(), n // 2)
    if chosen is None:
        return
    packs = {line.pk: line.quantity_open if n % 2 else 1 for line in chosen.lines.all()}
    parcel = {"carrier": "usps", "tracking_number": "9400", "quantities": packs}
    _staff(fulfillment.ship, order_id=chosen.pk, **parcel)


def accept(history: "History", n: int) -> None:
    """Take an order as paid although the amount is another."""
    chosen = one_of(history.orders().in_review(), n)
    if chosen:
        _staff(payments.accept, order_id=chosen.pk, reason="A few cents")


def pay_back_misfit(history: "History", n: int) -> None:
    """Pay back money that is not the amount that was due, and say that this settles it."""
    chosen = one_of(history.orders().in_review().filter(status="pending"), n)
    if chosen:
        amount = refunds.refundable_cents(chosen)
        _staff(refunds.refund, order_id=chosen.pk, amount_cents=amount, reason="Not the amount")
        _settle(chosen)


def settle_review(history: "History", n: int) -> None:
    """Say that an order under review is all right; where its money is not decided the shop objects."""
    settled = ["pending", "paid", "shipped"]
    chosen = one_of(history.orders().in_review().filter(status__in=settled), n)
    if chosen:
        _settle(chosen)


def _settle(chosen: Order) -> None:
    with suppress(review.SettleRefused):
        review.settle(order_id=chosen.pk, reason="Looked at", actor=None)


def decide_warning(history: "History", n: int) -> None:
    """Trust an order in spite of a fraud warning, or pay it back."""
    chosen = one_of(FraudWarning.objects.undecided().filter(order__in=history.orders()), n // 2)
    if chosen:
        decision = ("ship", "refund")[n % 2]
        _staff(fraud_warnings.decide, warning_id=chosen.pk, decision=decision, reason="Called them")


def lose_stock(history: "History", n: int) -> None:
    """Somebody else takes every pack that is free."""
    history.variant.refresh_from_db()
    left = history.variant.available
    if left > 0:
        kind = StockMovement.Kind.LOST
        stock.move(
            variant_id=history.variant.pk, kind=kind, quantity=-left, reason="Sold elsewhere"
        )


# --- Stripe and time (what banks do: tests/histories/banks.py) ----------------------------------------


def page_expires(history: "History", n: int) -> None:
    """Stripe closes a payment page."""
    attempt = one_of(history.attempts().order_by("-pk"), n)
    if attempt:
        url = f"{history.sandbox.url}/v1/checkout/sessions/{attempt.session_id}/expire"
        with suppress(OSError):  # the fault may have been meant for somebody else
            fetch(url, {}, Authorization=f"Bearer {history.sandbox.key}")


def time_passes(history: "History", n: int) -> None:
    """Minutes go by, more than a payment page lives, or more than Stripe keeps keys."""
    history.pass_time((120, 600, 2400, 120, 600, 2400, 2400, 90_000)[n % 8])


def fault(history: "History", n: int) -> None:
    """The next calls to Stripe fail. Two at once outlive the library's own second try."""
    if history.faults < MOST_FAULTS:
        # Way, kind and number are drawn apart: each kind happens once and twice on each way.
        rest, way = divmod(n, len(ROUTES))
        method, path = ROUTES[way]
        kind = FAULTS[rest % len(FAULTS)]
        count = min(1 + rest // len(FAULTS), 2, MOST_FAULTS - history.faults)
        history.faults += count
        history.sandbox.control("faults", method=method, path=path, count=count, **kind)


ACTS: dict[str, Callable[["History", int], None]] = {
    act.__name__: act
    for act in (
        order,
        another_orders,
        press_pay,
        pay,
        pay_by_debit,
        come_back,
        webhook,
        webhook_twice,
        all_webhooks,
        reconcile,
        send_mail,
        cancel,
        refund_part,
        refund_all,
        refund_line,
        ship,
        lose_stock,
        accept,
        pay_back_misfit,
        settle_review,
        pays_late,
        pays_twice,
        pays_wrong_amount,
        refund_in_dashboard,
        refund_comes_back,
        debit_is_answered,
        disputes,
        asks_first,
        answers_evidence,
        decides_dispute,
        warns,
        decide_warning,
        page_expires,
        time_passes,
        fault,
    )
}
