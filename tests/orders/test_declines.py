"""Declined cards: each counted once, however we hear of it; too many of them close the page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders import declines, payments, reconcile, undelivered
from orders.gateways import gateway
from orders.models import Cart, Decline, Order, PaymentAttempt, WebhookDelivery
from products.models import Reservation
from tests.factories import make_order, make_variant
from tests.orders.decline_steps import charges_of, decline, tell
from tests.orders.reconcile_steps import deaf_sandbox  # noqa: F401 (a fixture)
from tests.orders.shopping import check_out, open_shop, place_order, put_in_cart, text_of
from tests.orders.stripe_steps import event_types, open_page, session_of
from throttle.models import Attempt

pytestmark = pytest.mark.django_db

PRICE = 6000


def verdict():
    return WebhookDelivery.objects.order_by("pk").last().verdict


def check(minutes=2):
    return str(reconcile.check_open_sessions(now=timezone.now() + timedelta(minutes=minutes)))


def is_open_at_stripe(order) -> bool:
    return gateway().fetch_checkout(session_of(order)).status == "open"


# --- counting ------------------------------------------------------------------------------------


def test_a_failed_charge_counts_once_under_repetition_and_disorder(sandbox):
    order = make_order()
    first, second, third = decline(sandbox, order, 3)

    for charge in (third, first, third, second, first, second):
        assert tell(charge) == 200
        assert verdict() == "done"
    check()

    assert order.attempts.get().failures == 3
    assert set(Decline.objects.values_list("reference", flat=True)) == {first, second, third}
    assert set(Decline.objects.values_list("reason", flat=True)) == {"insufficient_funds"}
    assert event_types(order).count("card_declined") == 3
    assert Attempt.objects.filter(kind="decline_email").count() == 3
    order.refresh_from_db()
    assert order.is_pending
    assert is_open_at_stripe(order)


def test_declines_nobody_told_us_of_are_found_by_the_check(sandbox):
    order = make_order()
    known, *lost = decline(sandbox, order, 4)
    tell(known)

    check()
    check()

    assert order.attempts.get().failures == 4
    assert Decline.objects.filter(reference__in=lost).count() == 3


def test_declines_before_a_payment_are_found_in_the_list_of_undelivered_events(deaf_sandbox):  # noqa: F811
    order = make_order()
    charges = decline(deaf_sandbox, order, 2)
    deaf_sandbox.pay(open_page(order))
    payments.record_payment(session_id=session_of(order), now=timezone.now())

    for _ in range(2):
        undelivered.handle_undelivered(now=timezone.now())

    assert sorted(Decline.objects.values_list("reference", flat=True)) == sorted(charges)
    order.refresh_from_db()
    assert (order.status, order.attempts.get().failures) == ("paid", 2)


@pytest.mark.parametrize("deployment", ["staging.example", ""])
def test_a_decline_of_another_shop_on_the_account_is_not_ours(sandbox, settings, deployment):
    settings.DEPLOYMENT = "staging.example"
    (charge,) = decline(sandbox, make_order(), 1)
    settings.DEPLOYMENT = "localhost"
    assert tell(charge, deployment) == 200
    assert verdict() == "ignored"
    assert not Decline.objects.exists()


def test_a_charge_that_has_not_failed_is_not_counted_whatever_the_event_says(sandbox):
    order = make_order()
    sandbox.pay(open_page(order))
    (charge,) = charges_of(sandbox, order)
    assert tell(charge) == 200
    assert verdict() == "ignored"
    assert not Decline.objects.exists()


def test_a_decline_of_ours_whose_page_is_unknown_is_asked_to_come_again(sandbox):
    order = make_order()
    (charge,) = decline(sandbox, order, 1)
    Order.objects.all().delete()
    assert tell(charge) == 503
    assert verdict() == "retry"


def test_a_decline_that_stripes_clock_dates_ahead_of_ours_counts_from_now(sandbox):
    (charge,) = decline(sandbox, make_order(), 1)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    assert declines.refresh(reference=charge, now=an_hour_ago)
    assert Decline.objects.get().declined_at == an_hour_ago
    assert set(Attempt.objects.values_list("attempted_at", flat=True)) == {an_hour_ago}


# --- one page ------------------------------------------------------------------------------------


def test_five_declines_close_the_page_and_end_the_hold(sandbox, client):
    variant = open_shop(on_hand=3)
    put_in_cart(client, variant)
    order = place_order(client, PRICE)
    charges = decline(sandbox, order, 5)
    for charge in charges[:4]:
        tell(charge)
    order.refresh_from_db()
    assert order.is_pending
    assert is_open_at_stripe(order)

    assert tell(charges[4]) == 200

    order.refresh_from_db()
    assert (order.status, order.attempts.get().status) == ("expired", "expired")
    assert not is_open_at_stripe(order)
    assert not Reservation.objects.exists()
    variant.refresh_from_db()
    assert variant.stock_reserved == 0
    text = text_of(client.get(order.get_absolute_url()))
    assert "Several cards were declined, so we have closed its payment page" in text
    assert "Nothing has been charged." in text
    assert 'still in <a href="/cart/">your cart</a>' in text
    assert client.post(f"/order/{order.token}/pay/")["Location"] == order.get_absolute_url()
    assert Cart.objects.get().lines.get().quantity == 1


def test_an_order_that_ended_by_itself_is_not_said_to_have_had_declined_cards(sandbox, client):
    order = make_order()
    charges = decline(sandbox, order, 4)
    for charge in charges:
        tell(charge)
    gateway().expire_checkout(session_of(order))
    payments.record_payment(session_id=session_of(order), now=timezone.now())
    text = text_of(client.get(order.get_absolute_url()))
    assert "It was not paid in time" in text
    assert "declined" not in text


def test_a_good_card_before_the_page_is_closed_wins(sandbox):
    order = make_order(packs={make_variant(on_hand=1): 1})
    charges = decline(sandbox, order, 5)
    assert sandbox.pay(open_page(order)).location

    for charge in charges:
        assert tell(charge) == 200

    order.refresh_from_db()
    assert order.is_paid
    assert order.payments.get().amount_cents == order.total_cents
    assert order.attempts.get().status == "complete"
    assert not order.refunds.exists()


def test_the_check_closes_a_page_whose_declines_nobody_told_us_of(sandbox):
    order = make_order()
    decline(sandbox, order, 5)
    assert check() == "1 settled, 0 expired without a session, 0 could not be asked"
    order.refresh_from_db()
    assert order.status == "expired"
    assert not is_open_at_stripe(order)


def test_a_page_that_could_not_be_closed_is_closed_by_the_next_event_or_check(sandbox):
    order = make_order()
    charges = decline(sandbox, order, 5)
    for charge in charges[:4]:
        tell(charge)
    path = f"/v1/checkout/sessions/{session_of(order)}/expire"
    sandbox.control("faults", kind="error", method="POST", path=path, count=2)

    assert tell(charges[4]) == 503

    assert verdict() == "retry"
    assert order.attempts.get().failures == 5
    order.refresh_from_db()
    assert order.is_pending
    check()
    order.refresh_from_db()
    assert (order.status, order.attempts.get().failures) == ("expired", 5)


def test_without_a_limit_no_page_is_closed(sandbox, settings):
    settings.DECLINE_LIMIT_PAGE = 0
    order = make_order()
    for charge in decline(sandbox, order, 6):
        tell(charge)
    order.refresh_from_db()
    assert order.is_pending
    assert is_open_at_stripe(order)


# --- the failure rate ----------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["NETWORK", "BROWSER", "EMAIL"])
def test_after_too_many_declines_there_is_no_new_page(sandbox, settings, limit):
    for name in ("NETWORK", "BROWSER", "EMAIL"):
        setattr(settings, f"DECLINE_LIMIT_{name}", 2 if name == limit else 0)
    variant = open_shop()
    tester = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.7")
    put_in_cart(tester, variant)
    order = place_order(tester, PRICE, email="jo@example.com")
    for charge in decline(sandbox, order, 2):
        tell(charge)

    same = {"NETWORK": ("203.0.113.99", ""), "EMAIL": ("198.51.100.1", "jo@example.com")}
    address, email = same.get(limit, ("198.51.100.1", ""))
    again = tester if limit == "BROWSER" else Client(headers={"Sec-Fetch-Site": "same-origin"})
    again.defaults["REMOTE_ADDR"] = address
    put_in_cart(again, variant)
    packs = 2 if limit == "BROWSER" else 1
    attempts = PaymentAttempt.objects.count()

    answer = check_out(again, PRICE * packs, email=email or "sam@example.com")

    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3600
    assert PaymentAttempt.objects.count() == attempts
    other = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="192.0.2.1")
    put_in_cart(other, variant)
    assert check_out(other, PRICE, email="kim@example.com").status_code == 302
