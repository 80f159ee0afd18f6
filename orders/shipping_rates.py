"""What shipping costs. The rates are data; the choice among them is pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from orders.models import ShippingRate
from policies.promises import HANDLING_BUSINESS_DAYS


@dataclass(frozen=True)
class ShippingOption:
    """One way of shipping with its price in cents for this cart; it takes at most `max_days` business days."""

    code: str
    name: str
    promise: str
    price_cents: int
    max_days: int

    @property
    def timing(self) -> str:
        """When it comes: `promise` counts from the carrier, the buyer from the payment."""
        return f"leaves within {HANDLING_BUSINESS_DAYS} business days, then {self.promise}"


def all_rates() -> list[ShippingRate]:
    """Return every rate of the active methods, with its method, in one query."""
    return list(
        ShippingRate.objects.filter(method__is_active=True)
        .select_related("method")
        .order_by("method__position", "method_id", "min_items_cents")
    )


def countries(rates: Iterable[ShippingRate]) -> list[str]:
    """Return the countries we ship to, the United States first."""
    found = {rate.country for rate in rates}
    return sorted(found, key=lambda code: (code != "US", code))


def options(
    rates: Iterable[ShippingRate], *, country: str, items_cents: int, weight_grams: int
) -> list[ShippingOption]:
    """Return what can be chosen for goods of `items_cents` (after the discount) and `weight_grams`.

    Per method the rate with the highest threshold that is reached counts, and among those the one for
    the lightest parcels that fits. Empty when nothing ships there.
    """
    best: dict[int, ShippingRate] = {}
    for rate in rates:
        fits = (
            rate.country == country
            and rate.min_items_cents <= items_cents
            and _carries(rate, weight_grams)
        )
        current = best.get(rate.method_id)
        if fits and (current is None or _rank(rate) > _rank(current)):
            best[rate.method_id] = rate
    return [
        ShippingOption(
            code=rate.method.code,
            name=rate.method.name,
            promise=rate.method.promise,
            price_cents=rate.price_cents,
            max_days=rate.method.max_days,
        )
        for rate in best.values()
    ]


def is_expedited(chosen: ShippingOption, offered: Iterable[ShippingOption]) -> bool:
    """Say whether `chosen` is faster than the slowest of what was `offered`: it is packed first."""
    return any(chosen.max_days < option.max_days for option in offered)


def free_shipping_from(
    rates: Iterable[ShippingRate], *, country: str, weight_grams: int = 0
) -> int | None:
    """Return the value of goods (cents) from which a parcel of `weight_grams` ships free.

    None when it never does.
    """
    free = [
        rate.min_items_cents
        for rate in rates
        if rate.country == country and rate.price_cents == 0 and _carries(rate, weight_grams)
    ]
    return min(free) if free else None


def _carries(rate: ShippingRate, weight_grams: int) -> bool:
    return rate.max_weight_grams is None or weight_grams <= rate.max_weight_grams


def _rank(rate: ShippingRate) -> tuple[int, float, int]:
    limit = math.inf if rate.max_weight_grams is None else rate.max_weight_grams
    return (rate.min_items_cents, -limit, -rate.price_cents)
