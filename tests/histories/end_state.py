"""What must be true at the end of every history, from first principles.

Looks at Stripe (its objects, over its API) and at the shop's rows, and counts itself: what the shop's own
audits overlook is to be found here. At last they are asked as well, for what is overlooked here.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from post_office.models import Email

from books.models import LedgerEntry
from orders.audit import audit
from orders.models import Order, OrderEvent, Payment, Refund
from products.models import Reservation, StockMovement, Variant
from tests.sandbox.server import SandboxServer, fetch

MONEY, ORDERS, UNITS, DOUBLE = "money lost", "orders lost", "units oversold", "double effects"
ALIVE = {Order.Status.PAID, Order.Status.SHIPPED}
GONE = ("succeeded", "pending", "requires_action")
Type = OrderEvent.Type


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be. `amount`: cents, orders, packs or effects."""

    kind: str
    amount: int
    text: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.amount}): {self.text}"


@dataclass(frozen=True)
class AtStripe:
    """What Stripe says about one payment. Minor units."""

    reference: str
    order_number: str
    received: int
    refunds: dict[str, int]
    disputed: int

    @property
    def kept(self) -> int:
        return self.received - sum(self.refunds.values()) - self.disputed


def findings(sandbox: SandboxServer, orders: list[Order]) -> list[Finding]:
    """Return everything that is wrong with `orders`, which nobody acts on any more."""
    numbers = {order.number for order in orders}
    stripe = [one for one in payments_at_stripe(sandbox) if one.order_number in numbers]
    found = [*_strangers(stripe, numbers, sandbox), *_pages(sandbox, numbers)]
    found += _asked_twice(sandbox, numbers)
    for order in orders:
        order.refresh_from_db()
        mine = [one for one in stripe if one.order_number == order.number]
        found += [*_money(order, mine), *_returns(order), *_fate(order, mine)]
        found += [*_effects(order), *_mails(order)]
    variants = Variant.objects.filter(
        pk__in=[line.variant_id for order in orders for line in order.lines.all()]
    )
    for variant in variants:
        found += _stock(variant)
    return [*found, *_books()]


# --- what Stripe has ------------------------------------------------------------------------------


def listed(sandbox: SandboxServer, path: str) -> list[dict[str, Any]]:
    """The newest hundred objects of a list of Stripe's."""
    answer = fetch(f"{sandbox.url}/v1/{path}?limit=100", Authorization=f"Bearer {sandbox.key}")
    assert answer.status == 200, answer.html
    rows: list[dict[str, Any]] = json.loads(answer.html)["data"]
    return rows


def payments_at_stripe(sandbox: SandboxServer) -> list[AtStripe]:
    """Every payment that succeeded, with what became of its money."""
    refunds, disputes = listed(sandbox, "refunds"), listed(sandbox, "disputes")
    return [
        AtStripe(
            reference=intent["id"],
            order_number=intent["metadata"].get("order", ""),
            received=intent["amount_received"],
            refunds={
                row["id"]: row["amount"]
                for row in refunds
                if row["payment_intent"] == intent["id"] and row["status"] in GONE
            },
            disputed=-sum(
                transaction["amount"]
                for row in disputes
                if row["payment_intent"] == intent["id"]
                for transaction in row["balance_transactions"]
            ),
        )
        for intent in listed(sandbox, "payment_intents")
        if intent["status"] == "succeeded"
    ]


def _returns(order: Order) -> Iterator[Finding]:
    """Money that went back by itself: only for a reason that is true, and once."""
    returned = list(order.refunds.filter(cause__in=["late", "closed", "duplicate"]))
    for row in returned:
        reasons = {
            "late": order.events.filter(type=Type.EXPIRED).exists(),
            "closed": order.status == Order.Status.CANCELLED,
            "duplicate": order.payments.count() > 1,
        }
        if not reasons[row.cause]:
            yield Finding(ORDERS, 1, f"{order} is {order.status}; {row} went back as {row.cause}")
    for payment, many in Counter(row.payment_id for row in returned).items():
        if many > 1:
            yield Finding(DOUBLE, many - 1, f"{order}: payment {payment} sent back {many} times")


def _asked_twice(sandbox: SandboxServer, numbers: set[str]) -> Iterator[Finding]:
    """One refund of ours is one at Stripe, even where Stripe's second is written down here as well."""
    rows = Refund.objects.filter(order__number__in=numbers).values_list("pk", "payment__reference")
    ours = {(str(pk), reference) for pk, reference in rows}
    made = Counter(
        (row["metadata"].get("refund"), row["payment_intent"]) for row in listed(sandbox, "refunds")
    )
    for named, many in made.items():
        if named in ours and many > 1:
            yield Finding(DOUBLE, many - 1, f"refund {named[0]} was made {many} times at Stripe")


