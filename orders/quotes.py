"""What an order would cost: the total that the customer is shown before anything is placed."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from orders import sales_tax, shipping_rates
from orders.addresses import Address
from orders.cart import CartContents
from orders.gateways import gateway
from orders.gateways.base import GatewayRefused, GatewayUnavailable, TaxQuestion
from orders.models import ShippingRate
from orders.shipping_rates import ShippingOption
from orders.totals import NO_TAX, Tax, Totals, make_totals, with_taxes
from products.models import SaleBlock

logger = logging.getLogger(__name__)


class CheckoutRefused(Exception):
    """The order cannot be placed; the message says why, to the customer."""


@dataclass(frozen=True)
class Quote:
    """What an order would cost, and out of which choices. Amounts in cents."""

    contents: CartContents
    options: tuple[ShippingOption, ...]
    shipping: ShippingOption | None
    totals: Totals
    is_final: bool  # the destination is known, so tax is in it


def make_quote(
    contents: CartContents,
    *,
    country: str,
    shipping_code: str = "",
    destination: Address | None = None,
    rates: Sequence[ShippingRate] | None = None,
    now: datetime,
) -> Quote:
    """Return what `contents` cost when sent to `country`; with `destination` the tax is in it.

    `rates` saves a query where they have just been read.
    Raises CheckoutRefused when Stripe Tax (settings.SALES_TAX) cannot be asked.
    """
    options = shipping_rates.options(
        shipping_rates.all_rates() if rates is None else rates,
        country=country,
        items_cents=contents.goods_cents,
        weight_grams=contents.weight_grams,
    )
    chosen = [option for option in options if option.code == shipping_code]
    shipping = chosen[0] if chosen else (options[0] if options else None)
    totals = make_totals(
        [(item.price_cents, item.quantity) for item in contents.items],
        discount_cents=contents.discount_cents,
        shipping_cents=shipping.price_cents if shipping else 0,
        tax=_table_tax(destination, now),
    )
    if destination is not None and settings.SALES_TAX == "stripe":
        totals = _with_stripe_tax(totals, destination)
    return Quote(contents, tuple(options), shipping, totals, is_final=destination is not None)


def _table_tax(destination: Address | None, now: datetime) -> Tax:
    if destination is None or settings.SALES_TAX != "table":
        return NO_TAX
    return sales_tax.tax_for(
        country=destination.country,
        region=destination.region,
        postal_code=destination.postal_code,
        on=timezone.localdate(now),
    )


def _with_stripe_tax(totals: Totals, destination: Address) -> Totals:
    question = TaxQuestion(
        currency=settings.CURRENCY,
        line_cents=[line.net_cents for line in totals.lines],
        shipping_cents=totals.shipping_cents,
        **asdict(destination),
    )
    try:
        answer = gateway().calculate_tax(question)
    except (GatewayUnavailable, GatewayRefused) as error:
        logger.exception("Unable to work out the sales tax")
        message = "We cannot work out the sales tax now. Please try again in a few minutes."
        raise CheckoutRefused(message) from error
    return with_taxes(
        totals,
        line_tax_cents=answer.line_tax_cents,
        shipping_tax_cents=answer.shipping_tax_cents,
    )


def check_destination(contents: CartContents, country: str) -> None:
    """Raise CheckoutRefused when something in the cart may not be sold to `country`."""
    products = {item.variant.product_id for item in contents.items}
    block = SaleBlock.objects.filter(product_id__in=products, country=country).first()
    if block is not None:
        message = f"We do not sell to this country. {block.reason}"
        raise CheckoutRefused(message)
