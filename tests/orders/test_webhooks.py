"""The webhook: who may speak, what is answered, and what is written down about it."""

import hashlib
import json
import time

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import refunds
from orders.gateways import gateway
from orders.models import Order, Payment, PaymentAttempt, Refund, WebhookDelivery
from tests.factories import make_order
from tests.orders.stripe_steps import (
    deliver,
    event_body,
    event_types,
    make_settled_order,
    open_page,
    pay_page,
    session_event,
    session_of,
    signature,
    stripe_client,
)

pytestmark = pytest.mark.django_db

PING = event_body("customer.created", {"id": "cus_1", "object": "customer"})


def verdict():
    """What was written down about the latest delivery."""
    return WebhookDelivery.objects.order_by("pk").last().verdict


# --- who may speak -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("none at all", ""),
        ("made with another secret", signature(PING, "whsec_other")),
        ("of another body", signature(PING + " ")),
        ("301 seconds old", signature(PING, at=time.time() - 302)),
        ("from the future", signature(PING, at=time.time() + 3600)),
        ("without a stamp", signature(PING).partition(",")[2]),
        ("with two stamps", f"t=1,{signature(PING)}"),
        ("with words for a stamp", "t=yesterday,v1=00"),
        ("with a stamp of 400 digits", f"t={'9' * 400},v1=00"),
        ("with a stamp of 5000 digits", f"t={'9' * 5000},v1=00"),
        ("of an unknown scheme", signature(PING).replace("v1=", "v0=")),
        ("with letters beyond ASCII", f"t={int(time.time())},v1=é"),
        ("garbage", ",=,t,v1"),
    ],
    ids=lambda value: value if " " in str(value) and "=" not in str(value) else "",
)
def test_a_signature_that_is_not_stripes_is_answered_400(sandbox, name, header):
    answer = deliver(PING, header)
    assert answer.status_code == 400, name
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("age", [-290, 0, 290])
def test_a_stamp_within_five_minutes_is_fresh(sandbox, age):
    assert deliver(PING, signature(PING, at=time.time() - age)).status_code == 200


def test_while_a_secret_is_rolled_over_both_are_good(sandbox, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_old"]
    gateway.cache_clear()
    for secret in ("whsec_new", "whsec_old"):
        assert deliver(PING, signature(PING, secret)).status_code == 200
    both = f"{signature(PING, 'whsec_unknown')},{signature(PING, 'whsec_old').partition(',')[2]}"
    assert deliver(PING, both).status_code == 200
    assert deliver(PING, signature(PING, "whsec_older")).status_code == 400


def test_the_signature_is_of_the_raw_bytes(sandbox):
    spaced = json.dumps(json.loads(PING), indent=4)
    assert deliver(spaced, signature(spaced)).status_code == 200
    assert deliver(spaced, signature(PING)).status_code == 400


def test_a_body_that_is_not_utf8_is_answered_400(sandbox):
    assert deliver(b"\xff\xfe\x00", signature(PING)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "null",
        "3",
        '"event"',
        "{}",
        '{"object": "event"}',
        '{"object": "event", "id": "evt_1", "type": "x"}',
        '{"object": "event", "id": "evt_1", "type": "x", "data": 5}',
        '{"object": "event", "id": "evt_1", "type": "x", "data": {"object": []}}',
        '{"object": "event", "id": "evt_1", "type": "x", "data": {"object": {"metadata": 7}}}',
        '{"object": "v2.core.event", "id": "evt_1", "type": "v1.x"}',
    ],
)
def test_garbage_is_answered_400_however_well_it_is_signed(sandbox, body):
    assert deliver(body, signature(body)).status_code == 400
    assert verdict() == "invalid"
    assert WebhookDelivery.objects.get().detail == "The body is not an event"


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch", "options"])
def test_only_post_is_allowed(client, method):
    assert getattr(client, method)("/webhooks/stripe/").status_code == 405


# --- what is answered ----------------------------------------------------------------------------


