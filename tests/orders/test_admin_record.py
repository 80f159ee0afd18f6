"""The record of one order: everything on one page, at a fixed price in queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import events, fulfillment, notes, review
from orders.models import OrderEvent, Payment, PaymentAttempt, Refund, RefundLine
from tests.factories import make_order, make_paid_order, make_variant
from tests.orders.admin_steps import SEE, address, log_in, words_of

pytestmark = pytest.mark.django_db


def make_eventful_order(parcels: int = 1):
    """A paid order with parcels, refunds, tries to pay, notes and events."""
    order = make_paid_order(packs={make_variant(sku=f"X-{parcels}"): 9}, tax_cents=120)
    line = order.lines.get()
    for _ in range(parcels):
        fulfillment.ship(
            order_id=order.pk,
            carrier="ups",
            tracking_number="1Z999AA10123456784",
            quantities={line.pk: 1},
            actor=None,
            now=timezone.now(),
        )
        notes.add(order=order, text="Called <b>Jo</b>.", actor=None)
        number = order.attempts.count() + 1
        PaymentAttempt.objects.create(
            order=order,
            number=number,
            status="expired",
            idempotency_key=f"{order.pk}-{number}",
            request={},
            session_id=f"cs_{order.pk}_{number}",
            expires_at=timezone.now(),
        )
        refund = Refund.objects.create(
            order=order,
            payment=order.payments.get(),
            amount_cents=100,
            reason="Came late",
            idempotency_key=f"r-{order.pk}-{number}",
            requested_at=timezone.now(),
        )
        RefundLine.objects.create(refund=refund, line=line, quantity=1, restock=True)
    return order


def test_the_record_tells_everything_about_the_order():
    order = make_eventful_order()
    client, _ = log_in(SEE)
    response = client.get(address(order, "change"))
    words = words_of(response)
    for text in (
        order.number,
        "jo@example.com",
        "Springfield, IL 62701",
        "B12 Patch, 12 patches",
        "$540.00",
        "$1.20",
        order.payments.get().reference,
        "1Z999AA10123456784",
        "Came late",
        "(back on the shelf)",
        "Parcel shipped",
        f"cs_{order.pk}_1",
    ):
        assert text in words, text
    html = response.content.decode()
    assert "https://www.ups.com/track?tracknum=1Z999AA10123456784" in html
    assert order.get_absolute_url() in html
    assert "Called &lt;b&gt;Jo&lt;/b&gt;." in html


def test_the_timeline_names_who_and_when_in_the_shops_time_zone():
    order = make_order()
    client, user = log_in(SEE)
    notes.add(order=order, text="Asked for a gift card.", actor=user)
    OrderEvent.objects.update(created_at="2026-11-20T17:00:00Z")
    words = words_of(client.get(address(order, "change")))
    assert f"Note Nov 20, 2026, 12:00 p.m. , {user.username} Asked for a gift card." in words


@pytest.mark.parametrize(
    ("key", "base", "wanted"),
    [
        ("sk_test_sandbox", "http://127.0.0.1:8001", "http://sandbox.test/objects/pi_x"),
        ("sk_test_1", "", "https://dashboard.stripe.com/test/payments/pi_x"),
        ("rk_test_1", "", "https://dashboard.stripe.com/test/payments/pi_x"),
        ("sk_live_1", "", "https://dashboard.stripe.com/payments/pi_x"),
    ],
)
def test_a_payment_is_opened_where_it_is(settings, key, base, wanted):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = key, base
    settings.STRIPE_CHECKOUT_ORIGIN = "http://sandbox.test"
    order = make_paid_order()
    order.payments.update(reference="pi_x")
    client, _ = log_in(SEE)
    page = client.get(address(order, "change"))
    assert f'href="{wanted}"' in page.content.decode()
    assert ("Open in the Stripe sandbox" in words_of(page)) == bool(base)


def test_other_orders_of_the_same_email_are_named():
    variant = make_variant()
    order = make_order(packs={variant: 1}, email="ana@example.org")
    other = make_order(packs={variant: 1}, email="ana@example.org")
    stranger = make_order(packs={variant: 1}, email="sam@example.org")
    client, _ = log_in(SEE)
    words = words_of(client.get(address(order, "change")))
    assert other.number in words
    assert stranger.number not in words


def test_a_fuller_record_costs_no_more_queries():
    few_rows, many_rows = make_eventful_order(1), make_eventful_order(4)
    client, _ = log_in(SEE)
    with CaptureQueriesContext(connection) as few:
        client.get(address(few_rows, "change"))
    with CaptureQueriesContext(connection) as many:
        client.get(address(many_rows, "change"))
    assert len(many) == len(few)
    asked = [query["sql"] for query in many.captured_queries]
    assert len(set(asked)) == len(asked), "asked twice"
    assert len(many) <= 18
    assert not [sql for sql in asked if sql.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_only_what_is_possible_and_allowed_is_offered():
    order = make_paid_order()
    client, _ = log_in(SEE, "orders.ship_order", "orders.cancel_order", "orders.review_order")
    html = client.get(address(order, "change")).content.decode()
    assert address(order, "ship") in html
    assert address(order, "cancel") in html
    assert address(order, "refund") not in html  # not allowed
    assert address(order, "review") not in html  # not needed


@pytest.mark.parametrize("make", [make_order, make_paid_order, make_eventful_order])
@pytest.mark.parametrize("needs_review", [False, True])
def test_whatever_is_possible_has_its_button(admin_client, make, needs_review):
    order = make()
    Payment.objects.get_or_create(
        order=order,
        defaults={"reference": "pi_less", "amount_cents": 1, "received_at": timezone.now()},
    )
    if needs_review:
        review.ask(order, "Look.")
    page = admin_client.get(address(order, "change"))
    names = set(page.context["actions"]) - {"packing_slip"}
    assert ("accept" in names) == (make is make_order)
    html = page.content.decode()
    assert [name for name in sorted(names) if address(order, name) not in html] == []


def test_what_is_to_be_looked_at_stands_on_top_until_somebody_settled_it():
    order = make_paid_order()
    review.ask(order, "Paid in euros.")
    review.settle(order_id=order.pk, reason="Fine", actor=None)
    client, _ = log_in(SEE)
    assert "Needs review:" not in words_of(client.get(address(order, "change")))
    for reason in ("A refund failed.", "Paid back at Stripe.", "A refund failed."):
        review.ask(order, reason)
    words = words_of(client.get(address(order, "change")))
    assert words.count("Needs review: A refund failed.") == 1
    assert "Needs review: Paid back at Stripe." in words
    assert "Needs review: Paid in euros." not in words


def test_an_order_that_needs_review_is_not_offered_for_shipping():
    order = make_paid_order()
    review.ask(order, "Paid twice.")
    client, _ = log_in(SEE, "orders.ship_order", "orders.review_order")
    html = client.get(address(order, "change")).content.decode()
    assert address(order, "ship") not in html
    assert address(order, "review") in html


def test_old_events_with_unknown_data_stay_readable():
    order = make_order()
    events.record(order, OrderEvent.Type.PAYMENT_RECEIVED, amount_cents="a lot", currency="XXX")
    events.record(order, OrderEvent.Type.REFUND_FAILED, something={"else": [1]})
    client, _ = log_in(SEE)
    assert client.get(address(order, "change")).status_code == 200


@pytest.mark.parametrize("page", ["change", "ship", "refund", "note"])
def test_an_order_that_does_not_exist_is_not_found(admin_client, page):
    assert admin_client.get(f"/admin/orders/order/999999/{page}/").status_code == 404


def test_without_the_permission_there_is_no_record():
    client, _ = log_in("products.view_variant")
    assert client.get(address(make_order(), "change")).status_code == 403


def test_a_visitor_is_sent_to_the_log_in(client):
    response = client.get(address(make_order(), "change"))
    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")
