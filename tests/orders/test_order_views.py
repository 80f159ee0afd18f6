"""The customer's own page of an order: its states, its privacy, paying again, coming back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders import closing, fulfillment, payments, review
from orders.gateways import gateway
from orders.models import Order, OrderEvent, Payment, Refund, Shipment
from policies import starter_content as policy_content
from policies.models import PolicyVersion
from policies.promises import HANDLING_BUSINESS_DAYS, RETURN_WINDOW_DAYS
from products.models import Reservation
from tests.factories import NOON, make_order, make_paid_order, make_shipping, make_variant
from tests.orders.shopping import (
    check_out,
    open_shop,
    page_of,
    path_of,
    put_in_cart,
    reading_only,
    text_of,
)
from tests.orders.stripe_steps import open_page

pytestmark = pytest.mark.django_db


def ship_all(order):
    return fulfillment.ship(
        order_id=order.pk,
        carrier=Shipment.Carrier.USPS,
        tracking_number="9400 1000",
        quantities={line.pk: line.quantity for line in order.lines.all()},
        actor=None,
        now=timezone.now(),
    )


# Who sees it -------------------------------------------------------------------------------------


def test_an_order_is_reached_by_its_token_only(client):
    order = make_order()

    assert len(order.token) == 43
    assert client.get(f"/order/{order.token}/").status_code == 200
    for wrong in (order.number, order.token[:-1], f"{order.token}x", "x" * 300, str(order.pk)):
        assert client.get(f"/order/{wrong}/").status_code == 404


@pytest.mark.parametrize("token", ["%00", "%FF", "a%0Ab", "%E2%80%AE", "..%2F..", "a b"])
@pytest.mark.parametrize("page", ["", "return/"])
def test_a_token_that_cannot_be_is_not_found(client, token, page):
    assert client.get(f"/order/{token}/{page}").status_code == 404


def test_no_cache_keeps_an_order_and_no_search_engine_lists_it(client):
    response = client.get(make_order().get_absolute_url())

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex' in text_of(response)
    assert not response.cookies


# What it shows -----------------------------------------------------------------------------------


def test_how_the_total_was_made_is_shown_to_the_cent(client):
    order = make_order(
        packs={make_variant(): 2},
        discount_cents=1_200,
        discount_code="TENOFF",
        tax_cents=675,
    )

    page = page_of(client, order)

    for figure in ("$108.00", "$5.99", "$6.75", "$120.74", "less $12.00 discount"):
        assert figure in page
    assert "The code TENOFF took $12.00 off the items." in page
    assert "12 Elm Street<br>" in page


def test_the_policies_of_that_day_are_linked(client):
    policy_content.load(NOON)
    order = make_order()
    order.policy_versions.set(PolicyVersion.objects.all())

    page = page_of(client, order)

    for path in ("/terms/1/", "/shipping-returns/1/", "/privacy/1/"):
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200


def test_an_unpaid_order_can_be_paid(client):
    page = page_of(client, make_order())

    assert "Not paid yet." in page
    assert "Pay $65.99 on Stripe" in page
    assert "After that the order ends and nothing is charged." in page


def test_after_the_hold_nobody_is_asked_to_pay(client):
    page = page_of(client, make_order(placed_at=timezone.now() - timedelta(hours=1)))

    assert "The time to pay is over." in page
    assert "/pay/" not in page


def test_an_order_that_expired_says_that_nothing_was_charged(client):
    order = make_order()
    closing.expire(order, now=timezone.now())

    page = page_of(client, order)

    assert "It was not paid in time, and nothing has been charged." in page
    assert "/pay/" not in page


def test_a_paid_order_says_thank_you_and_what_happens_next(client, settings):
    settings.MAIL_DELIVERY = "send"
    order = make_paid_order()

    page = page_of(client, order)

    assert "Your payment has arrived. We have sent an email about it to jo@example.com." in page
    assert f"to the carrier within {HANDLING_BUSINESS_DAYS} business days" in page
    assert "You chose Standard. How long that takes is in our" in page
    assert f"you have {RETURN_WINDOW_DAYS} days from delivery" in page
    assert "To cancel or to correct the address," in page
    assert "/pay/" not in page


def test_a_paid_order_says_how_long_the_chosen_shipping_takes(client):
    make_shipping("standard")

    page = page_of(client, make_paid_order())

    assert "You chose Standard. It usually takes 3 to 5 business days after that." in page


def test_a_demo_that_sends_no_email_says_so(client, settings):
    settings.MAIL_DELIVERY = "keep"

    page = page_of(client, make_paid_order())

    assert "This demo sends no email: yours is kept in the staff’s outbox." in page
    assert "We have sent an email" not in page


def test_a_shipped_order_shows_how_to_follow_the_parcel(client):
    order = make_paid_order(packs={make_variant(): 2})
    ship_all(order)

    page = page_of(client, order)

    assert "Everything you ordered has left us." in page
    assert "https://tools.usps.com/go/TrackConfirmAction?tLabels=9400 1000" in page
    assert "2 × B12 Patch, 12 patches" in page


def test_a_first_parcel_of_several_says_that_more_will_come(client):
    order = make_paid_order(packs={make_variant(): 2})
    line = order.lines.get()
    fulfillment.ship(
        order_id=order.pk,
        carrier="other",
        tracking_number="",
        quantities={line.pk: 1},
        actor=None,
        now=timezone.now(),
    )

    assert "One parcel has left. We will email you when the rest leaves." in page_of(client, order)


def test_a_cancelled_order_says_what_becomes_of_the_money(client):
    order = make_order()
    fulfillment.cancel(order_id=order.pk, reason="asked", actor=None, now=timezone.now())

    page = page_of(client, order)

    assert "Nothing will be sent. If you have paid, the money goes back" in page
    assert "/pay/" not in page


def test_only_money_that_was_really_sent_back_is_shown(client):
    order = make_paid_order()
    payment = Payment.objects.get()
    for key, (status, cents) in enumerate([("settled", 500), ("settled", 99), ("failed", 1_000)]):
        Refund.objects.create(
            order=order,
            payment=payment,
            status=status,
            amount_cents=cents,
            idempotency_key=str(key),
            requested_at=NOON,
        )

    assert "$5.99 of it has been sent back to you." in page_of(client, order)


def test_money_paid_twice_is_not_told_as_the_price_sent_back(client):
    order = make_paid_order()
    total = order.total_cents
    Refund.objects.create(
        order=order,
        payment=Payment.objects.get(),
        status="settled",
        cause=Refund.Cause.DUPLICATE,
        amount_cents=total,
        idempotency_key="twice",
        requested_at=NOON,
    )

    page = page_of(client, order)

    assert f"You paid twice. ${total / 100:.2f} of the second payment has been sent back" in page
    assert "All of it" not in page


def test_a_paid_order_under_review_promises_no_parcel(client):
    order = make_paid_order()
    review.ask(order, "Money was paid back in Stripe; is the order still to be shipped?")

    page = page_of(client, order)

    assert "Being looked at" in page
    assert "Nothing is sent until that is done." in page
    assert "Packing and shipping" not in page
    assert "pay again" not in page


@pytest.mark.parametrize("status", [Order.Status.PENDING, Order.Status.EXPIRED])
def test_money_that_staff_look_at_is_not_denied(client, status):
    order = make_order(status=status)
    order.events.create(type=OrderEvent.Type.PAYMENT_RECEIVED)
    review.ask(order, "Came too late")

    page = page_of(client, order)

    assert "We have received money for this order, and one of us is checking it." in page
    assert "Being looked at" in page
    assert order.get_status_display() not in page
    assert "nothing has been charged" not in page
    assert "/pay/" not in page


def test_what_people_typed_is_never_markup(client):
    order = make_order(name="<b>Jo</b>", line1="{{ 7|add:7 }}", city='{% now "Y" %}')

    page = client.get(order.get_absolute_url()).content.decode()

    assert "&lt;b&gt;Jo&lt;/b&gt;" in page
    assert "{{ 7|add:7 }}" in page
    assert "{% now &quot;Y&quot; %}" in page


@pytest.mark.parametrize("lines", [1, 6])
def test_looking_at_an_order_reads_little_and_writes_nothing(client, lines):
    order = make_paid_order(packs={make_variant(): 2 for _ in range(lines)})
    policy_content.load(NOON)
    order.policy_versions.set(PolicyVersion.objects.all())
    ship_all(order)

    with reading_only(most=12) as queries:
        page_of(client, order)
    assert len(queries) <= 9


# Paying again ------------------------------------------------------------------------------------


def test_paying_again_leads_to_the_same_page(client, sandbox):
    order = make_order()
    url = open_page(order)

    assert client.post(f"/order/{order.token}/pay/")["Location"] == url
    assert order.attempts.count() == 1


def test_what_stripe_missed_can_be_paid_once_it_is_back(client, sandbox, settings):
    variant = open_shop()
    put_in_cart(client, variant)
    there, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, "http://127.0.0.1:9"
    gateway.cache_clear()
    check_out(client, 6_000)
    order = Order.objects.get()
    assert client.post(f"/order/{order.token}/pay/")["Location"] == order.get_absolute_url()
    settings.STRIPE_API_BASE = there
    gateway.cache_clear()

    page = client.post(f"/order/{order.token}/pay/")["Location"]
    back = sandbox.pay(page).location
    client.get(path_of(back))

    assert "Your payment has arrived." in page_of(client, order)
    assert Payment.objects.get().amount_cents == 6_000
    assert Reservation.objects.get().state == Reservation.State.ALLOCATED


@pytest.mark.parametrize("status", ["paid", "shipped", "cancelled", "expired"])
def test_an_order_that_does_not_wait_for_money_is_only_shown(client, sandbox, status):
    order = make_order(status=status)

    assert client.post(f"/order/{order.token}/pay/")["Location"] == order.get_absolute_url()
    assert not order.attempts.exists()


def test_an_unknown_order_cannot_be_paid(client):
    assert client.post(f"/order/{'x' * 43}/pay/").status_code == 404


# Coming back -------------------------------------------------------------------------------------


def test_coming_back_after_paying_settles_the_order_and_empties_the_count(client, sandbox):
    put_in_cart(client, open_shop())
    check_out(client, 6_000)
    order = Order.objects.get()

    response = client.get(path_of(sandbox.pay(order.attempts.get().url).location))

    assert response["Location"] == order.get_absolute_url()
    assert response.cookies["cart_count"]["max-age"] == 0
    order.refresh_from_db()
    assert order.status == "paid"


def test_coming_back_twice_is_one_payment(client, sandbox):
    order = make_order()
    back = path_of(sandbox.pay(open_page(order)).location)

    for _ in range(2):
        assert client.get(back)["Location"] == order.get_absolute_url()
    assert Payment.objects.count() == 1
    assert order.events.filter(type=OrderEvent.Type.PAID).count() == 1


def test_coming_back_without_paying_changes_nothing(client, sandbox):
    order = make_order()
    open_page(order)

    response = client.get(f"/order/{order.token}/return/")

    assert response["Location"] == order.get_absolute_url()
    assert "cart_count" not in response.cookies
    assert Order.objects.get().status == "pending"


@pytest.mark.parametrize("session_id", ["", "cs_test_unknown", "\x00", "x" * 5_000, "🍒"])
def test_a_session_that_is_not_of_this_order_is_not_asked_about(client, no_stripe, session_id):
    order = make_order()

    response = client.get(f"/order/{order.token}/return/", {"session_id": session_id})

    assert response["Location"] == order.get_absolute_url()
    assert not Payment.objects.exists()


def test_the_paid_session_of_another_order_pays_nothing_here(client, sandbox):
    other, mine = make_order(), make_order()
    sandbox.pay(open_page(other))
    session_id = other.attempts.get().session_id

    response = client.get(f"/order/{mine.token}/return/", {"session_id": session_id})

    assert response["Location"] == mine.get_absolute_url()
    assert {order.status for order in Order.objects.all()} == {"pending"}
    assert not Payment.objects.exists()


def test_when_stripe_does_not_answer_on_return_the_page_says_wait(client, sandbox, settings):
    order = make_order()
    back = path_of(sandbox.pay(open_page(order)).location)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()

    response = client.get(back)

    assert response["Location"] == f"{order.get_absolute_url()}?confirming=1"
    page = page_of(client, order, "?confirming=1")
    assert "You do not have to pay again." in page
    assert "/pay/" not in page


def test_a_stranger_with_the_link_sees_the_order_but_no_cart(sandbox):
    order = make_order()
    stranger = Client()

    assert stranger.get(order.get_absolute_url()).status_code == 200
    assert stranger.post(f"/order/{order.token}/pay/").status_code == 403
    assert payments.PaymentAttempt.objects.count() == 0