def test_a_paid_session_is_recorded_and_written_down_without_its_body(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    body = session_event(session_id)

    answer = deliver(body)

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain")
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    row = WebhookDelivery.objects.get()
    assert (row.verdict, row.event_type) == ("done", "checkout.session.completed")
    assert (row.event_id, row.object_id) == (json.loads(body)["id"], session_id)
    assert row.api_version == "2026-10-28.endive"
    assert row.body_sha256 == hashlib.sha256(body.encode()).hexdigest()
    stored = " ".join(str(value) for value in vars(row).values())
    assert order.email not in stored
    assert order.number not in stored


def test_the_truth_is_asked_of_stripe_not_read_from_the_event(sandbox):
    order = make_order()
    open_page(order)
    subject = {
        "id": session_of(order),
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 1,
        "metadata": {},
    }
    assert deliver(event_body("checkout.session.completed", subject)).status_code == 200
    order.refresh_from_db()
    assert order.is_pending
    assert not Payment.objects.exists()


def test_the_same_delivery_many_times_and_a_second_event_of_it_are_harmless(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    body = session_event(session_id)
    for text in (body, body, body, session_event(session_id)):
        assert deliver(text).status_code == 200

    assert Payment.objects.count() == 1
    assert event_types(order).count("paid") == 1
    assert Email.objects.count() == 2
    assert WebhookDelivery.objects.filter(verdict="done").count() == 4


def test_events_out_of_order_end_the_same(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    for event_type in (
        "checkout.session.expired",
        "checkout.session.async_payment_failed",
        "checkout.session.completed",
    ):
        assert deliver(session_event(session_id, event_type)).status_code == 200
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_an_expired_session_expires_the_order(sandbox):
    order = make_order()
    open_page(order)
    gateway().expire_checkout(session_of(order))
    assert deliver(session_event(session_of(order), "checkout.session.expired")).status_code == 200
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED


def test_a_refund_made_in_the_dashboard_arrives(sandbox):
    order = make_settled_order(sandbox)
    outside = stripe_client(sandbox).v1.refunds.create(
        {"payment_intent": order.payments.get().reference, "amount": 500}
    )
    for event_type in ("refund.updated", "refund.created"):
        body = event_body(event_type, {"id": outside.id, "object": "refund"})
        assert deliver(body).status_code == 200
    assert refunds.refundable_cents(order) == order.total_cents - 500
    assert Refund.objects.count() == 1


def test_a_refund_of_a_payment_that_is_not_ours_is_none_of_our_business(sandbox, settings):
    order = make_settled_order(sandbox)
    outside = stripe_client(sandbox).v1.refunds.create(
        {"payment_intent": order.payments.get().reference}
    )
    order.payments.all().delete()
    body = event_body("refund.created", {"id": outside.id, "object": "refund"})
    assert deliver(body).status_code == 503  # marked as ours: its payment is still to come
    assert verdict() == "retry"
    settings.DEPLOYMENT = "another-shop"
    assert deliver(body).status_code == 200
    assert verdict() == "ignored"
    assert not Refund.objects.exists()


def test_an_event_of_a_type_we_do_not_handle_is_ignored(sandbox):
    assert deliver(PING).status_code == 200
    assert verdict() == "ignored"


def test_another_shops_session_on_the_same_account_is_ignored(sandbox, settings):
    settings.DEPLOYMENT = "staging.example"
    order = make_order()
    session_id = pay_page(sandbox, order)
    Order.objects.all().delete()
    settings.DEPLOYMENT = "localhost"

    body = session_event(session_id, deployment="staging.example")
    assert deliver(body).status_code == 200
    assert verdict() == "ignored"


def test_a_session_that_stripe_does_not_show_us_and_that_is_not_ours_is_ignored(sandbox):
    assert deliver(session_event("cs_test_unknown", deployment="other")).status_code == 200
    assert verdict() == "ignored"


def test_ours_but_unknown_comes_again_and_is_then_settled(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    # As if the webhook were quicker than our own commit.
    number = order.number
    Order.objects.update(number="ELSEWHR")
    PaymentAttempt.objects.update(session_id=None, status="created")
    body = session_event(session_id)
    assert deliver(body).status_code == 503
    assert verdict() == "retry"

    Order.objects.update(number=number)
    assert deliver(body).status_code == 200
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_when_stripe_cannot_be_asked_the_event_has_to_come_again(no_stripe, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_tests"]
    gateway.cache_clear()
    assert deliver(session_event("cs_test_1")).status_code == 503
    assert verdict() == "retry"
    assert "could not be asked" in WebhookDelivery.objects.get().detail


def test_a_refusal_that_may_be_our_keys_fault_comes_again(sandbox, settings):
    settings.STRIPE_SECRET_KEY = "sk_live_wrong"
    gateway.cache_clear()
    assert deliver(session_event("cs_test_1", deployment="other")).status_code == 503
    assert verdict() == "retry"


def test_an_event_without_an_object_id_asks_stripe_nothing(sandbox):
    body = event_body("checkout.session.completed", {"object": "checkout.session"})
    assert deliver(body).status_code in {200, 503}
    assert not Payment.objects.exists()


def test_deliveries_of_the_sandbox_itself_are_understood(sandbox, live_server):
    """The whole way: the sandbox signs and sends, the shop's own server listens."""
    sandbox.control("webhook", url=f"{live_server.url}/webhooks/stripe/", secret="whsec_tests")
    try:
        order = make_order()
        pay_page(sandbox, order)
        sandbox.wait_for_deliveries()
    finally:
        sandbox.control("webhook", url="")
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert timezone.now() >= order.paid_at
    assert set(WebhookDelivery.objects.values_list("verdict", flat=True)) == {"done", "ignored"}
