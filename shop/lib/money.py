"""Money as integer cents: the only rounding and the only formatting in the shop."""

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel.numbers import format_currency
from django.conf import settings

# Minor units of the currencies we may be set to; the same table that Stripe uses
# (docs.stripe.com/currencies: zero-decimal currencies).
EXPONENTS = {"USD": 2, "CAD": 2, "EUR": 2, "GBP": 2, "JPY": 0}


def format_cents(cents: int, currency: str | None = None) -> str:
    """Return `cents` (minor units of `currency`, default the shop's) as people write it: "$24.00".

    Raises KeyError for a currency that is not in EXPONENTS.
    """
    return _written(cents, currency or settings.CURRENCY, settings.MONEY_LOCALE)


@lru_cache(maxsize=4096)  # a page shows the same few amounts again and again
def _written(cents: int, currency: str, locale: str) -> str:
    amount = Decimal(cents).scaleb(-EXPONENTS[currency])
    return format_currency(amount, currency, locale=locale)


def decimal_string(cents: int, currency: str | None = None) -> str:
    """Return `cents` as a plain decimal number for machines (JSON-LD, feeds): "24.00"."""
    exponent = EXPONENTS[currency or settings.CURRENCY]
    return f"{Decimal(cents).scaleb(-exponent):.{exponent}f}"


def percent_of(cents: int, percent: Decimal) -> int:
    """Return `percent` (8.875 is 8.875 %) of `cents`, exact until it is rounded half away from zero.

    Half-up is the rule of most US states for sales tax (Streamlined Sales and Use Tax Agreement,
    section 324: carry to the third decimal place, round up above four).
    """
    # Fractions know no precision: whatever the rate, nothing is lost before the one rounding.
    exact = Fraction(abs(cents)) * Fraction(percent) / 100
    rounded = math.floor(exact + Fraction(1, 2))
    return rounded if cents >= 0 else -rounded


def share_of(cents: int, basis_points: int) -> int:
    """Return `basis_points` (1/100 of a percent) of `cents`, rounded as percent_of() does."""
    return percent_of(cents, Decimal(basis_points).scaleb(-2))


def percent_string(percent: Decimal) -> str:
    """Return `percent` without zeros that say nothing: "8.875", "6.25", "10"."""
    return f"{percent.normalize():f}"


def spread(total_cents: int, weights: list[int]) -> list[int]:
    """Split `total_cents` over `weights` so that the parts add up to it exactly.

    Largest remainder; ties go to the earlier part. All-zero weights give the whole to the first part.
    Raises ValueError when there is no part or a weight is negative.
    """
    if not weights or min(weights) < 0:
        msg = "spread() needs at least one weight, none below zero"
        raise ValueError(msg)
    whole = sum(weights)
    if whole == 0:
        return [total_cents] + [0] * (len(weights) - 1)
    parts = [total_cents * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda index: (-(total_cents * weights[index] % whole), index)
    )
    for index in by_remainder[: total_cents - sum(parts)]:
        parts[index] += 1
    return parts


def unit_price(cents: int, units: int) -> int:
    """Return the price of one of `units` in cents, rounded half up. Raises ZeroDivisionError for 0."""
    return (cents * 2 + units) // (2 * units)
