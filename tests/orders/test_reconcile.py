"""The third door: what neither webhook nor return page has settled."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from orders import incoming, payments, reconcile, refunds
from orders.gateways import gateway
from orders.models import Order, OrderEvent, Payment, PaymentAttempt, Refund
from products.models import Reservation, Variant
from shop import schedule
from tests.factories import make_order, make_paid_order
from tests.orders.stripe_steps import (
    event_types,
    make_settled_order,
    open_page,
    pay_page,
    session_of,
)

pytestmark = pytest.mark.django_db


def check(minutes=2):
    return str(reconcile.check_open_sessions(now=timezone.now() + timedelta(minutes=minutes)))


def sweep(minutes=2):
    return str(reconcile.sweep_refunds(now=timezone.now() + timedelta(minutes=minutes)))


def test_a_lost_webhook_is_made_up_for_once(sandbox):
    order = make_order()
    pay_page(sandbox, order)

    assert check() == "1 settled, 0 expired without a session, 0 could not be asked"
    assert check() == "0 settled, 0 expired without a session, 0 could not be asked"

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Payment.objects.count() == 1


def test_a_webhook_is_given_a_minute(sandbox):
    order = make_order()
    pay_page(sandbox, order)
    check(minutes=0)
    order.refresh_from_db()
    assert order.is_pending


def test_a_session_that_ended_ends_its_order(sandbox):
    order = make_order()
    open_page(order)
    gateway().expire_checkout(session_of(order))
    assert check().startswith("1 settled")
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    assert not Reservation.objects.exists()


def test_our_clock_alone_ends_no_order_whose_page_is_open(sandbox):
    order = make_order()
    open_page(order)
    check(minutes=60)
    order.refresh_from_db()
    assert order.is_pending
    assert Reservation.objects.exists()


def test_an_order_without_a_page_ends_with_its_hold(no_stripe):
    order = make_order()
    assert check(minutes=30) == "0 settled, 0 expired without a session, 0 could not be asked"
    assert check(minutes=33) == "0 settled, 1 expired without a session, 0 could not be asked"
    assert check(minutes=33) == "0 settled, 0 expired without a session, 0 could not be asked"
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    assert not Reservation.objects.exists()


def test_an_order_whose_page_may_exist_is_not_ended_blindly(sandbox, settings):
    """The call went out, the answer never came: somebody may be paying there."""
    order = make_order()
    sandbox.control("faults", kind="drop_after", method="POST", path="/v1/checkout", count=3)
    with pytest.raises(payments.PaymentUnavailable):
        open_page(order)
    Order.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()
    check()
    order.refresh_from_db()
    assert order.is_pending

    settings.STRIPE_API_BASE = sandbox.url
    gateway.cache_clear()
    assert "1 expired" in check()
    assert gateway().fetch_checkout(session_of(order)).status == "expired"


def test_an_order_paid_on_a_page_we_never_heard_of_is_paid(sandbox):
    order = make_order()
    pay_page(sandbox, order)
    PaymentAttempt.objects.update(status="created", session_id=None, url="")
    Order.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    check()

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Payment.objects.count() == 1


def test_an_order_with_money_that_does_not_fit_waits_for_staff(sandbox):
    order = make_order()
    pay_page(sandbox, order)
    OrderEvent.objects.all().delete()
    Order.objects.update(items_cents=6001, total_cents=6600)
    check(minutes=60)
    check(minutes=60)
    order.refresh_from_db()
    assert (order.status, order.needs_review) == (Order.Status.PENDING, True)
    assert event_types(order) == ["payment_received", "needs_review"]


def test_with_stripe_away_nothing_ends_and_the_rest_is_not_waited_for(sandbox, settings):
    orders = [make_order() for _ in range(5)]
    for order in orders:
        open_page(order)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()
    started = timezone.now()
    assert check(60) == "0 settled, 0 expired without a session, 5 could not be asked"
    assert Order.objects.unpaid().count() == 5
    assert timezone.now() - started < timedelta(seconds=12)


def test_with_stripe_away_the_pages_nobody_knows_of_are_not_all_asked_about(no_stripe):
    for _ in range(5):
        with pytest.raises(payments.PaymentUnavailable):
            open_page(make_order())
    Order.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert check() == "0 settled, 0 expired without a session, 3 could not be asked"
    assert OrderEvent.objects.filter(type="payment_unavailable").count() == 5 + 3
    assert Order.objects.unpaid().count() == 5


def test_one_order_that_cannot_end_does_not_keep_the_others_waiting(no_stripe):
    broken, fine = make_order(), make_order()
    # More is reserved for it than the pack says: giving that back is refused by the database.
    Variant.objects.filter(pk=broken.lines.get().variant_id).update(stock_reserved=0)
    assert check(33) == "0 settled, 1 expired without a session, 1 could not be asked"
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.status, fine.status) == (Order.Status.PENDING, Order.Status.EXPIRED)


def test_one_order_that_cannot_be_settled_does_not_keep_the_others_waiting(sandbox, monkeypatch):
    broken, fine = make_order(), make_order()
    for order in (broken, fine):
        pay_page(sandbox, order)
    Reservation.objects.filter(reference=broken.number).delete()
    Order.objects.filter(pk=broken.pk).update(status="expired", currency="USD")
    make_paid = incoming.make_paid

    def stumble(order, now):
        if order.pk == broken.pk:
            raise RuntimeError
        make_paid(order, now)

    monkeypatch.setattr(incoming, "make_paid", stumble)
    assert check() == "1 settled, 0 expired without a session, 1 could not be asked"
    fine.refresh_from_db()
    assert fine.status == Order.Status.PAID


def test_a_session_that_stripe_has_not_got_ends_with_its_time(sandbox):
    """The demo's key was changed for a real one, or its sandbox was emptied."""
    order = make_order()
    open_page(order)
    PaymentAttempt.objects.update(session_id="cs_test_gone")
    assert check() == "0 settled, 0 expired without a session, 1 could not be asked"
    assert check(minutes=33).startswith("1 settled")
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED


