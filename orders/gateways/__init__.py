"""The way to the payment gateway."""

from functools import cache

from orders.gateways.base import Gateway


@cache
def gateway() -> Gateway:
    """Return the shop's gateway, made once per process."""
    from orders.gateways.stripe import StripeGateway  # noqa: PLC0415 (31 MB that a command may not need)

    return StripeGateway.from_settings()
