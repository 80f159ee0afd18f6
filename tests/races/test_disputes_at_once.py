"""Banks and staff at the same moment: what a dispute or a warning freezes cannot slip through."""

from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone
from post_office.models import Email

from books.models import LedgerEntry
from orders import disputes, fraud_warnings, freezing, fulfillment, refunds
from orders.gateways import gateway
from orders.models import Dispute, FraudWarning, Order, Refund, Shipment
from tests.factories import make_paid_order, make_variant
from tests.orders.booked import make_dispute
from tests.orders.dispute_steps import (
    DISPUTE_EVENTS,
    TAKEN,
    arrive,
    booked,
    books_hold,
    disputed_order,
    intent_of,
    shop_of_its_own,
    warned_order,
)
from tests.orders.refund_steps import refund, ship
from tests.orders.stripe_steps import event_types, make_settled_order
from tests.races.at_once import PATIENCE, at_once, errors_in, meeting

__all__ = ["shop_of_its_own"]

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("shop_of_its_own", "quiet"),
]

CLICKS = 4


def after(order: Order, event: str) -> list[str]:
    """What happened to the order after `event`, by its timeline: rows in the order of their locks."""
    types = event_types(order)
    return types[types.index(event) + 1 :]


# --- parcels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raise_at_stripe", "news", "written"),
    [
        ("dispute", "charge.dispute.created", "dispute_opened"),
        ("warn_of_fraud", "radar.early_fraud_warning.created", "fraud_warned"),
    ],
)
def test_no_parcel_leaves_after_bad_news_that_arrive_at_the_same_moment(
    sandbox, raise_at_stripe, news, written
):
    order = make_settled_order(sandbox, packs={make_variant(): CLICKS + 1})
    reference = getattr(sandbox, raise_at_stripe)(intent_of(order))["id"]
    line = order.lines.get()

    outcomes = at_once(
        [
            *[lambda: ship(order, {line.pk: 1})] * CLICKS,
            *[lambda: arrive(news, reference)] * 2,
        ]
    )

    parcels = [one for one in outcomes if isinstance(one, Shipment)]
    refused = [one for one in outcomes[:CLICKS] if isinstance(one, Exception)]
    assert len(parcels) + len(refused) == CLICKS
    assert {str(one) for one in refused} <= {freezing.WORDS}
    assert [one.status_code for one in outcomes[CLICKS:]] == [200, 200]
    assert "shipped" not in after(order, written)
    assert event_types(order).count("shipped") == len(parcels)
    order.refresh_from_db()
    assert (order.is_frozen, order.status) == (True, "paid")


def test_without_the_orders_lock_a_parcel_leaves_a_frozen_order():
    order = make_paid_order(packs={make_variant(on_hand=5): 1})
    both_have_come = meeting(2)

    def ship_carelessly():
        assert not Order.objects.get(pk=order.pk).is_frozen
        both_have_come()
        both_have_come()
        Shipment.objects.create(order=order, carrier="usps", shipped_at=timezone.now())

    def dispute():
        both_have_come()
        make_dispute(order)
        freezing.settle(Order.objects.get(pk=order.pk), now=timezone.now())
        both_have_come()

    assert errors_in(at_once([ship_carelessly, dispute])) == []
    assert (Shipment.objects.count(), Order.objects.get(pk=order.pk).is_frozen) == (1, True)


# --- refunds ---------------------------------------------------------------------------------------


def test_refunds_and_a_dispute_at_the_same_moment_pay_no_cent_twice(sandbox):
    """The bank takes what Stripe has not paid back by then; what comes later is refused by one of us."""
    order = make_settled_order(sandbox)

    def dispute():
        reference = sandbox.dispute(intent_of(order))["id"]
        return arrive("charge.dispute.created", reference).status_code

    def refund_again_and_again():
        while True:
            refund(order, 200)

    outcomes = at_once([dispute, *[refund_again_and_again] * CLICKS])

    assert outcomes[0] == 200
    assert errors_in(outcomes) == ["RefundRefused"] * CLICKS
    statuses = list(Refund.objects.values_list("status", flat=True))
    assert set(statuses) <= {"settled", "failed"}
    row = Dispute.objects.get()
    assert row.withdrawn_cents == 6599 - 200 * statuses.count("settled")
    assert booked(order)["dispute"] == -row.withdrawn_cents
    assert order.payments.get().left_cents() == 0
    assert Order.objects.get(pk=order.pk).needs_review == ("failed" in statuses)
    assert "refund_requested" not in after(order, "dispute_opened")
    assert books_hold() == []


