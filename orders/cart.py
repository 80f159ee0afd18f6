"""The cart: what a visitor means to buy, with prices and stock read afresh each time."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from orders import discounts
from orders.models import Cart, CartLine, DiscountUse, Order, OrderLine
from orders.models.cart import MAX_QUANTITY
from products.models import Variant
from shop.lib.tokens import find_by_token
from throttle import limits

KEEP = timedelta(days=60)
# What secrets.token_urlsafe() is made of; anything else in a cookie cannot be a cart of ours.
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class CartRefused(Exception):
    """The cart cannot be changed like that; the message says why, to the customer."""


@dataclass(frozen=True)
class CartItem:
    """One line as it stands now. Amounts in cents."""

    variant: Variant
    quantity: int
    seen_price_cents: int
    held: int = 0  # packs that this cart's own unpaid order holds already

    @property
    def available(self) -> int:
        """Packs that this visitor can have: what is free, and what is held for themselves."""
        return self.variant.available + self.held

    @property
    def price_cents(self) -> int:
        """The price today."""
        return self.variant.price_cents

    @property
    def total_cents(self) -> int:
        """Price today times quantity."""
        return self.price_cents * self.quantity

    @property
    def is_price_changed(self) -> bool:
        """Whether the visitor has seen another price last time."""
        return self.price_cents != self.seen_price_cents

    @property
    def is_sold(self) -> bool:
        """Whether this pack is still offered at all."""
        return self.variant.is_active and self.variant.product.is_published

    @property
    def is_enough(self) -> bool:
        """Whether so many can be had now."""
        return self.is_sold and self.available >= self.quantity

    @property
    def problem(self) -> str:
        """What keeps this line from being ordered, in words; empty when nothing does."""
        if not self.is_sold:
            return "This pack is no longer sold."
        if self.available <= 0:
            return "This pack is sold out."
        if not self.is_enough:
            return f"Only {self.available} left."
        return ""


@dataclass(frozen=True)
class CartContents:
    """A cart as it stands now. Amounts in cents."""

    items: tuple[CartItem, ...]
    discount_code: str = ""
    discount_cents: int = 0
    discount_problem: str = ""

    @property
    def items_cents(self) -> int:
        """The goods at today's prices, before the discount."""
        return sum(item.total_cents for item in self.items)

    @property
    def goods_cents(self) -> int:
        """The goods after the discount."""
        return self.items_cents - self.discount_cents

    @property
    def weight_grams(self) -> int:
        """What it all weighs."""
        return sum(item.variant.weight_grams * item.quantity for item in self.items)

    @property
    def count(self) -> int:
        """How many packs."""
        return sum(item.quantity for item in self.items)

    @property
    def is_orderable(self) -> bool:
        """Whether there is something in it and all of it can be had."""
        return bool(self.items) and all(item.is_enough for item in self.items)

    @property
    def signature(self) -> tuple[tuple[int, int, int], ...]:
        """What, how many and at which price: to notice that something changed meanwhile."""
        return tuple((item.variant.pk, item.quantity, item.price_cents) for item in self.items)


EMPTY = CartContents(items=())


def find(token: str) -> Cart | None:
    """Return the cart of a cookie's token with its order, None when there is none (any more)."""
    if not TOKEN.fullmatch(token):
        return None
    return find_by_token(Cart.objects.select_related("order"), token)


def read(cart: Cart | None, *, now: datetime) -> CartContents:
    """Return what is in `cart` at today's prices, with its discount if that holds.

    What the cart's own unpaid order holds, packs and code, is no hindrance. Two to four queries.
    """
    if cart is None:
        return EMPTY
    held = _held_by_own_order(cart)
    items = tuple(
        CartItem(line.variant, line.quantity, line.seen_price_cents, held.get(line.variant_id, 0))
        for line in cart.lines.select_related("variant__product").order_by("pk")
    )
    contents = CartContents(items=items, discount_code=cart.discount_code)
    if not cart.discount_code or not items:
        return contents
    try:
        code = discounts.find(cart.discount_code)
        off = discounts.amount_off(
            code, items_cents=contents.items_cents, now=now, is_held=_holds(cart, code.code)
        )
    except discounts.DiscountRefused as refusal:
        return CartContents(
            items=items, discount_code=cart.discount_code, discount_problem=str(refusal)
        )
    return CartContents(items=items, discount_code=code.code, discount_cents=off)


