"""The planned terms of the affiliate program, in one place until the program has rows of its own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offer:
    """What a partner would get, and when."""

    rate_percent: int
    window_days: int
    hold_days: int
    minimum_payout_cents: int

    def commission_on(self, cents: int) -> int:
        """Return the commission on `cents` of goods, rounded half up to a cent."""
        return (cents * self.rate_percent + 50) // 100


PLANNED_OFFER = Offer(rate_percent=15, window_days=30, hold_days=30, minimum_payout_cents=2500)
EXAMPLE_CENTS = 6000