def test_a_refund_waits_while_a_dispute_is_written_down_and_is_refused_then(sandbox):
    order, reference = disputed_order(sandbox)
    state = gateway().fetch_dispute(reference)
    is_written, is_over = Event(), Event()

    def dispute():
        with transaction.atomic():
            disputes.settle(state, revision=0, now=timezone.now())
            is_written.set()
            # Nobody else can read it yet. Long enough for a refund that does not wait.
            return is_over.wait(0.3)

    def pay_back():
        is_written.wait(PATIENCE)
        try:
            refund(order, 1000)
        finally:
            is_over.set()

    outcomes = at_once([dispute, pay_back])

    assert outcomes[0] is False, "the refund has not waited"
    assert str(outcomes[1]) == refunds.DISPUTED
    assert not Refund.objects.exists()


# --- the same news many times ----------------------------------------------------------------------


def test_all_news_of_a_dispute_at_once_is_written_down_once(sandbox):
    order, reference = disputed_order(sandbox)
    Email.objects.all().delete()

    outcomes = at_once(
        [
            *[lambda name=name: arrive(name, reference).status_code for name in DISPUTE_EVENTS * 2],
            *[lambda: disputes.follow(now=timezone.now())] * 2,
        ]
    )

    assert errors_in(outcomes) == []
    assert set(outcomes[:10]) == {200}
    assert Dispute.objects.get().revision == 1
    assert event_types(order).count("dispute_opened") == 1
    assert booked(order) == TAKEN
    assert LedgerEntry.objects.filter(kind__startswith="dispute").count() == 2
    assert [mail.subject.partition(",")[0] for mail in Email.objects.all()] == [
        f"Dispute: order {order.number}"
    ]


# --- decisions -------------------------------------------------------------------------------------


def test_of_decisions_about_one_warning_at_once_one_counts(sandbox):
    order, warning = warned_order(sandbox)

    def decide(decision):
        return fraud_warnings.decide(
            warning_id=warning.pk,
            decision=decision,
            reason="Both of us",
            actor=None,
            now=timezone.now(),
        )

    outcomes = at_once([lambda one=one: decide(one) for one in ("ship", "refund") * 2])

    assert errors_in(outcomes) == ["DecisionRefused"] * 3
    warning.refresh_from_db()
    assert event_types(order).count("fraud_decided") == 1
    sent_back = list(Refund.objects.values_list("amount_cents", "status"))
    assert sent_back == ([(6599, "settled")] if warning.decision == "refund" else [])
    status = "cancelled" if warning.decision == "refund" else "paid"
    order.refresh_from_db()
    assert (order.status, order.is_frozen) == (status, False)
    assert books_hold() == []


def test_a_warned_order_is_paid_back_once_by_a_decision_and_a_cancellation_at_once(sandbox):
    order, warning = warned_order(sandbox)
    now = timezone.now()
    facts = {"reason": "Both of us", "actor": None, "now": now}

    outcomes = at_once(
        [
            lambda: fraud_warnings.decide(warning_id=warning.pk, decision="refund", **facts),
            lambda: fulfillment.cancel(order_id=order.pk, **facts),
            lambda: fraud_warnings.follow(now=now),
        ]
    )

    assert set(errors_in(outcomes)) <= {"DecisionRefused", "TransitionNotAllowed"}
    assert Refund.objects.get().amount_cents == 6599
    assert FraudWarning.objects.get().decision in {"refund", "gone"}
    order.refresh_from_db()
    assert (order.status, order.is_frozen) == ("cancelled", False)
    assert books_hold() == []
