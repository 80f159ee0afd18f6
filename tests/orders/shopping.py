"""The steps of a buyer, for the tests of cart, checkout and order pages."""

import re
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import Cart, Order
from products import stock
from products.models import Reservation, StockMovement, Variant
from tests.factories import make_shipping, make_variant

BUYER = {
    "email": "jo@example.com",
    "country": "US",
    "name": "Jo Doe",
    "line1": "12 Elm Street",
    "line2": "",
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62701",
    "phone": "",
    "shipping": "standard",
    "terms": "on",
}
WRITES = ("INSERT", "UPDATE", "DELETE")


def open_shop(**variant: Any) -> Variant:
    """A pack for $60.00 and standard shipping, $5.99 and free from $39.00 on."""
    make_shipping()
    return make_variant(**{"sku": "B12-12", "price_cents": 6_000, **variant})


def put_in_cart(client: Client, variant: Variant, quantity: int = 1) -> Cart:
    """Press "Add to cart"; the cart that the cookie now names."""
    response = client.post("/cart/add/", {"sku": variant.sku, "quantity": quantity})
    assert response.status_code == 302, response.content.decode()
    return Cart.objects.get(token=client.cookies["cart"].value)


def check_out(client: Client, shown_total: int | str | None, **typed: Any) -> HttpResponse:
    """Press "Pay" on a checkout page that shows `shown_total` (cents)."""
    data = {**BUYER, "action": "order", **typed}
    if shown_total is not None:
        data["shown_total"] = str(shown_total)
    return client.post("/checkout/", data)


def place_order(client: Client, shown_total: int, **typed: Any) -> Order:
    """Place an order that is taken; the order."""
    before = set(Order.objects.values_list("pk", flat=True))
    response = check_out(client, shown_total, **typed)
    assert response.status_code == 302, response.content.decode()
    return Order.objects.exclude(pk__in=before).get()


def text_of(response: HttpResponse) -> str:
    """The page in words with single spaces, to look for a sentence in it."""
    return " ".join(response.content.decode().split())


def path_of(url: str) -> str:
    """The path and query of an absolute address."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@contextmanager
def reading_only(most: int):
    """Fail when what happens inside writes, asks the same twice, or asks more than `most` times."""
    with CaptureQueriesContext(connection) as queries:
        yield queries
    asked = [query["sql"] for query in queries.captured_queries]
    assert [sql for sql in asked if sql.startswith(WRITES)] == []
    assert len(set(asked)) == len(asked), "asked twice:\n" + "\n".join(sorted(asked))
    assert len(asked) <= most, "\n".join(asked)


def shown_total(response: HttpResponse) -> int:
    """The total that the page would send along."""
    found = re.findall(r'name="shown_total" value="(\d*)"', response.content.decode())
    assert len(found) == 1
    return int(found[0])


def sell_out(variant: Variant) -> None:
    """Lose every pack that could still be sold."""
    stock.move(
        variant_id=variant.pk,
        kind=StockMovement.Kind.LOST,
        quantity=-Variant.objects.get(pk=variant.pk).available,
        reason="Water damage",
    )


def assert_nothing_stored() -> None:
    """Fail when an order or a hold on the stock was left behind."""
    assert not Order.objects.exists()
    assert not Reservation.objects.exists()


def page_of(client: Client, order: Order, query: str = "") -> str:
    """The words of the customer's own page of an order."""
    response = client.get(order.get_absolute_url() + query)
    assert response.status_code == 200
    return text_of(response)