def test_the_sweep_sends_what_was_asked_for_once(sandbox):
    order = make_settled_order(sandbox)
    row = refunds.request_everything(order, reason="x", actor=None, now=timezone.now())[0]
    assert sweep(minutes=0) == "0 sent again, 0 asked about"
    assert sweep() == "1 sent again, 0 asked about"
    assert sweep() == "0 sent again, 0 asked about"
    assert len(gateway().list_refunds(row.payment.reference)) == 1


def test_the_sweep_asks_about_refunds_on_their_way(sandbox):
    order = make_settled_order(sandbox)
    made = refunds.refund(
        order_id=order.pk, amount_cents=100, reason="x", actor=None, now=timezone.now()
    )
    Refund.objects.update(status="sent")
    assert sweep() == "0 sent again, 1 asked about"
    made.refresh_from_db()
    assert made.status == Refund.Status.SETTLED
    Refund.objects.update(status="sent", reference="re_gone")
    assert sweep() == "0 sent again, 0 asked about, 1 left for the next time"


def test_the_sweep_outlives_an_outage(no_stripe):
    orders = [make_paid_order() for _ in range(2)]
    for order in orders:
        refunds.request_everything(order, reason="x", actor=None, now=timezone.now())
    assert sweep() == "0 sent again, 0 asked about, 2 left for the next time"
    assert Refund.objects.filter(status="in_doubt").count() == 2


def test_one_refund_that_stumbles_does_not_keep_the_others_waiting(sandbox, monkeypatch):
    orders = [make_settled_order(sandbox) for _ in range(2)]
    for order in orders:
        refunds.request_everything(order, reason="x", actor=None, now=timezone.now())
    send = refunds.send

    def stumble(*, refund_id, now):
        if refund_id == orders[0].refunds.get().pk:
            raise RuntimeError
        return send(refund_id=refund_id, now=now)

    monkeypatch.setattr(refunds, "send", stumble)
    assert sweep() == "1 sent again, 0 asked about, 1 left for the next time"
    assert orders[1].refunds.get().status == Refund.Status.SETTLED


def test_the_schedule_calls_what_exists(no_stripe):
    for task in (schedule.settle_payments, schedule.settle_refunds):
        task.call_local()
    for line in (check(), sweep()):
        assert re.fullmatch(r"[^\n]+", line)