def add(cart: Cart | None, *, sku: str, quantity: int) -> Cart:
    """Put `quantity` more packs of `sku` into `cart` (a new one for None) and return the cart.

    Raises CartRefused when the pack is not sold, when there are not that many, or past MAX_QUANTITY.
    """
    variant = Variant.objects.on_sale().filter(sku=sku).select_related("product").first()
    if variant is None:
        message = "This pack is not sold (any more). Please choose another one."
        raise CartRefused(message)
    with transaction.atomic():
        cart = cart or Cart.objects.create()
        line = cart.lines.filter(variant=variant).first()
        wanted = quantity + (line.quantity if line else 0)
        _check_quantity(cart, variant, wanted)
        CartLine.objects.update_or_create(
            cart=cart,
            variant=variant,
            defaults={"quantity": wanted, "seen_price_cents": variant.price_cents},
        )
        cart.save(update_fields=["updated_at"])
    return cart


def set_quantity(cart: Cart, *, sku: str, quantity: int) -> None:
    """Set how many packs of `sku` are in `cart`; 0 takes the line out.

    Raises CartRefused like add(), and when there is no such line (any more) to be changed.
    """
    lines = cart.lines.filter(variant__sku=sku)
    line = lines.select_related("variant__product").first()
    if quantity == 0:
        lines.delete()
    elif line is None:
        message = "This pack is not in your cart any more."
        raise CartRefused(message)
    else:
        _check_quantity(cart, line.variant, quantity)
        # Another tab may have taken the line out meanwhile: then nothing is changed.
        lines.update(quantity=quantity, seen_price_cents=line.variant.price_cents)
    cart.save(update_fields=["updated_at"])


def try_discount(cart: Cart, *, code: str, sender: str, now: datetime) -> None:
    """Use `code`, as a visitor typed it, like set_discount(); wrong ones count against limits.

    `sender` is the network (throttle.limits.address_block), counted and not stored.
    Raises discounts.DiscountRefused and discounts.TriedTooOften.
    """
    tries = discounts.guessing_limits(cart_id=cart.pk, sender=sender) if code.strip() else []
    # Counted first and taken back afterwards, so that many tries at once cannot slip through.
    if tries and (opens_at := limits.admit(tries, now=now)):
        raise discounts.TriedTooOften(opens_at)
    set_discount(cart, code=code, now=now)
    limits.take_back(tries, now=now)


def set_discount(cart: Cart, *, code: str, now: datetime) -> None:
    """Use `code` for this cart, or none for an empty string.

    Raises discounts.DiscountRefused and keeps the code that was there. A code that was good once is
    refused like one that never was, and costs the same queries.
    """
    if code.strip():
        items_cents, is_held = read(cart, now=now).items_cents, _holds(cart, code)
        found = discounts.find(code)
        try:
            discounts.amount_off(found, items_cents=items_cents, now=now, is_held=is_held)
        except discounts.DiscountOver as refusal:
            raise discounts.DiscountRefused(discounts.UNKNOWN) from refusal
        code = found.code
    cart.discount_code = code.strip()
    cart.save(update_fields=["discount_code", "updated_at"])


def acknowledge_prices(cart: Cart) -> None:
    """Note that the visitor has now been shown today's prices."""
    for line in cart.lines.select_related("variant").exclude(
        seen_price_cents=F("variant__price_cents")
    ):
        CartLine.objects.filter(pk=line.pk).update(seen_price_cents=line.variant.price_cents)


def forget_old(now: datetime) -> int:
    """Delete carts that nobody has touched for KEEP; return how many."""
    return Cart.objects.filter(updated_at__lt=now - KEEP).delete()[0]


def _held_by_own_order(cart: Cart) -> dict[int, int]:
    if cart.order_id is None:
        return {}
    own = OrderLine.objects.filter(order__cart=cart, order__status=Order.Status.PENDING)
    return dict(own.values_list("variant_id", "quantity"))


def _holds(cart: Cart, code: str) -> bool:
    if cart.order_id is None:
        return False
    uses = DiscountUse.objects.filter(code__code=code.strip().upper(), order__cart=cart)
    return uses.exists()


def _check_quantity(cart: Cart, variant: Variant, quantity: int) -> None:
    if quantity > MAX_QUANTITY:
        message = f"{MAX_QUANTITY} packs of one size are the most we send in one order."
        raise CartRefused(message)
    available = variant.available + _held_by_own_order(cart).get(variant.pk, 0)
    if available < quantity:
        left = max(available, 0)
        message = f"Only {left} left of this pack." if left else "This pack is sold out."
        raise CartRefused(message)
