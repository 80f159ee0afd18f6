"""What shipping costs. The rates are data; the choice among them is pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from orders.models import ShippingRate


@dataclass(frozen=True)
class ShippingOption:
    """One way of shipping with its price in cents for this cart."""

    code: str
    name: str
    promise: str
    price_cents: int


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

    Per method the rate with the highest threshold that is reached counts. Empty when nothing ships there.
    """
    best: dict[int, ShippingRate] = {}
    for rate in rates:
        fits = (
            rate.country == country
            and rate.min_items_cents <= items_cents
            and (rate.max_weight_grams is None or weight_grams <= rate.max_weight_grams)
        )
        current = best.get(rate.method_id)
        if fits and (current is None or rate.min_items_cents >= current.min_items_cents):
            best[rate.method_id] = rate
    return [
        ShippingOption(rate.method.code, rate.method.name, rate.method.promise, rate.price_cents)
        for rate in best.values()
    ]


def free_shipping_from(rates: Iterable[ShippingRate], *, country: str) -> int | None:
    """Return the value of goods (cents) from which something ships free, None when nothing does."""
    free = [r.min_items_cents for r in rates if r.country == country and r.price_cents == 0]
    return min(free) if free else None