def _strangers(
    stripe: list[AtStripe], numbers: set[str], sandbox: SandboxServer
) -> Iterator[Finding]:
    known = set(Order.objects.filter(number__in=numbers).values_list("number", flat=True))
    for number in numbers - known:
        yield Finding(ORDERS, 1, f"order {number} is gone")
    there = {one.reference for one in stripe}
    for payment in Payment.objects.filter(order__number__in=numbers):
        if payment.reference.startswith("pi_") and payment.reference not in there:
            yield Finding(
                MONEY, payment.amount_cents, f"{payment} is written down, Stripe has none"
            )


def _pages(sandbox: SandboxServer, numbers: set[str]) -> Iterator[Finding]:
    """Two payable pages for one try are the way to a double charge, even where nobody knows one."""
    pages = listed(sandbox, "checkout/sessions")
    still = {row["metadata"].get("order") for row in pages if row["status"] == "open"} & numbers
    for order in Order.objects.filter(number__in=still).exclude(status=Order.Status.PENDING):
        yield Finding(DOUBLE, 1, f"{order} is {order.status} and can be paid at Stripe")
    made = Counter((row["metadata"].get("order"), row["metadata"].get("attempt")) for row in pages)
    for (number, attempt), many in made.items():
        if number in numbers and many > 1:
            yield Finding(DOUBLE, many - 1, f"{number}: {many} pages for attempt {attempt}")


# --- money -----------------------------------------------------------------------------------------


def _money(order: Order, stripe: list[AtStripe]) -> Iterator[Finding]:
    for one in stripe:
        payment = Payment.objects.filter(reference=one.reference).first()
        if payment is None:
            yield Finding(ORDERS, 1, f"{order}: {one.reference} was paid and is written nowhere")
            yield Finding(MONEY, one.received, f"{order}: {one.reference} is written nowhere")
            continue
        if (payment.order_id, payment.amount_cents) != (order.pk, one.received):
            yield Finding(MONEY, one.received, f"{order}: {one.reference} is written down wrongly")
        yield from _refunds(order, payment, one)
    yield from _ledger(order, sum(one.kept for one in stripe))


def _refunds(order: Order, payment: Payment, one: AtStripe) -> Iterator[Finding]:
    ours = {
        row.reference: row.amount_cents
        for row in payment.refunds.filter(status__in=["sent", "settled"])
    }
    if ours != one.refunds:
        amount = abs(sum(ours.values()) - sum(one.refunds.values())) or 1
        yield Finding(
            MONEY, amount, f"{order}: refunds {ours} by our rows, {one.refunds} at Stripe"
        )
    for row in payment.refunds.filter(status__in=["requested", "in_doubt"]):
        yield Finding(MONEY, row.amount_cents, f"{order}: {row} is still {row.status}")
    if sum(one.refunds.values()) > one.received:
        yield Finding(MONEY, 1, f"{order}: more went back than came")


def _ledger(order: Order, kept: int) -> Iterator[Finding]:
    entries = LedgerEntry.objects.filter(order_number=order.number).exclude(
        kind__in=["fee", "dispute_fee"]
    )
    booked = entries.aggregate(total=Sum("amount_cents"))["total"] or 0
    if booked != kept:
        yield Finding(MONEY, abs(booked - kept), f"{order}: ledger {booked}, Stripe {kept}")


# --- what became of the order ----------------------------------------------------------------------


def _fate(order: Order, stripe: list[AtStripe]) -> Iterator[Finding]:
    keeping = [one for one in stripe if one.kept > 0]
    wants_look = order.needs_review or order.is_frozen
    if keeping and order.status not in ALIVE and not wants_look:
        yield Finding(ORDERS, 1, f"{order} is {order.status}; {keeping[0].kept} were kept for it")
        yield Finding(MONEY, sum(one.kept for one in keeping), f"{order}: kept without an order")
    if len(keeping) > 1 and not wants_look:
        yield Finding(DOUBLE, len(keeping) - 1, f"{order} is charged {len(keeping)} times")
    received = sum(one.received for one in stripe)
    wants_look |= order.events.filter(type=Type.PAYMENT_ACCEPTED).exists()
    if order.status in ALIVE and received < order.total_cents and not wants_look:
        yield Finding(MONEY, order.total_cents - received, f"{order} is paid with {received}")
    # To be looked at is what has money: where that has gone back, nobody has anything to decide.
    is_undecided = wants_look and (keeping or order.is_frozen)
    if order.status == Order.Status.PENDING and not is_undecided:
        yield Finding(ORDERS, 1, f"{order} waits for ever")
    is_open = order.attempts.filter(status="open").exists()
    if is_open and order.status != Order.Status.PENDING and not wants_look:
        yield Finding(DOUBLE, 1, f"{order} is {order.status} and its page is taken for open")


# --- effects ---------------------------------------------------------------------------------------


