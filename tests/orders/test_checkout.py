"""place_order(): what was quoted still holds, or nothing is stored."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from orders import cart as carts
from orders import checkout, payments
from orders.addresses import Address
from orders.checkout import AlreadyPaid, CartChanged, Customer, place_order
from orders.models import DiscountCode, Order, OrderEvent
from orders.models.order import NUMBER_ALPHABET, NUMBER_LENGTH, new_number
from orders.quotes import CheckoutRefused, make_quote
from products.models import Reservation, Variant
from tests.factories import (
    make_discount_code,
    make_order,
    make_shipping,
    make_tax_rate,
    make_variant,
)

pytestmark = pytest.mark.django_db

HOME = Address("12 Elm Street", "Springfield", "IL", "62701", "US")
JO = Customer(email="jo@example.com", name="Jo Doe", address=HOME)
BASE_URL = "http://shop.test"


@pytest.fixture
def variant():
    make_shipping()
    return make_variant(price_cents=6_000, on_hand=3)


@pytest.fixture
def cart(variant):
    return carts.add(None, sku=variant.sku, quantity=1)


def quote_of(cart, **more):
    now = timezone.now()
    contents = carts.read(cart, now=now)
    return make_quote(contents, country="US", destination=HOME, now=now, **more)


def place(cart, quote=None, customer=JO, **more):
    return place_order(
        cart=cart,
        customer=customer,
        quote=quote or quote_of(cart),
        policies=[],
        base_url=BASE_URL,
        **{"now": timezone.now(), **more},
    )


def test_a_quote_without_a_destination_has_no_tax_yet(cart):
    make_tax_rate()
    contents = carts.read(cart, now=timezone.now())

    quote = make_quote(contents, country="US", now=timezone.now())

    assert (quote.totals.tax_cents, quote.is_final) == (0, False)
    assert (quote_of(cart).totals.tax_cents, quote_of(cart).is_final) == (375, True)


def test_an_unknown_way_of_shipping_falls_back_to_the_first(cart):
    make_shipping("express")

    assert quote_of(cart, shipping_code="pigeon").shipping.code == "standard"
    assert quote_of(cart, shipping_code="express").shipping.code == "express"


@pytest.mark.parametrize(("code", "is_expedited"), [("express", True), ("standard", False)])
def test_an_order_keeps_whether_it_was_to_come_faster(sandbox, cart, code, is_expedited):
    make_shipping("express", min_days=1, max_days=2)

    place(cart, quote_of(cart, shipping_code=code))

    assert Order.objects.get().is_expedited is is_expedited


@pytest.mark.parametrize("change", [{"price_cents": 6_001}, {"price_cents": 1}])
def test_a_price_that_changed_after_the_quote_stops_the_order(cart, change):
    quote = quote_of(cart)
    Variant.objects.update(**change)

    with pytest.raises(CartChanged, match="A price or your cart has changed"):
        place(cart, quote)
    assert not Order.objects.exists()
    assert not Reservation.objects.exists()


def test_a_cart_that_changed_after_the_quote_stops_the_order(cart, variant):
    quote = quote_of(cart)
    carts.set_quantity(cart, sku=variant.sku, quantity=2)

    with pytest.raises(CartChanged):
        place(cart, quote)


def test_the_last_pack_taken_after_the_quote_stops_the_order(cart, variant):
    quote = quote_of(cart)
    make_order(packs={variant: 3})

    with pytest.raises(CartChanged, match=r"Sold out: 12 patches\. Somebody was quicker"):
        place(cart, quote)
    assert Order.objects.count() == 1


def test_too_few_packs_left_after_the_quote_are_counted(cart, variant):
    carts.set_quantity(cart, sku=variant.sku, quantity=2)
    quote = quote_of(cart)
    make_order(packs={variant: 2})

    with pytest.raises(CartChanged, match=r"Only 1 left: 12 patches\."):
        place(cart, quote)


def test_a_code_used_up_after_the_quote_stops_the_order(cart):
    make_discount_code(max_uses=1)
    carts.set_discount(cart, code="TENOFF", now=timezone.now())
    quote = quote_of(cart)
    DiscountCode.objects.update(uses=1)

    with pytest.raises(CheckoutRefused):
        place(cart, quote)
    assert not Order.objects.exists()


def test_the_email_in_another_case_is_the_same_order(cart, sandbox):
    first = place(cart)

    assert place(cart, customer=replace(JO, email="JO@example.com")) == first
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"name": "Sam Doe"}, {"line2": "Apt 4"}, {"phone": "555"}, {"email": "sam@example.com"}],
)
def test_another_customer_or_address_is_another_order(cart, sandbox, change):
    first = place(cart)

    assert place(cart, customer=replace(JO, **change)) != first
    assert [order.status for order in Order.objects.order_by("pk")] == ["expired", "pending"]


def test_after_its_time_the_same_order_is_placed_anew(cart, sandbox):
    first = place(cart)
    later = timezone.now() + timedelta(minutes=33)

    assert place(cart, now=later) != first
    assert [order.status for order in Order.objects.order_by("pk")] == ["expired", "pending"]


def test_an_order_paid_between_page_and_pay_is_named(cart, sandbox):
    place(cart)
    order = Order.objects.get()
    sandbox.pay(order.attempts.get().url)

    with pytest.raises(AlreadyPaid) as paid:
        place(cart, customer=replace(JO, name="Sam Doe"))
    assert paid.value.order == order
    assert Order.objects.get().status == "paid"


def test_placing_is_written_down_once(cart, sandbox):
    place(cart)
    place(cart)

    types = list(Order.objects.get().events.order_by("pk").values_list("type", flat=True))
    assert types == [OrderEvent.Type.PLACED, OrderEvent.Type.PAYMENT_STARTED]


def test_the_order_lives_as_long_as_its_payment_page(cart, sandbox, settings):
    now = timezone.now()
    place(cart, now=now)

    order = Order.objects.get()
    assert order.expires_at == now + timedelta(minutes=settings.PAYMENT_WINDOW_MINUTES)
    assert abs(order.attempts.get().expires_at - order.expires_at) < timedelta(seconds=1)


# Order numbers -----------------------------------------------------------------------------------


def test_numbers_have_no_look_alikes_and_do_not_count():
    numbers = {new_number() for _ in range(500)}

    assert len(numbers) == 500
    assert all(len(number) == NUMBER_LENGTH for number in numbers)
    assert set("".join(numbers)) <= set(NUMBER_ALPHABET)
    assert not set(NUMBER_ALPHABET) & set("01245680ABEGILOQSUVZ")


def test_no_number_is_given_twice():
    order = make_order()

    assert checkout._unused_number() != order.number
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        make_order(number=order.number)


# Two windows at the same moment: what the second finds under the lock ------------------------------


def place_under_the_lock(cart, quote, customer=JO):
    return checkout._place(cart.pk, customer, quote, [], timezone.now())


def test_the_same_order_of_another_window_is_this_order(cart, sandbox):
    quote = quote_of(cart)
    place(cart, quote)

    is_new = False
    assert place_under_the_lock(cart, quote) == (Order.objects.get(), is_new)


def test_another_order_of_another_window_is_not_run_over(cart, sandbox):
    quote = quote_of(cart)
    place(cart, quote)

    with pytest.raises(CartChanged, match="being ordered in another window"):
        place_under_the_lock(cart, quote, replace(JO, name="Sam Doe"))
    assert Order.objects.get().name == "Jo Doe"


def test_what_another_window_has_paid_is_not_ordered_again(cart, sandbox):
    quote = quote_of(cart)
    place(cart, quote)
    order = Order.objects.get()
    session = order.attempts.get()
    sandbox.pay(session.url)
    payments.record_payment(session_id=session.session_id, now=timezone.now())

    with pytest.raises(CartChanged):
        place_under_the_lock(cart, quote)
    assert Order.objects.get() == order
