"""Invariants 3 and 7: the three doors by which the shop learns of money, in every order, early and late."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import permutations
from typing import Any

from django.utils import timezone
from post_office.models import Email

from books.models import LedgerEntry
from orders import closing, payments, reconcile
from orders.models import Order, OrderEvent, PaymentAttempt, Refund
from products.models import Reservation
from shop.drill import at_stripe
from shop.drill.report import Result
from shop.drill.stage import Buyer, Stage, later, mails_to, session_of
from shop.lib.at_once import at_once
from shop.lib.money import format_cents

Door = Callable[[Buyer, Order], Any]
BAD = 500


def _webhook(_buyer: Buyer, order: Order) -> None:
    """Every event about the page arrives, the newest first."""
    for event in at_stripe.events_about(session_of(order)):
        if at_stripe.deliver(event) >= BAD:
            msg = "the webhook answered with an error"
            raise RuntimeError(msg)


def _page(buyer: Buyer, order: Order) -> None:
    if buyer.come_back(order) >= BAD:
        msg = "the return page answered with an error"
        raise RuntimeError(msg)


def _reconciler(_buyer: Buyer, _order: Order) -> None:
    reconcile.everything(now=later())


WEBHOOK, PAGE, RECONCILER = "webhook", "page", "reconciler"
DOORS: dict[str, Door] = {WEBHOOK: _webhook, PAGE: _page, RECONCILER: _reconciler}
# Every order of all three; each alone, so that the two others are lost; doubled.
SEQUENCES: tuple[Sequence[str], ...] = (
    *permutations(DOORS),
    *((name,) for name in DOORS),
    (WEBHOOK, WEBHOOK),
    (PAGE, PAGE, WEBHOOK, WEBHOOK),
    (RECONCILER, WEBHOOK, RECONCILER, PAGE),
)


def three_doors(stage: Stage) -> Result:
    """3: pay an order for each sequence of doors, and for all three at once; all must end alike."""
    findings, ends = [], list[Any]()
    for names in SEQUENCES:
        buyer, order = stage.paid_order()
        for name in names:
            DOORS[name](buyer, order)
        ends.append(end_of(order))
        findings += [f"After {', '.join(names)}: {fault}" for fault in faults_of(order)]
    buyer, order = stage.paid_order()
    outcomes = at_once([partial(door, buyer, order) for door in DOORS.values()])
    findings += [
        f"All at once: {type(outcome).__name__}"
        for outcome in outcomes
        if isinstance(outcome, Exception)
    ]
    ends.append(end_of(order))
    findings += [f"All at once: {fault}" for fault in faults_of(order)]
    different = len({repr(end) for end in ends})
    if different > 1:
        findings.append(f"{different} different ends.")
    tried = (
        f"{len(ends)} paid orders; of {len(SEQUENCES)} the shop heard through the three in as many different "
        f"sequences, of one through all at once. Ways in which they ended: {different}."
    )
    return Result(3, tried, tuple(findings))


def end_of(order: Order) -> dict[str, Any]:
    """Return all that became of an order, without what names this very one."""
    order.refresh_from_db()
    mails = Email.objects.filter(subject__contains=order.number).values_list("subject", flat=True)
    entries = LedgerEntry.objects.filter(order_number=order.number).order_by("kind")
    reserved = Reservation.objects.filter(reference=order.number).order_by("pk")
    return {
        "status": order.status,
        "review": order.needs_review,
        "payments": list(order.payments.values_list("amount_cents", "currency", "fee_cents")),
        "refunds": order.refunds.count(),
        "events": sorted(Counter(order.events.values_list("type", flat=True)).items()),
        "mails": sorted(Counter(text.replace(order.number, "") for text in mails).items()),
        "ledger": list(entries.values_list("kind", "amount_cents")),
        "reserved": list(reserved.values_list("quantity", "state")),
    }


def faults_of(order: Order) -> list[str]:
    """Return what is wrong with an order that was paid once, in full and in time."""
    order.refresh_from_db()
    paid = list(order.payments.values_list("amount_cents", flat=True))
    charges = at_stripe.charges_of({order.number}).get(order.number, 0)
    checks = {
        f"it is {order.status}": order.status == Order.Status.PAID,
        f"{len(paid)} payments are recorded": paid == [order.total_cents],
        f"it was charged {charges} times": charges == 1,
        "its packs are not allocated": Reservation.objects.filter(
            reference=order.number, state=Reservation.State.ALLOCATED
        ).exists(),
    }
    return [text for text, is_well in checks.items() if not is_well]


def late_payments(stage: Stage) -> Result:
    """7: money for an order that has expired here, with its packs still there, and with them sold."""
    findings = []
    _, order = _paid_after_expiry(stage)
    payments.record_payment(session_id=session_of(order), now=timezone.now())
    findings += [f"Packs still there: {fault}" for fault in faults_of(order)]
    taken = order.get_status_display()

    buyer, order = _paid_after_expiry(stage)
    stage.have(0)
    before = mails_to(buyer.email)
    payments.record_payment(session_id=session_of(order), now=timezone.now())
    reconcile.sweep_refunds(now=later())
    order.refresh_from_db()
    back = list(order.refunds.values_list("amount_cents", "status", "cause"))
    wanted = [(order.total_cents, Refund.Status.SETTLED, Refund.Cause.LATE)]
    at_bank = sum(at_stripe.refunds_of(order.payments.get().reference))
    checks = {
        f"the refund is {back}": back == wanted,
        f"{at_bank} of {order.total_cents} cents went back at Stripe": at_bank == order.total_cents,
        f"the order is {order.status}": order.status == Order.Status.EXPIRED,
        "nothing in the timeline": order.events.filter(
            type=OrderEvent.Type.PAYMENT_RETURNED
        ).exists(),
        "the buyer got no mail": mails_to(buyer.email) > before,
    }
    findings += [f"Packs sold: {text}" for text, is_well in checks.items() if not is_well]
    tried = (
        f"Paid after the order had expired. Packs still there: it is “{taken}”. Packs sold: "
        f"{format_cents(at_bank, order.currency)} of {format_cents(order.total_cents, order.currency)} "
        f"went back, mails about it: {mails_to(buyer.email) - before}."
    )
    return Result(7, tried, tuple(findings))


def _paid_after_expiry(stage: Stage) -> tuple[Buyer, Order]:
    buyer, order = stage.paid_order()
    # As after a page that Stripe had called over: the shop has let the order go.
    order.attempts.update(status=PaymentAttempt.Status.EXPIRED)
    closing.expire(order, now=timezone.now())
    return buyer, order
