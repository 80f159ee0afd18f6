"""A nervous finger on "Pay", or many tabs of one cart: one order, one hold, one page to pay on."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from orders.gateways import gateway
from orders.models import Cart, Order, PaymentAttempt
from products.models import Reservation
from tests.orders.shopping import check_out, open_shop, put_in_cart
from tests.orders.stripe_steps import event_types
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet"),
]

TABS, PRICE = 8, 6_000


def tabs_of_one_cart() -> list[Client]:
    """Browsers that share the cookie of a cart with one pack of plenty."""
    first = Client(headers={"Sec-Fetch-Site": "same-origin"})
    cart = put_in_cart(first, open_shop(on_hand=99, price_cents=PRICE))
    tabs = [Client(headers={"Sec-Fetch-Site": "same-origin"}) for _ in range(TABS)]
    for tab in tabs:
        tab.cookies["cart"] = cart.token
    return tabs


def test_pay_pressed_in_many_tabs_at_once_is_one_order_with_one_page(sandbox):
    tabs = tabs_of_one_cart()
    began = timezone.now()

    outcomes = at_once([lambda tab=tab: check_out(tab, PRICE) for tab in tabs])

    assert errors_in(outcomes) == []
    order, attempt = Order.objects.get(), PaymentAttempt.objects.get()
    assert {(one.status_code, one["Location"]) for one in outcomes} == {(302, attempt.url)}
    assert Reservation.objects.get().quantity == 1
    assert Cart.objects.get().order == order
    assert event_types(order) == ["placed", "payment_started"]
    made = [page.metadata.get("order") for page in gateway().list_checkouts(since=began)]
    assert made.count(order.number) == 1


def test_without_the_carts_lock_every_tab_places_an_order_of_its_own(no_stripe, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite a transaction has the only write lock from its beginning")
    tabs = tabs_of_one_cart()
    everybody_has_looked = meeting(TABS)

    def only_look():
        everybody_has_looked()
        return Cart.objects.all()

    monkeypatch.setattr(Cart.objects, "select_for_update", only_look)

    assert errors_in(at_once([lambda tab=tab: check_out(tab, PRICE) for tab in tabs])) == []

    assert Order.objects.count() == TABS
