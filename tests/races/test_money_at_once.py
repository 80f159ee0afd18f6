"""The same money through many doors at the same moment."""

from datetime import timedelta
from threading import get_ident

import pytest
from django.db import IntegrityError
from django.utils import timezone
from post_office.models import Email

from orders import closing, events, payments, reconcile, refund_answers, refunds
from orders.gateways import gateway
from orders.models import Order, OrderEvent, Payment, PaymentAttempt, Refund, WebhookDelivery
from products.models import Reservation
from tests.factories import make_order
from tests.orders.stripe_steps import (
    deliver,
    event_types,
    make_settled_order,
    open_page,
    pay_page,
    session_event,
    session_of,
    state_of,
    stripe_client,
)
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet"),
]

DELIVERIES = 24
TABS = 8


def paid_mails(order):
    return Email.objects.filter(to=[order.email]).count()


# --- one webhook, 24 times -----------------------------------------------------------------------


def test_the_same_webhook_24_times_at_once_records_one_payment(sandbox):
    order = make_order()
    body = session_event(pay_page(sandbox, order))

    answers = at_once([lambda: deliver(body).status_code] * DELIVERIES)

    assert answers == [200] * DELIVERIES
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Payment.objects.get().amount_cents == order.total_cents
    assert event_types(order) == ["payment_started", "payment_received", "paid"]
    assert paid_mails(order) == 1
    assert Email.objects.count() == 2
    assert WebhookDelivery.objects.filter(verdict="done").count() == DELIVERIES


def test_without_lock_and_compare_the_same_webhook_pays_the_order_24_times(sandbox, monkeypatch):
    everybody_has_looked = meeting(DELIVERIES)

    def settle_carelessly(state, *, now):
        order = Order.objects.get(attempts__session_id=state.session_id)
        if order.is_pending:
            everybody_has_looked()
            order.status = Order.Status.PAID
            order.save()
            events.record(order, OrderEvent.Type.PAID)
        return order

    order = make_order()
    body = session_event(pay_page(sandbox, order))
    monkeypatch.setattr(payments, "settle", settle_carelessly)

    answers = at_once([lambda: deliver(body).status_code] * DELIVERIES)

    assert answers == [200] * DELIVERIES
    assert event_types(order).count("paid") == DELIVERIES
    assert paid_mails(order) == DELIVERIES


def test_without_the_lock_only_the_unique_reference_stops_the_second_payment(sandbox):
    order = make_order()
    open_page(order)
    everybody_has_looked = meeting(DELIVERIES)

    def record_carelessly():
        assert not Payment.objects.filter(reference="pi_1").exists()
        everybody_has_looked()
        facts = {"amount_cents": 1, "currency": "USD", "received_at": timezone.now()}
        Payment.objects.create(order=order, reference="pi_1", **facts)

    outcomes = at_once([record_carelessly] * DELIVERIES)

    assert errors_in(outcomes) == [IntegrityError.__name__] * (DELIVERIES - 1)


def test_webhook_return_page_and_check_at_once_end_as_one(sandbox, client):
    order = make_order()
    session_id = pay_page(sandbox, order)
    PaymentAttempt.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    back = f"{order.get_absolute_url()}return/?session_id={session_id}"

    outcomes = at_once(
        [
            *[lambda: deliver(session_event(session_id)).status_code] * 4,
            *[lambda: type(client)().get(back).status_code] * 4,
            *[lambda: reconcile.check_open_sessions(now=timezone.now())] * 2,
        ]
    )

    assert errors_in(outcomes) == []
    assert {outcome for outcome in outcomes if isinstance(outcome, int)} == {200, 302}
    assert Payment.objects.count() == 1
    assert event_types(order).count("paid") == 1
    assert paid_mails(order) == 1


def test_expiry_and_payment_of_two_sessions_of_one_order_at_once_lose_nothing(sandbox):
    """The first page ends while the second is paid."""
    order = make_order()
    open_page(order)
    first = session_of(order)
    gateway().expire_checkout(first)
    order.attempts.update(status="expired")
    second = pay_page(sandbox, order)
    order.attempts.filter(session_id=first).update(status="open", order=make_order())
    bodies = [session_event(first, "checkout.session.expired"), session_event(second)]

    answers = at_once([lambda body=body: deliver(body).status_code for body in bodies * 4])

    assert answers == [200] * 8
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Reservation.objects.get(reference=order.number).state == "allocated"


def test_of_two_payments_of_one_order_at_once_one_is_kept_and_one_goes_back(sandbox):
    """Each door settles at its first try: the second waits for the first and then sees what it did."""
    orders = [make_order() for _ in range(4)]
    told = []
    for order in orders:
        earlier = open_page(order)
        order.attempts.update(status="expired")  # for us; at Stripe it is open
        pay_page(sandbox, order)
        assert sandbox.pay(earlier).location
        told += [payments.ask(attempt.session_id) for attempt in order.attempts.all()]

    outcomes = at_once([lambda one=one: payments.settle(one, now=timezone.now()) for one in told])

    assert errors_in(outcomes) == []
    for order in orders:
        order.refresh_from_db()
        assert order.status == Order.Status.PAID
        assert order.payments.count() == 2
        returned = order.refunds.get()
        assert (returned.cause, returned.status) == ("duplicate", "settled")
        assert returned.amount_cents == order.total_cents
        assert event_types(order).count("paid") == 1


