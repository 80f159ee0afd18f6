"""Stripe is away: every page is shown and the cart works, because none of them asks Stripe anything."""

import socket

import pytest

from orders.gateways import gateway
from tests.addresses import PUBLIC_PATHS, VISITOR_PATHS, name_of
from tests.factories import make_order, make_paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(settings):
    """Where Stripe should be, somebody takes calls and never answers; whether there were any."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{silent.getsockname()[1]}"
        gateway.cache_clear()

        def was_called() -> bool:
            try:
                silent.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield was_called
        gateway.cache_clear()


@pytest.mark.parametrize("path", PUBLIC_PATHS + VISITOR_PATHS, ids=name_of)
def test_a_page_is_shown_without_asking_stripe(client, asked, path):
    client.post("/cart/add/", {"sku": "B12-12", "quantity": "1"})

    assert client.get(path).status_code == 200
    assert not asked()


def test_a_cart_is_filled_changed_and_discounted_without_asking_stripe(client, asked):
    for path, data in (
        ("/cart/add/", {"sku": "B12-12", "quantity": "1"}),
        ("/cart/update/", {"sku": "B12-12", "quantity": "2"}),
        ("/cart/discount/", {"code": "DEMO10", "action": "apply"}),
        ("/cart/discount/", {"action": "remove"}),
        ("/cart/update/", {"sku": "B12-12", "action": "remove"}),
    ):
        assert client.post(path, data).status_code == 302, path
    assert not asked()


def test_an_order_is_shown_without_asking_stripe(client, asked):
    for order in (make_order(), make_paid_order()):
        assert order.number in client.get(order.get_absolute_url()).content.decode()
    assert not asked()


def test_this_test_would_notice_a_page_that_asks(asked, monkeypatch):
    monkeypatch.setattr("orders.gateways.stripe.READ_SECONDS", 0.1)
    monkeypatch.setattr("orders.gateways.stripe.RETRIES", 0)
    gateway.cache_clear()
    with pytest.raises(Exception, match="APIConnectionError"):
        gateway().fetch_checkout("cs_test_1")
    assert asked()
