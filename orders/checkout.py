"""From a cart to an order: place_order()."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from orders import (
    attack_mode,
    card_testing,
    closing,
    discounts,
    events,
    incoming,
    payments,
    shipping_rates,
)
from orders import cart as carts
from orders.addresses import Address
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Cart, Order, OrderEvent, OrderLine
from orders.models.order import new_number
from orders.quotes import CheckoutRefused, Quote
from policies.models import PolicyVersion
from products import stock
from shop.lib import fault_points
from shop.lib.money import format_cents

# Where a buyer lands whose payment link goes by mail: the same for everybody, and it leads nowhere.
LINK_SENT_PATH = "/checkout/sent/"
# Less cannot be charged to a card (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
SMALLEST_CHARGE_CENTS = {"USD": 50, "CAD": 50, "EUR": 50, "GBP": 30, "JPY": 50}


class CartChanged(CheckoutRefused):
    """Prices, stock, or the total are not what the customer was shown. Nothing has been placed."""


class AlreadyPaid(CheckoutRefused):
    """What is in the cart has been paid meanwhile, in another window. `order` is that order."""

    def __init__(self, order: Order) -> None:
        self.order = order
        super().__init__(
            "Your order has just been paid. You will find it under the link in our email."
        )


@dataclass(frozen=True)
class Customer:
    """Who orders and where it goes. `network` is where they sit (throttle.limits), and never stored."""

    email: str
    name: str
    address: Address
    line2: str = ""
    phone: str = ""
    network: str = field(default="", repr=False)


def place_order(
    *,
    cart: Cart,
    customer: Customer,
    quote: Quote,
    policies: Sequence[PolicyVersion],
    base_url: str,
    now: datetime,
) -> str:
    """Place the order that `quote` describes and return the address of its payment page.

    The order and its hold on the stock are committed before Stripe is asked, so a paid order always
    exists. The same cart, customer and total again give the same order and the same page; a changed
    one closes the page of the order before and replaces it. What costs nothing is paid at once. In
    attack mode the address is LINK_SENT_PATH and tells nothing of the order: Stripe is asked when the
    mailed link is used.

    Raises CheckoutRefused (CartChanged when what the quote says no longer holds, AlreadyPaid when the
    order before has been paid meanwhile), card_testing.TooOften, and payments.PaymentUnavailable,
    whose `order` has been placed all the same.
    """
    _check_chargeable(quote)
    earlier = Order.objects.filter(cart=cart).first()
    wanted = _fingerprint(customer, quote)
    # Past its time the earlier page may be closed at Stripe already: then it makes room as well.
    if earlier is not None and not (
        earlier.is_pending and earlier.fingerprint == wanted and earlier.expires_at > now
    ):
        card_testing.look(_visitor(cart.pk, customer), now=now)
        _make_room(earlier, now=now)
    order, is_new = _place(cart.pk, customer, quote, policies, now)
    fault_points.reached("checkout.order_placed")
    if order.is_pending and order.total_cents and attack_mode.sends_links():
        if not is_new:
            attack_mode.send_link_again(order, now=now)
        return LINK_SENT_PATH
    try:
        return payments.start_payment(
            order_id=order.pk, base_url=base_url, now=now, network=customer.network
        )
    except payments.PaymentUnavailable as error:
        error.order = order
        raise


def _check_chargeable(quote: Quote) -> None:
    smallest = SMALLEST_CHARGE_CENTS[settings.CURRENCY]
    if 0 < quote.totals.total_cents < smallest:
        message = (
            f"A card cannot be charged less than {format_cents(smallest)}. "
            "Please add a pack, or remove the discount code in the cart."
        )
        raise CheckoutRefused(message)


def _make_room(earlier: Order, *, now: datetime) -> None:
    """End the order that was placed from this cart before. Raises CheckoutRefused when it cannot."""
    if earlier.is_pending:
        try:
            earlier = payments.close_session(earlier, now=now)
        except (GatewayUnavailable, GatewayRefused, payments.PaymentUnavailable) as error:
            message = "We cannot reach our payment service. Please try again in a few minutes."
            raise CheckoutRefused(message) from error
    if earlier.is_paid:
        raise AlreadyPaid(earlier)
    if earlier.awaits_money():
        message = (
            "We have received money for your order and look at it ourselves. We will write to you; "
            "please do not pay again."
        )
        raise CheckoutRefused(message)
    closing.expire(earlier, now=now)


def _place(
    cart_id: int,
    customer: Customer,
    quote: Quote,
    policies: Sequence[PolicyVersion],
    now: datetime,
) -> tuple[Order, bool]:
    """Return the order, and whether it is new."""
    with transaction.atomic():
        cart = Cart.objects.select_for_update().get(pk=cart_id)
        fingerprint = _fingerprint(customer, quote)
        if cart.order is not None and cart.order.is_pending:
            if cart.order.fingerprint == fingerprint:
                return cart.order, False  # the other tab, or the second click
            message = "This cart is being ordered in another window."
            raise CartChanged(message)
        _check_unchanged(carts.read(cart, now=now), quote)
        card_testing.admit(_visitor(cart.pk, customer), now=now)
        order = _create_order(customer, quote, fingerprint, now)
        order.policy_versions.set(policies)
        _hold_stock(order, quote)
        if order.discount_code:
            _take_discount(order)
        cart.order = order
        cart.save(update_fields=["order"])
        if order.total_cents and attack_mode.sends_links():
            attack_mode.note_link(order, now=now)
            events.record(order, OrderEvent.Type.PLACED, pay_by_mail=True)
        else:
            events.record(order, OrderEvent.Type.PLACED)
        if not order.total_cents:
            # Here and now: no page, no webhook and no check would ever come back to it.
            incoming.make_paid(order, now)
        fault_points.reached("checkout.before_commit")
    return order, True


def _visitor(cart_id: int, customer: Customer) -> card_testing.Visitor:
    return card_testing.Visitor(customer.email, cart_id, customer.network)


def _check_unchanged(contents: carts.CartContents, quote: Quote) -> None:
    same = (
        contents.signature == quote.contents.signature
        and contents.discount_cents == quote.contents.discount_cents
    )
    if not same:
        message = "A price or your cart has changed. Please look at the total once more."
        raise CartChanged(message)


def _hold_stock(order: Order, quote: Quote) -> None:
    wanted = {item.variant.pk: item.quantity for item in quote.contents.items}
    try:
        stock.reserve(reference=order.number, quantities=wanted)
    except stock.OutOfStock as error:
        left = f"Only {error.available} left" if error.available else "Sold out"
        message = f"{left}: {error.variant.name}. Somebody was quicker; nothing has been charged."
        raise CartChanged(message) from error


def _take_discount(order: Order) -> None:
    try:
        discounts.take(discounts.find(order.discount_code), order)
    except discounts.DiscountRefused as error:
        raise CheckoutRefused(str(error)) from error


def _create_order(customer: Customer, quote: Quote, fingerprint: str, now: datetime) -> Order:
    if quote.shipping is None:
        message = "We do not ship to this address."
        raise CheckoutRefused(message)
    totals, address = quote.totals, customer.address
    order = Order.objects.create(
        number=_unused_number(),
        is_demo=settings.DEMO,
        email=customer.email,
        name=customer.name,
        line1=address.line1,
        line2=customer.line2,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        phone=customer.phone,
        currency=settings.CURRENCY,
        items_cents=totals.items_cents,
        discount_cents=totals.discount_cents,
        shipping_cents=totals.shipping_cents,
        shipping_tax_cents=totals.shipping_tax_cents,
        tax_cents=totals.tax_cents,
        total_cents=totals.total_cents,
        discount_code=quote.contents.discount_code if totals.discount_cents else "",
        shipping_code=quote.shipping.code,
        shipping_name=quote.shipping.name,
        is_expedited=shipping_rates.is_expedited(quote.shipping, quote.options),
        fingerprint=fingerprint,
        placed_at=now,
        expires_at=now + timedelta(minutes=settings.PAYMENT_WINDOW_MINUTES),
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            variant=item.variant,
            sku=item.variant.sku,
            product_name=item.variant.product.name,
            variant_name=item.variant.name,
            unit_price_cents=total.unit_price_cents,
            quantity=total.quantity,
            discount_cents=total.discount_cents,
            tax_percent=total.tax_percent,
            tax_cents=total.tax_cents,
        )
        for item, total in zip(quote.contents.items, totals.lines, strict=True)
    )
    return order


def _unused_number() -> str:
    number = new_number()
    while Order.objects.filter(number=number).exists():
        number = new_number()
    return number


def _fingerprint(customer: Customer, quote: Quote) -> str:
    facts = [
        quote.contents.signature,
        quote.contents.discount_code,
        quote.shipping.code if quote.shipping else "",
        quote.totals.total_cents,
        repr(replace(customer, email=customer.email.lower())),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