def test_expiring_and_late_money_at_once_end_as_a_paid_order():
    orders = [make_order() for _ in range(DELIVERIES // 2)]
    for order in orders:
        order.attempts.create(
            number=1,
            status="expired",
            session_id=f"cs_{order.number}",
            idempotency_key=order.number,
            request={},
            expires_at=order.expires_at,
        )
    acts = [
        act
        for order in orders
        for act in (
            lambda order=order: closing.expire(order, now=timezone.now()),
            lambda order=order: payments.settle(state_of(order), now=timezone.now()),
        )
    ]

    assert errors_in(at_once(acts)) == []

    for order in orders:
        order.refresh_from_db()
        assert order.status == Order.Status.PAID
        assert Reservation.objects.get(reference=order.number).state == "allocated"
        assert event_types(order).count("expired") <= event_types(order).count("paid") == 1


# --- one page for many tabs ----------------------------------------------------------------------


def test_many_tabs_that_ask_for_the_payment_page_at_once_get_one(sandbox):
    order = make_order()

    outcomes = at_once([lambda: open_page(order)] * TABS)

    assert errors_in(outcomes) == []
    assert set(outcomes) == {order.attempts.get().url}
    assert event_types(order).count("payment_started") == 1


def test_without_one_key_for_all_every_tab_gets_a_page_of_its_own(sandbox):
    """Eight payable pages for one order: the way to a double charge."""
    order = make_order()
    open_page(order)
    request = payments.CheckoutRequest.from_json(order.attempts.get().request)

    def ask_with_own_key():
        return gateway().create_checkout(request, key=f"tab-{get_ident()}").url

    assert len(set(at_once([ask_with_own_key] * TABS))) == TABS


# --- refunds -------------------------------------------------------------------------------------


def test_of_refunds_of_everything_at_once_one_is_made(sandbox):
    order = make_settled_order(sandbox)

    def refund():
        return refunds.refund(
            order_id=order.pk,
            amount_cents=order.total_cents,
            reason="Both of us at once",
            actor=None,
            now=timezone.now(),
        )

    outcomes = at_once([refund] * TABS)

    assert errors_in(outcomes) == ["RefundRefused"] * (TABS - 1)
    row = Refund.objects.get()
    assert row.status == Refund.Status.SETTLED
    assert len(gateway().list_refunds(row.payment.reference)) == 1


def test_without_the_orders_lock_refunds_at_once_promise_the_same_money_to_all(sandbox):
    order = make_settled_order(sandbox)
    payment = order.payments.get()
    everybody_has_looked = meeting(TABS)

    def request_carelessly():
        assert refunds.refundable_cents(order) >= order.total_cents
        everybody_has_looked()
        Refund.objects.create(
            order=order,
            payment=payment,
            amount_cents=order.total_cents,
            idempotency_key=f"careless-{get_ident()}",
            requested_at=timezone.now(),
        )

    assert errors_in(at_once([request_carelessly] * TABS)) == []
    assert payment.left_cents() == -(TABS - 1) * order.total_cents


def test_the_webhooks_of_a_refund_at_once_with_its_sweeps_settle_it_once(sandbox):
    order = make_settled_order(sandbox)
    made = refunds.refund(
        order_id=order.pk, amount_cents=500, reason="x", actor=None, now=timezone.now()
    )
    Refund.objects.update(status="in_doubt", reference=None)
    OrderEvent.objects.filter(type="refund_settled").delete()
    Email.objects.all().delete()
    soon = timezone.now() + timedelta(minutes=2)

    outcomes = at_once(
        [
            *[lambda: refund_answers.refresh(reference=made.reference, now=timezone.now())] * 4,
            *[lambda: reconcile.sweep_refunds(now=soon)] * 4,
        ]
    )

    assert errors_in(outcomes) == []
    assert Refund.objects.get().status == Refund.Status.SETTLED
    assert event_types(order).count("refund_settled") == 1
    assert Email.objects.count() == 1
    assert len(gateway().list_refunds(made.payment.reference)) == 1


def test_a_dashboard_refund_told_many_times_at_once_gets_one_row(sandbox):
    order = make_settled_order(sandbox)
    outside = stripe_client(sandbox).v1.refunds.create(
        {"payment_intent": order.payments.get().reference, "amount": 500}
    )

    outcomes = at_once(
        [lambda: refund_answers.refresh(reference=outside.id, now=timezone.now())] * DELIVERIES
    )

    assert errors_in(outcomes) == []
    assert Refund.objects.get().amount_cents == 500
    assert event_types(order).count("refund_settled") == 1
