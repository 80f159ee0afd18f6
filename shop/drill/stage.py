"""What the drill plays on: the copy put to rest, packs to sell, and buyers who use the shop's own pages."""

import itertools
import re
import secrets
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from post_office.models import STATUS, Email

from books import chain
from books.models import LedgerEntry
from orders import audit, closing, shipping_rates
from orders.models import Order, PaymentAttempt, Refund, ShippingMethod, ShippingRate
from products import stock
from products.models import Product, SaleBlock, StockMovement, Variant
from shop.drill import at_stripe
from throttle.models import Attempt

COUNTRY = "US"
ADDRESS = {
    "country": COUNTRY,
    "name": "Drill Buyer",
    "line1": "12 Elm Street",
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62701",
    "terms": "on",
}
# The reconciler waits that long for a webhook before it asks.
LATER = timedelta(minutes=3)
OWN_PRICE_CENTS = 2_000
_numbers = itertools.count(1)


class Stage:
    """The copy, looked at before anything is tried on it.

    `as_copied` is what its books are worth; `first_entry` is where the drill's own part of the ledger
    begins.
    """

    def __init__(self, *, buyers: int, packs: int) -> None:
        self.buyers, self.packs = buyers, packs
        self.first_entry = chain.head().sequence + 1
        self.as_copied = audit.audit(offline=True)

    def described(self) -> str:
        """Return what the copy holds, as numbers: nobody's name."""
        kind = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
        return (
            f"{kind}, {Order.objects.count()} orders, {Variant.objects.count()} pack sizes, "
            f"{LedgerEntry.objects.count()} ledger entries"
        )

    @cached_property
    def pack(self) -> Variant:
        """A pack of the shop's own that can be sold to the drill's buyers; one made for it otherwise."""
        blocked = SaleBlock.objects.filter(country=COUNTRY).values("product")
        for variant in Variant.objects.on_sale().exclude(product__in=blocked).order_by("pk"):
            if self._is_shipped(variant) and variant.price_cents >= 100:  # noqa: PLR2004
                return variant
        return self._own_pack()

    def _is_shipped(self, variant: Variant) -> bool:
        return bool(
            shipping_rates.options(
                shipping_rates.all_rates(),
                country=COUNTRY,
                items_cents=variant.price_cents,
                weight_grams=variant.weight_grams,
            )
        )

    def _own_pack(self) -> Variant:
        product = _own_product(f"drill-{secrets.token_hex(4)}")
        method = ShippingMethod.objects.create(
            code=f"drill-{secrets.token_hex(4)}", name="Drill", promise="-", min_days=1, max_days=2
        )
        ShippingRate.objects.create(method=method, country=COUNTRY, price_cents=500)
        return self.another_pack(product)

    def shown_product(self) -> Product:
        """Return the product that the shop's product page shows, on sale on the copy at least."""
        slug = settings.PRIMARY_PRODUCT_SLUG
        product = Product.objects.filter(slug=slug).first() or _own_product(slug)
        Product.objects.filter(pk=product.pk).update(is_published=True)
        return product

    def another_pack(self, product: Product) -> Variant:
        """Add a pack to a product, with some in stock."""
        variant = Variant.objects.create(
            product=product,
            sku=f"DRILL-{secrets.token_hex(4)}",
            name="1 piece",
            units=1,
            price_cents=OWN_PRICE_CENTS,
        )
        self.have(10, variant)
        return variant

    def have(self, packs: int, variant: Variant | None = None) -> Variant:
        """Let exactly so many packs be available, by a movement as staff would book it."""
        variant = variant or self.pack
        variant.refresh_from_db()
        missing = packs - variant.available
        kind = StockMovement.Kind.RECEIVED if missing > 0 else StockMovement.Kind.LOST
        if missing:
            stock.move(variant_id=variant.pk, kind=kind, quantity=missing, reason="Drill")
        variant.refresh_from_db()
        return variant

    def put_to_rest(self, now: datetime) -> None:
        """End on the copy what is under way: waiting mails, open payment pages, refunds not yet sent.

        None of it may be gone on with: its Stripe is not here, and its customers must hear nothing.
        """
        Email.objects.exclude(status=STATUS.sent).delete()
        Attempt.objects.all().delete()
        PaymentAttempt.objects.live().update(status=PaymentAttempt.Status.EXPIRED)
        for order in Order.objects.unpaid().filter(payments=None):
            closing.expire(order, now=now)
        waiting = [Refund.Status.REQUESTED, Refund.Status.IN_DOUBT]
        Refund.objects.filter(status__in=waiting).update(status=Refund.Status.FAILED)
        at_stripe.lose_every_webhook()

    def paid_order(self) -> "tuple[Buyer, Order]":
        """Return a new order that was paid at the sandbox, of which the shop has not heard."""
        self.have(max(self.packs, 5))
        buyer = Buyer()
        order = buyer.placed_order(self.pack)
        if not at_stripe.pay(buyer.page_of(order)):
            msg = "the sandbox took no money"
            raise RuntimeError(msg)
        return buyer, order


