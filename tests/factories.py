"""Plain makers of rows for tests. Each fills in what the test does not care about."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from orders.models import DiscountCode, Order, OrderLine, Payment, ShippingMethod, TaxRate
from products import stock
from products.models import Product, StockMovement, Variant

# From 100 on: lower ones are the SKUs that tests write out.
_numbers = itertools.count(100)

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # noon in the shop's time zone


def make_product(**fields: Any) -> Product:
    """A published patch."""
    number = next(_numbers)
    return Product.objects.create(
        **{
            "slug": f"patch-{number}",
            "name": "B12 Patch",
            "form": Product.Form.PATCH,
            "tagline": "A patch with vitamin B12.",
            "is_published": True,
            **fields,
        }
    )


def make_variant(*, on_hand: int = 100, **fields: Any) -> Variant:
    """A pack on sale, with `on_hand` of it received."""
    number = next(_numbers)
    if "product" not in fields:
        fields["product"] = make_product()
    variant = Variant.objects.create(
        **{
            "sku": f"B12-{number:02}",
            "name": "12 patches",
            "units": 12,
            "price_cents": 6000,
            "weight_grams": 60,
            **fields,
        }
    )
    if on_hand:
        stock.move(
            variant_id=variant.pk,
            kind=StockMovement.Kind.RECEIVED,
            quantity=on_hand,
            reason="Delivery",
        )
        variant.refresh_from_db()
    return variant


def make_order(
    *, packs: dict[Variant, int] | None = None, tax_cents: int = 0, **fields: Any
) -> Order:
    """An order that waits for payment and holds its stock. `packs` is {variant: quantity}."""
    packs = {make_variant(): 1} if packs is None else packs
    items = sum(variant.price_cents * count for variant, count in packs.items())
    shipping = fields.pop("shipping_cents", 599)
    discount = fields.get("discount_cents", 0)
    now = fields.get("placed_at") or timezone.now()
    order = Order.objects.create(
        **{
            "email": "jo@example.com",
            "name": "Jo Doe",
            "line1": "12 Elm Street",
            "city": "Springfield",
            "region": "IL",
            "postal_code": "62701",
            "country": "US",
            "currency": "USD",
            "items_cents": items,
            "shipping_cents": shipping,
            "tax_cents": tax_cents,
            "total_cents": items - discount + shipping + tax_cents,
            "shipping_code": "standard",
            "shipping_name": "Standard",
            "fingerprint": f"print-{next(_numbers)}",
            "placed_at": now,
            "expires_at": now + timedelta(minutes=32),
            **fields,
        }
    )
    for place, (variant, count) in enumerate(packs.items()):
        OrderLine.objects.create(
            order=order,
            variant=variant,
            sku=variant.sku,
            product_name=variant.product.name,
            variant_name=variant.name,
            unit_price_cents=variant.price_cents,
            quantity=count,
            discount_cents=discount if place == 0 else 0,
            tax_cents=tax_cents if place == 0 else 0,
        )
    stock.reserve(
        reference=order.number, quantities={variant.pk: count for variant, count in packs.items()}
    )
    return order


def make_paid_order(**fields: Any) -> Order:
    """An order whose payment has come, ready to be shipped."""
    order = make_order(**fields)
    Payment.objects.create(
        order=order,
        reference=f"pi_{next(_numbers)}",
        amount_cents=order.total_cents,
        currency=order.currency,
        received_at=order.placed_at,
    )
    order.mark_paid(order.placed_at)
    stock.allocate(reference=order.number)
    return order


def make_staff(*permissions: str, **fields: Any) -> User:
    """Somebody who may log in to the admin, with `permissions` such as "orders.view_order"."""
    number = next(_numbers)
    user = User.objects.create_user(
        **{"username": f"staff-{number}", "password": "long-enough-1", "is_staff": True, **fields}
    )
    for name in permissions:
        app_label, codename = name.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app_label, codename=codename)
        )
    return user


def make_shipping(
    code: str = "standard", *, free_from_cents: int | None = 3900, **fields: Any
) -> ShippingMethod:
    """A way of shipping in the US for $5.99, free from `free_from_cents` on. Returns the method."""
    price_cents = fields.pop("price_cents", 599)
    country = fields.pop("country", "US")
    method = ShippingMethod.objects.create(
        **{
            "code": code,
            "name": code.title(),
            "promise": "3 to 5 business days",
            "min_days": 3,
            "max_days": 5,
            "position": next(_numbers),
            **fields,
        }
    )
    method.rates.create(country=country, price_cents=price_cents)
    if free_from_cents is not None:
        method.rates.create(country=country, min_items_cents=free_from_cents, price_cents=0)
    return method


def make_tax_rate(**fields: Any) -> TaxRate:
    """Sales tax of 6.25 % in Illinois since the beginning of 2026."""
    return TaxRate.objects.create(
        **{
            "country": "US",
            "region": "IL",
            "rate_percent": Decimal("6.25"),
            "effective_from": date(2026, 1, 1),
            "source": "a test",
            **fields,
        }
    )


def make_discount_code(code: str = "TENOFF", **fields: Any) -> DiscountCode:
    """A code for 10 % off, without limits."""
    if "amount_cents" not in fields:
        fields.setdefault("percent_basis_points", 1000)
    return DiscountCode.objects.create(code=code, **fields)
