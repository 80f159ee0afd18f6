"""Rates and a code to try the shop with. Demo data: none of it is looked up, none loads in production."""

from datetime import date, datetime
from decimal import Decimal

from orders.models import DiscountCode, ShippingMethod, ShippingRate, TaxRate

# code, name, promise, fewest and most business days, price from $0, price from $39
METHODS = (
    ("standard", "Standard", "3 to 5 business days", (3, 5), 599, 0),
    ("expedited", "Expedited", "1 to 2 business days", (1, 2), 999, 999),
)
FREE_FROM_CENTS = 3_900
# State rates without local additions; a real shop looks up its own.
STATE_TAX = {
    "CA": "7.25",
    "CO": "2.9",
    "FL": "6",
    "IL": "6.25",
    "NY": "4",
    "TX": "6.25",
    "WA": "6.5",
}
TAXES_SHIPPING = {"CO", "NY", "TX", "WA"}
SOURCE = "Demo data: state rate without local additions, not checked"


def load(now: datetime) -> str:
    """Load the demo rates and the demo code; rows that are there stay as they are."""
    for position, (code, name, promise, days, price, price_above) in enumerate(METHODS):
        method, is_new = ShippingMethod.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "promise": promise,
                "min_days": days[0],
                "max_days": days[1],
                "position": position,
            },
        )
        if is_new:
            ShippingRate.objects.create(method=method, country="US", price_cents=price)
            ShippingRate.objects.create(
                method=method,
                country="US",
                min_items_cents=FREE_FROM_CENTS,
                price_cents=price_above,
            )
    for state, percent in STATE_TAX.items():
        TaxRate.objects.get_or_create(
            country="US",
            region=state,
            postal_prefix="",
            defaults={
                "rate_percent": Decimal(percent),
                "taxes_shipping": state in TAXES_SHIPPING,
                "effective_from": date(2026, 1, 1),
                "source": SOURCE,
            },
        )
    DiscountCode.objects.get_or_create(
        code="DEMO10", defaults={"percent_basis_points": 1_000, "note": "Demo data: 10 % off"}
    )
    return f"{len(METHODS)} shipping methods, {len(STATE_TAX)} tax rates, code DEMO10 (demo data)"