def _effects(order: Order) -> Iterator[Finding]:
    counts = Counter(order.events.values_list("type", flat=True))
    for once in (Type.PLACED, Type.PAID, Type.CANCELLED, Type.EXPIRED):
        if counts[once] > 1:
            yield Finding(DOUBLE, counts[once] - 1, f"{order}: {once} {counts[once]} times")
    if counts[Type.PLACED] == 0:
        yield Finding(ORDERS, 1, f"{order}: never placed by its timeline")
    if order.status in ALIVE and not counts[Type.PAID]:
        yield Finding(ORDERS, 1, f"{order}: {order.status}, without the event")
    for event_type, rows in (
        (Type.PAYMENT_RECEIVED, order.payments.count()),
        (Type.SHIPPED, order.shipments.count()),
        (Type.REFUND_REQUESTED, order.refunds.count()),
    ):
        if counts[event_type] != rows:
            text = f"{order}: {event_type} {counts[event_type]} times for {rows} rows"
            yield Finding(DOUBLE, abs(counts[event_type] - rows), text)
    settled = order.refunds.exclude(settled_at=None).count()
    if counts[Type.REFUND_SETTLED] < settled:
        yield Finding(DOUBLE, 1, f"{order}: a settled refund without its event")
    if counts[Type.REFUND_SETTLED] > order.refunds.count():
        yield Finding(DOUBLE, 1, f"{order}: more refunds settled than there are")


def _mails(order: Order) -> Iterator[Finding]:
    counts = Counter(order.events.values_list("type", flat=True))
    n = order.number
    sent = list(Email.objects.filter(subject__contains=n).values_list("subject", flat=True))
    wanted = {
        f"We have your order {n}": counts[Type.PLACED],
        f"Your payment for order {n} has arrived": counts[Type.PAID],
        f"To ship: order {n},": counts[Type.PAID],
        f"Your order {n} is canceled": counts[Type.CANCELLED],
        f"Your parcel is on its way (order {n})": counts[Type.SHIPPED],
        "We have sent ": counts[Type.REFUND_SETTLED],
        f"Please look at order {n}": counts[Type.NEEDS_REVIEW],
        f"Your bank did not send the money (order {n})": counts[Type.PAYMENT_FAILED],
    }
    for beginning, many in wanted.items():
        there = sum(subject.startswith(beginning) for subject in sent)
        if there < many:
            yield Finding(ORDERS, many - there, f"the mail “{beginning}” is missing")
        elif there > many:
            yield Finding(DOUBLE, there - many, f"the mail “{beginning}” is there {there} times")


# --- the shop's own audit ----------------------------------------------------------------------------


def _books() -> Iterator[Finding]:
    for section in audit():
        kind = UNITS if section.claim.startswith(("Stock", "Reserved")) else MONEY
        for text in section.findings:
            yield Finding(kind, 1, f"verify_books, “{section.claim}”: {text}")
        if section.left_out:
            yield Finding(MONEY, 1, f"verify_books could not look: {section.left_out}")


# --- stock -----------------------------------------------------------------------------------------


def _stock(variant: Variant) -> Iterator[Finding]:
    movements = StockMovement.objects.filter(variant=variant)
    moved = movements.aggregate(total=Sum("quantity"))["total"] or 0
    if moved != variant.stock_on_hand:
        amount = abs(moved - variant.stock_on_hand)
        yield Finding(UNITS, amount, f"{variant.sku}: {moved} moved, {variant.stock_on_hand} there")
    rows = list(Reservation.objects.filter(variant=variant))
    reserved = sum(row.quantity for row in rows)
    if reserved != variant.stock_reserved:
        yield Finding(UNITS, 1, f"{variant.sku}: {reserved} by rows, {variant.stock_reserved} told")
    if not 0 <= reserved <= variant.stock_on_hand:
        yield Finding(UNITS, reserved - variant.stock_on_hand, f"{variant.sku}: promised too often")
    held = {row.reference: (row.quantity, row.state) for row in rows}
    for order in Order.objects.filter(lines__variant=variant).distinct():
        yield from _stock_of(order, variant, held.pop(order.number, (0, "")))
    for reference in held:
        yield Finding(UNITS, 1, f"{variant.sku}: held for {reference}, which is no order")


def _stock_of(order: Order, variant: Variant, held: tuple[int, str]) -> Iterator[Finding]:
    line = order.lines.get(variant=variant)
    wanted = (0, "")
    if order.status == Order.Status.PAID and line.quantity_open:
        wanted = (line.quantity_open, "allocated")
    elif order.status == Order.Status.PENDING:
        wanted = (line.quantity, "held")
    if held != wanted:
        amount = max(1, abs(held[0] - wanted[0]))
        yield Finding(UNITS, amount, f"{order} ({order.status}): {held} reserved, not {wanted}")
    movements = StockMovement.objects.filter(variant=variant, reference=order.number)
    sold = -(movements.filter(kind="sold").aggregate(total=Sum("quantity"))["total"] or 0)
    back = movements.filter(kind="returned").aggregate(total=Sum("quantity"))["total"] or 0
    if sold != line.quantity_shipped:
        yield Finding(UNITS, 1, f"{order}: {sold} left the shelf, {line.quantity_shipped} shipped")
    if back > sold:
        yield Finding(UNITS, back - sold, f"{order}: {back} came back of {sold}")
    if line.quantity_shipped and not order.events.filter(type=Type.PAID).exists():
        yield Finding(UNITS, line.quantity_shipped, f"{order} was shipped and never paid")
