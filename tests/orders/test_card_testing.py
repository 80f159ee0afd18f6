"""Card testing: how many payment pages one network, browser or email gets, and when none is made."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from orders import card_testing, payments
from orders.card_testing import TooOften, Visitor
from orders.models import Cart, Order, PaymentAttempt
from products.models import Reservation
from tests.factories import make_order
from tests.orders.decline_steps import sessions_at
from tests.orders.shopping import (
    assert_nothing_stored,
    check_out,
    open_shop,
    place_order,
    put_in_cart,
    sell_out,
    text_of,
)
from tests.orders.stripe_steps import expire_at_stripe, open_page, session_of
from throttle.models import Attempt

pytestmark = pytest.mark.django_db

PRICE = 6000
HOME, OFFICE = "203.0.113.7", "198.51.100.9"
LIMITS = ("CHECKOUT_LIMIT_NETWORK", "CHECKOUT_LIMIT_BROWSER", "CHECKOUT_LIMIT_EMAIL")


def browser(address: str = HOME) -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=address)


def try_to_order(client, variant, email="jo@example.com", quantity=1):
    """Put a pack into the cart and press "Pay" at the total that then stands there."""
    put_in_cart(client, variant, quantity)
    packs = Cart.objects.get(token=client.cookies["cart"].value).lines.get().quantity
    return check_out(client, PRICE * packs, email=email)


@pytest.fixture
def only(settings):
    """Switch all limits off but one: `only("CHECKOUT_LIMIT_EMAIL", 2)`."""

    def set_one(name, most):
        for other in LIMITS:
            setattr(settings, other, 0)
        setattr(settings, name, most)

    return set_one


def assert_told_to_wait(answer):
    """429, when to come back, and nothing lost of what was typed."""
    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3600
    text = text_of(answer)
    assert re.search(r"Please try again after \d+:\d\d [ap]\.m\. \([A-Z]+\)", text), text[:3000]
    assert "Nothing has been ordered and nothing charged; what you typed is still here." in text
    assert '<a href="/contact/">Write to us</a>' in text
    for typed in ("Jo Doe", "12 Elm Street", "Springfield", "62701"):
        assert f'value="{typed}"' in text


# --- the limits --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "same"),
    [
        ("CHECKOUT_LIMIT_NETWORK", {"network"}),
        ("CHECKOUT_LIMIT_BROWSER", {"browser"}),
        ("CHECKOUT_LIMIT_EMAIL", {"email"}),
    ],
)
def test_the_order_too_many_is_not_placed_and_whoever_differs_may_go_on(sandbox, only, limit, same):
    only(limit, 2)
    variant = open_shop()
    shared = browser("203.0.113.200")

    def order(number, *, differs):
        is_same = same if not differs else set()
        address = "203.0.113.7" if "network" in is_same else f"198.51.{number}.9"
        client = shared if "browser" in is_same else browser(address)
        email = "Jo+a@Example.com" if "email" in is_same else f"jo{number}@example.com"
        # Another number of packs each time: the same again would be the same order.
        return try_to_order(client, variant, email)

    for number in range(2):
        assert order(number, differs=False).status_code == 302
    orders, held, sessions = (
        Order.objects.count(),
        Reservation.objects.count(),
        sessions_at(sandbox),
    )
    mails, attempts = Email.objects.count(), PaymentAttempt.objects.count()

    assert_told_to_wait(order(2, differs=False))

    assert Order.objects.count() == orders
    assert Reservation.objects.count() == held
    assert sessions_at(sandbox) == sessions
    assert (Email.objects.count(), PaymentAttempt.objects.count()) == (mails, attempts)
    assert order(3, differs=True).status_code == 302


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_of_zero_is_no_limit(no_stripe, only, limit):
    only(limit, 0)
    variant = open_shop()
    assert [try_to_order(browser(), variant).status_code for _ in range(2)] == [302, 302]
    assert not Attempt.objects.filter(kind__startswith="checkout").exists()


def test_the_same_order_once_more_counts_once(sandbox, client, only):
    only("CHECKOUT_LIMIT_EMAIL", 1)
    variant = open_shop()
    put_in_cart(client, variant)
    first = check_out(client, PRICE)
    assert [check_out(client, PRICE)["Location"] for _ in range(3)] == [first["Location"]] * 3
    assert Attempt.objects.filter(kind="checkout_email").count() == 1
    assert try_to_order(client, variant).status_code == 429


def test_at_the_limit_the_order_before_keeps_its_page_and_its_packs(sandbox, client, only):
    only("CHECKOUT_LIMIT_EMAIL", 1)
    variant = open_shop()
    put_in_cart(client, variant)
    order = place_order(client, PRICE)

    assert try_to_order(client, variant).status_code == 429

    order.refresh_from_db()
    assert (order.status, order.attempts.get().status) == ("pending", "open")
    assert payments.record_payment(session_id=session_of(order), now=timezone.now()).is_pending


def test_what_was_not_placed_is_not_counted(no_stripe, client, only):
    only("CHECKOUT_LIMIT_EMAIL", 1)
    variant = open_shop()
    put_in_cart(client, variant)
    check_out(client, PRICE, postal_code="")
    check_out(client, PRICE - 1)
    assert not Attempt.objects.exists()
    assert not Order.objects.exists()


def test_a_limit_opens_again_by_itself(only):
    only("CHECKOUT_LIMIT_EMAIL", 1)
    visitor, now = Visitor("jo@example.com"), timezone.now()
    card_testing.admit(visitor, now=now)
    with pytest.raises(TooOften) as refusal:
        card_testing.admit(visitor, now=now + timedelta(minutes=59))
    assert refusal.value.opens_at == now + timedelta(minutes=60)
    card_testing.admit(visitor, now=now + timedelta(minutes=60))


def test_the_defaults_let_fifty_households_behind_one_address_order_in_an_hour():
    now = timezone.now()
    for household in range(50):
        visitor = Visitor(f"home{household}@example.com", household + 1, "203.0.113.0/24")
        card_testing.admit(visitor, now=now)


# --- the pay button of the order's page --------------------------------------------------------


def press_pay(client, order):
    return client.post(f"/order/{order.token}/pay/")


def test_pressing_pay_again_gives_the_same_page_and_counts_nothing(sandbox, client):
    order = make_order()
    pages = {press_pay(client, order)["Location"] for _ in range(4)}
    assert pages == {order.attempts.get().url}
    assert not Attempt.objects.exists()


def test_every_new_page_of_an_order_counts_and_the_one_too_many_is_not_made(sandbox, client, only):
    only("CHECKOUT_LIMIT_NETWORK", 2)
    order = make_order()
    for _ in range(3):
        assert press_pay(client, order).status_code == 302
        order.attempts.update(status="refused")
    sessions = sessions_at(sandbox)

    answer = press_pay(client, order)

    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3600
    text = text_of(answer)
    assert "Please try again after" in text
    assert "Nothing has been charged. This order ends before then; your cart is kept" in text
    assert order.number in text
    assert "on Stripe</button>" not in text
    assert sessions_at(sandbox) == sessions
    assert order.attempts.count() == 3
    order.refresh_from_db()
    assert order.is_pending
    assert press_pay(browser(OFFICE), order).status_code == 302


# --- no session before a valid address and held stock --------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        {"line1": ""},
        {"postal_code": "00000000"},
        {"region": "Bavaria"},
        {"country": "XX"},
        {"email": "nobody"},
        {"terms": ""},
        {"shipping": "pigeon"},
    ],
    ids=str,
)
def test_no_session_before_a_valid_address(sandbox, client, typed):
    put_in_cart(client, open_shop())
    sessions = sessions_at(sandbox)
    assert check_out(client, PRICE, **typed).status_code == 422
    assert sessions_at(sandbox) == sessions
    assert_nothing_stored()


def test_no_session_before_stock_is_held(sandbox, client):
    variant = open_shop(on_hand=3)
    put_in_cart(client, variant)
    sell_out(variant)
    sessions = sessions_at(sandbox)
    assert check_out(client, PRICE).status_code == 409
    assert sessions_at(sandbox) == sessions
    assert_nothing_stored()


def test_no_session_for_an_order_whose_hold_has_ended(sandbox, client):
    order = make_order()
    open_page(order)
    expire_at_stripe(order)
    payments.record_payment(session_id=session_of(order), now=timezone.now())
    sessions = sessions_at(sandbox)
    assert press_pay(client, order)["Location"] == order.get_absolute_url()
    assert sessions_at(sandbox) == sessions


# --- privacy -------------------------------------------------------------------------------------


def test_where_the_buyer_came_from_is_kept_as_a_hash_and_forgotten_after_two_days(no_stripe):
    client = browser()
    try_to_order(client, open_shop())
    attempt = PaymentAttempt.objects.get()
    stored = repr([list(model.objects.values()) for model in (Attempt, PaymentAttempt, Order)])
    assert "203.0.113" not in stored
    assert len(attempt.origin) == 64
    assert attempt.origin == Attempt.objects.get(kind="checkout_network").key

    now = timezone.now()
    assert card_testing.forget_origins(now + timedelta(hours=47)) == 0
    assert card_testing.forget_origins(now + timedelta(hours=49)) == 1
    assert PaymentAttempt.objects.get().origin == ""


@pytest.mark.parametrize(
    "email", ["jo@example.com", "JO@Example.com", " jo@example.com", "jo+7@example.com"]
)
def test_one_inbox_is_one_key_however_it_is_written(email):
    keys = {name: key for name, key, _, _ in Visitor(email).keys}
    assert keys == {"network": "", "browser": "", "email": "jo@example.com"}