class Buyer:
    """A visitor with a browser, an address on the network and an email of their own."""

    def __init__(self) -> None:
        number = next(_numbers)
        self.email = f"buyer-{number}-{secrets.token_hex(4)}@drill.localhost"
        self.client = Client(
            SERVER_NAME="drill.localhost",
            headers={"Sec-Fetch-Site": "same-origin"},
            raise_request_exception=False,
            REMOTE_ADDR=f"10.{number >> 8 & 255}.{number & 255}.7",
        )
        self.shipping = ""

    def put_in_cart(self, variant: Variant, quantity: int = 1) -> None:
        """Press "Add to cart"."""
        self.client.post("/cart/add/", {"sku": variant.sku, "quantity": quantity})

    def shown_total(self) -> int:
        """Return the total (cents) that the checkout shows for the drill's address, tax included."""
        page = self._press("totals").content.decode()
        ways = re.findall(r'name="shipping" value="([^"]+)"', page)
        total = re.search(r'name="shown_total" value="(\d+)"', page)
        if not (ways and total):
            msg = "the checkout shows no total"
            raise RuntimeError(msg)
        self.shipping = ways[0]
        return int(total[1])

    def press_pay(self, total: int) -> Any:
        """Press "Pay" on a checkout that shows `total`; the answer."""
        return self._press("order", shown_total=str(total))

    def _press(self, action: str, **more: str) -> Any:
        form = {**ADDRESS, "email": self.email, "shipping": self.shipping}
        return self.client.post("/checkout/", {**form, "action": action, **more})

    def orders(self) -> list[Order]:
        """Return the buyer's orders, the oldest first."""
        return list(Order.objects.filter(email=self.email).order_by("pk"))

    def placed_order(self, variant: Variant) -> Order:
        """Buy one pack as far as the payment page; the order. Raises RuntimeError when it is refused."""
        self.put_in_cart(variant)
        status = self.press_pay(self.shown_total()).status_code
        if len(self.orders()) != 1:
            msg = f"the checkout refused an order ({status})"
            raise RuntimeError(msg)
        return self.orders()[0]

    def page_of(self, order: Order) -> str:
        """Return the address of the order's payment page, from the order's own page if need be."""
        if not order.attempts.live().exclude(url="").exists():
            self.client.post(f"/order/{order.token}/pay/")
        return order.attempts.order_by("-number")[0].url

    def come_back(self, order: Order) -> int:
        """Return from the payment page; the answer's status."""
        session = order.attempts.order_by("-number")[0].session_id
        path = f"/order/{order.token}/return/"
        return int(self.client.get(path, {"session_id": session or ""}).status_code)


def _own_product(slug: str) -> Product:
    return Product.objects.create(
        slug=slug,
        name="Drill",
        form=Product.Form.INGESTIBLE,
        tagline="A product of the drill.",
        is_published=True,
    )


def session_of(order: Order) -> str:
    """Return the id of the order's newest payment page."""
    return order.attempts.order_by("-number")[0].session_id or ""


def later() -> datetime:
    """Return a moment by which the reconciler no longer waits for webhooks."""
    return timezone.now() + LATER


def mails_to(email: str) -> int:
    """Count the mails written to somebody."""
    return int(Email.objects.filter(to=[email]).count())
