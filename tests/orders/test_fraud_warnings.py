"""Early fraud warnings: nothing ships until somebody has decided, and the money goes back once."""

import secrets

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import fraud_warnings, fulfillment, payments, reconcile, refund_answers, refunds
from orders.gateways import gateway
from orders.gateways.base import GatewayUnavailable
from orders.models import FraudWarning, Order, Refund, TransitionNotAllowed, WebhookDelivery
from tests.factories import make_order, make_staff, make_variant
from tests.orders.dispute_steps import arrive, books_hold, intent_of, told, warned_order
from tests.orders.reconcile_steps import deaf_sandbox
from tests.orders.refund_steps import refund, ship
from tests.orders.stripe_steps import (
    event_types,
    mails_to_staff,
    make_settled_order,
    open_page,
    pay_page,
)

__all__ = ["deaf_sandbox"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_shop_of_its_own(settings):
    """The sandbox serves every test: only this shop's money counts here."""
    settings.DEPLOYMENT = f"warnings-{secrets.token_hex(4)}"
    gateway.cache_clear()


def decide(warning, decision, actor=None):
    return fraud_warnings.decide(
        warning_id=warning.pk,
        decision=decision,
        reason="Called the buyer",
        actor=actor,
        now=timezone.now(),
    )


def fraud_events(order):
    return [kind for kind in event_types(order) if kind.startswith("fraud")]


def state_of(order):
    order = Order.objects.get(pk=order.pk)
    return order.status, order.is_frozen, order.needs_review


def test_a_warning_freezes_the_order_and_asks_staff_once(sandbox):
    order, warning = warned_order(sandbox)
    for event_type in ("created", "updated", "created"):
        name = f"radar.early_fraud_warning.{event_type}"
        assert arrive(name, warning.reference).status_code == 200
    assert (warning.fraud_type, warning.decision) == ("made_with_stolen_card", "")
    assert state_of(order) == ("paid", True, False)
    assert fraud_events(order) == ["fraud_warned"]
    subject = f"Fraud warning: order {order.number} waits for a decision"
    assert mails_to_staff().count(subject) == 1
    with pytest.raises(TransitionNotAllowed, match="frozen"):
        ship(order, {line.pk: 1 for line in order.lines.all()})


def test_a_trusted_order_may_ship(sandbox):
    order, warning = warned_order(sandbox)
    actor = make_staff()
    assert decide(warning, "ship", actor).is_frozen is False
    warning.refresh_from_db()
    assert (warning.decision, warning.decided_by) == ("ship", actor)
    assert warning.decided_at
    assert fraud_events(order) == ["fraud_warned", "fraud_decided"]
    assert order.events.get(type="fraud_decided").data == {
        "warning": warning.pk,
        "text": "Trusted",
        "reason": "Called the buyer",
    }
    assert ship(order, {line.pk: 1 for line in order.lines.all()})
    assert not Refund.objects.exists()


def test_money_goes_back_and_an_order_of_which_nothing_left_is_canceled(sandbox):
    order, warning = warned_order(sandbox)
    after = decide(warning, "refund")
    assert state_of(order) == ("cancelled", False, False)
    made = Refund.objects.get()
    assert (made.amount_cents, made.status, made.cause) == (6599, "settled", "fraud")
    assert fraud_events(after) == ["fraud_warned", "fraud_decided"]
    assert event_types(after).count("cancelled") == 1
    variant = order.lines.get().variant
    assert (variant.stock_reserved, variant.stock_on_hand) == (0, 100)
    # The customer is told of the money, not of the suspicion.
    told_them = " ".join(
        mail.message + mail.subject for mail in Email.objects.filter(to=[order.email])
    )
    assert "$65.99" in told_them
    assert "raud" not in told_them
    assert books_hold() == []


def test_money_of_an_order_that_has_left_in_part_goes_back_and_the_rest_stays_here(sandbox):
    variant = make_variant()
    order = make_settled_order(sandbox, packs={variant: 3})
    ship(order, {line.pk: 1 for line in order.lines.all()})
    reference = sandbox.warn_of_fraud(intent_of(order))["id"]
    warning = fraud_warnings.refresh(reference=reference, now=timezone.now())
    decide(warning, "refund")
    assert state_of(order) == ("shipped", False, False)
    assert refunds.refundable_cents(order) == 0
    line = order.lines.get()
    assert (line.quantity_shipped, line.quantity_withdrawn, line.quantity_open) == (1, 2, 0)
    variant.refresh_from_db()
    assert (variant.stock_reserved, variant.stock_on_hand) == (0, 99)
    assert books_hold() == []


def test_while_the_refund_is_on_its_way_nothing_of_it_ships(sandbox):
    """A card whose refunds wait: the packs are in the refund, so they cannot leave meanwhile."""
    order = make_order(packs={make_variant(): 2})
    session_id = pay_page(sandbox, order, "4000000000007726")
    payments.record_payment(session_id=session_id, now=timezone.now())
    ship(order, {line.pk: 1 for line in order.lines.all()})
    reference = sandbox.warn_of_fraud(intent_of(order))["id"]
    decide(fraud_warnings.refresh(reference=reference, now=timezone.now()), "refund")
    assert Refund.objects.get().status == "sent"
    with pytest.raises(fulfillment.NothingToShip, match=r"Only 0 .* A refund of the others"):
        ship(order, {line.pk: 1 for line in order.lines.all()})


def test_money_of_a_shipped_order_goes_back(sandbox):
    order = make_settled_order(sandbox)
    ship(order, {line.pk: line.quantity for line in order.lines.all()})
    reference = sandbox.warn_of_fraud(intent_of(order))["id"]
    decide(fraud_warnings.refresh(reference=reference, now=timezone.now()), "refund")
    assert state_of(order) == ("shipped", False, False)
    assert Refund.objects.get().amount_cents == 6599
    assert books_hold() == []


@pytest.mark.parametrize("is_away", [False, True])
def test_money_of_an_order_that_can_still_be_paid_goes_back_and_its_page_is_closed(
    sandbox, is_away
):
    """Money came on one page and did not pay for it; another page is open."""
    order = make_order()
    open_page(order)
    make_settled_order(sandbox).payments.update(order=order)
    Order.objects.filter(pk=order.pk).update(needs_review=True)
    reference = sandbox.warn_of_fraud(intent_of(order))["id"]
    warning = fraud_warnings.refresh(reference=reference, now=timezone.now())
    if is_away:
        path = "/v1/checkout/sessions/"
        sandbox.control("faults", method="POST", path=path, kind="drop", count=2)
        with pytest.raises(GatewayUnavailable):
            decide(warning, "refund")
        sandbox.control("faults/clear")
        assert (state_of(order)[:2], Refund.objects.count()) == (("pending", True), 0)
        return
    decide(warning, "refund")
    assert state_of(order)[:2] == ("cancelled", False)
    assert Refund.objects.get().amount_cents == 6599
    assert order.attempts.get().status == "expired"


def test_a_warning_that_cannot_be_taken_over_keeps_no_other_waiting(sandbox, monkeypatch):
    orders = [make_settled_order(sandbox) for _ in range(2)]
    bad, _ = [sandbox.warn_of_fraud(intent_of(order))["id"] for order in orders]
    really_ask = fraud_warnings.refresh

    def ask(*, reference, now):
        if reference == bad:
            raise LookupError
        return really_ask(reference=reference, now=now)

    monkeypatch.setattr(fraud_warnings, "refresh", ask)
    assert fraud_warnings.follow(now=timezone.now()).line == "1 found, 1 could not be taken over"
    assert [state_of(order)[1] for order in orders] == [False, True]


def test_a_warning_is_decided_once(sandbox):
    order, warning = warned_order(sandbox)
    decide(warning, "refund")
    for decision in ("refund", "ship"):
        with pytest.raises(fraud_warnings.DecisionRefused, match="settled already: paid back"):
            decide(warning, decision)
    assert Refund.objects.count() == 1
    assert fraud_events(order) == ["fraud_warned", "fraud_decided"]


@pytest.mark.parametrize("decision", ["", "gone", "nonsense"])
def test_a_decision_that_does_not_exist_changes_nothing(sandbox, decision):
    order, warning = warned_order(sandbox)
    with pytest.raises(fraud_warnings.DecisionRefused, match="Choose"):
        decide(warning, decision)
    assert state_of(order) == ("paid", True, False)


def test_money_that_the_bank_holds_already_is_not_paid_back_as_well(sandbox):
    order, warning = warned_order(sandbox)
    reference = sandbox.dispute(intent_of(order))["id"]
    told(reference)
    with pytest.raises(fraud_warnings.DecisionRefused, match="bank holds its money"):
        decide(warning, "refund")
    assert not FraudWarning.objects.to_decide().exists()
    sandbox.decide_dispute(reference, "win")
    told(reference)
    # The bank has decided about the dispute; whether to ship is still ours to say.
    assert state_of(order) == ("paid", True, False)
    assert FraudWarning.objects.to_decide().get() == warning
    assert not Refund.objects.exists()


def test_a_lost_dispute_leaves_nothing_to_decide(sandbox):
    order, warning = warned_order(sandbox)
    reference = sandbox.dispute(intent_of(order))["id"]
    told(reference)
    sandbox.decide_dispute(reference, "lose")
    told(reference)
    warning.refresh_from_db()
    assert (warning.decision, warning.decided_by) == ("gone", None)
    assert state_of(order) == ("paid", False, True)


@pytest.mark.parametrize("way", ["refund", "cancel", "dashboard"])
def test_money_that_went_back_otherwise_leaves_nothing_to_decide(sandbox, way):
    order, warning = warned_order(sandbox)
    if way == "refund":
        refund(order, 6599)
    elif way == "cancel":
        fulfillment.cancel(order_id=order.pk, reason="x", actor=None, now=timezone.now())
    else:
        made = sandbox.refund_from_dashboard(intent_of(order))
        refund_answers.refresh(reference=made["id"], now=timezone.now())
    warning.refresh_from_db()
    assert warning.decision == "gone"
    assert not Order.objects.get(pk=order.pk).is_frozen
    assert fraud_events(order) == ["fraud_warned", "fraud_decided"]
    assert Refund.objects.count() == 1


def test_a_refund_of_a_part_leaves_the_decision_open(sandbox):
    order, warning = warned_order(sandbox)
    refund(order, 6598)
    warning.refresh_from_db()
    assert (warning.decision, state_of(order)[1]) == ("", True)


def test_a_warning_about_money_that_is_gone_asks_nobody(sandbox):
    order = make_settled_order(sandbox)
    refund(order, 6599)
    reference = sandbox.warn_of_fraud(intent_of(order))["id"]
    warning = fraud_warnings.refresh(reference=reference, now=timezone.now())
    warning.refresh_from_db()
    assert (warning.decision, state_of(order)[1]) == ("gone", False)
    assert not [subject for subject in mails_to_staff() if "raud" in subject]


def test_each_of_two_warnings_is_decided_and_money_back_ends_both(sandbox):
    order, first = warned_order(sandbox)
    reference = sandbox.warn_of_fraud(intent_of(order))["id"]
    second = fraud_warnings.refresh(reference=reference, now=timezone.now())
    decide(first, "ship")
    assert state_of(order)[1], "nobody has looked at the second"
    third = sandbox.warn_of_fraud(intent_of(order))["id"]
    fraud_warnings.refresh(reference=third, now=timezone.now())
    decide(second, "refund")
    assert sorted(FraudWarning.objects.values_list("decision", flat=True)) == [
        "gone",
        "refund",
        "ship",
    ]
    assert state_of(order) == ("cancelled", False, False)


def test_with_stripe_away_the_decision_stands_and_the_money_follows(sandbox):
    order, warning = warned_order(sandbox)
    sandbox.control("faults", method="POST", path="/v1/refunds", kind="drop", count=2)
    decide(warning, "refund")
    made = Refund.objects.get()
    assert (made.status, state_of(order)) == ("in_doubt", ("cancelled", False, False))
    sandbox.control("faults/clear")
    reconcile.sweep_refunds(now=timezone.now() + reconcile.PATIENCE * 2)
    made.refresh_from_db()
    assert made.status == "settled"
    assert len(gateway().list_refunds(intent_of(order))) == 1


def test_a_warning_before_its_payment_is_recorded_waits(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    reference = sandbox.warn_of_fraud(session_id)["id"]
    assert arrive("radar.early_fraud_warning.created", reference).status_code == 503
    payments.record_payment(session_id=session_id, now=timezone.now())
    assert fraud_warnings.follow(now=timezone.now()).line == "1 found, 0 could not be taken over"
    assert fraud_warnings.follow(now=timezone.now()).line == "0 found, 0 could not be taken over"
    assert state_of(order) == ("paid", True, False)


def test_warnings_of_other_shops_on_the_account_are_left_alone(sandbox, settings):
    order = make_settled_order(sandbox)
    reference = sandbox.warn_of_fraud(intent_of(order))["id"]
    order.events.all().delete()
    order.payments.all().delete()
    settings.DEPLOYMENT = "another"
    for known in (reference, "issfr_unknown"):
        assert arrive("radar.early_fraud_warning.created", known).status_code == 200
    assert list(WebhookDelivery.objects.values_list("verdict", flat=True)) == ["ignored"] * 2
    assert fraud_warnings.follow(now=timezone.now()).line.startswith("0 found")
    assert not FraudWarning.objects.exists()


def test_a_lost_warning_event_is_found_in_the_list_of_events(deaf_sandbox):
    order = make_settled_order(deaf_sandbox)
    deaf_sandbox.warn_of_fraud(intent_of(order))
    reconcile.everything(now=timezone.now())
    assert state_of(order) == ("paid", True, False)
    assert WebhookDelivery.objects.filter(
        event_type="radar.early_fraud_warning.created", source="list", verdict="done"
    ).exists()
