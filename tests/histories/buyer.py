"""One buyer: a browser, an address, a cart."""

import secrets

from django.test import Client

from orders.models import Cart
from products.models import Variant
from tests.orders.shopping import check_out

PRICE_CENTS = 6_000


class Buyer:
    """The `place`-th buyer of a history. Those of one history live in one block of addresses."""

    def __init__(self, history: int, place: int) -> None:
        # Not by `random`: Hypothesis resets that for every example.
        self.email = f"buyer-{history}-{place}-{secrets.token_hex(4)}@example.com"
        address = f"10.{history >> 8 & 255}.{history & 255}.{place + 1}"
        self.client = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=address)

    def fill_cart(self, variant: Variant, n: int) -> None:
        """Put one pack or two into the cart; one that is filled gets another number now and then."""
        cart = self._cart()
        there = cart.lines.first() if cart else None
        if there is None:
            self.client.post("/cart/add/", {"sku": variant.sku, "quantity": 1 + n % 2})
        elif n % 4 == 0:
            changed = {"sku": variant.sku, "quantity": 3 - min(there.quantity, 2)}
            self.client.post("/cart/update/", changed)

    def check_out(self) -> None:
        """Press Pay on the checkout page, which shows what the cart comes to; shipping is free."""
        cart = self._cart()
        line = cart.lines.first() if cart else None
        shown = line.quantity * PRICE_CENTS if line else 0
        check_out(self.client, shown, email=self.email)

    def _cart(self) -> Cart | None:
        cookie = self.client.cookies.get("cart")
        return Cart.objects.filter(token=cookie.value).first() if cookie else None
