"""Against card testing: how many payment pages one network, browser or email address may ask for.

Each page is a place to try a stolen card. Why these limits and these numbers: docs/decisions/0019.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from orders.models import Cart, Order, PaymentAttempt
from throttle import limits
from throttle.limits import Limit

ORIGINS_KEPT = timedelta(days=2)


class TooOften(Exception):
    """So many tries came from there that a pause is due. Nothing was done; `opens_at` says how long."""

    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__(f"Not before {opens_at:%H:%M}")

    @property
    def minute(self) -> datetime:
        """The full minute from which it works again, to be told to people."""
        return (self.opens_at + timedelta(minutes=1)).replace(second=0, microsecond=0)


@dataclass(frozen=True)
class Visitor:
    """Who asks for a payment page, as far as we can tell. What is empty or None is not limited.

    `network` is what throttle.limits.address_block() says; it is counted as a hash and never stored.
    """

    email: str
    cart_id: int | None = None
    network: str = ""

    @property
    def keys(self) -> Iterator[tuple[str, str, int, int]]:
        """What is counted: its kind, whose it is, how many payment pages and how many declines."""
        email, cart, network = mailbox(self.email), str(self.cart_id or ""), self.network
        yield "network", network, settings.CHECKOUT_LIMIT_NETWORK, settings.DECLINE_LIMIT_NETWORK
        yield "browser", cart, settings.CHECKOUT_LIMIT_BROWSER, settings.DECLINE_LIMIT_BROWSER
        yield "email", email, settings.CHECKOUT_LIMIT_EMAIL, settings.DECLINE_LIMIT_EMAIL


def visitor_of(order: Order, *, network: str = "") -> Visitor:
    """Return the visitor who goes on with `order`. Its cart is known while it waits for payment."""
    cart_id = Cart.objects.filter(order=order).values_list("pk", flat=True).first()
    return Visitor(email=order.email, cart_id=cart_id, network=network)


def look(visitor: Visitor, *, now: datetime) -> None:
    """Raise TooOften when a page more would be one too many. Counts nothing."""
    if opens_at := limits.opening(_limits(visitor), now=now):
        raise TooOften(opens_at)


def admit(visitor: Visitor, *, now: datetime) -> None:
    """Count one payment page, in the transaction that makes its row; raises TooOften instead.

    Others who count for the same visitor wait until that transaction ends.
    """
    if opens_at := limits.admit(_limits(visitor), now=now):
        raise TooOften(opens_at)


def note_decline(attempt: PaymentAttempt, visitor: Visitor, *, at: datetime) -> None:
    """Count a card that was declined on a page of ours, in the caller's transaction."""
    for name, key, _, _ in visitor.keys:
        # Where the buyer came from is known by the hash that was kept with the page.
        digest = attempt.origin if name == "network" else limits.digest_of(key, at)
        if digest and (key or name == "network"):
            limits.note(kind=f"decline_{name}", digest=digest, at=at)


def forget_origins(now: datetime) -> int:
    """Empty the hashes of networks that no limit looks at any more; return how many."""
    old = PaymentAttempt.objects.filter(created_at__lt=now - ORIGINS_KEPT)
    return old.exclude(origin="").update(origin="")


def _limits(visitor: Visitor) -> list[Limit]:
    period = timedelta(minutes=settings.LIMIT_MINUTES)
    found = []
    for name, key, pages, declines in visitor.keys:
        if key and pages:
            found.append(Limit(f"checkout_{name}", key, pages, period))
        if key and declines:
            found.append(Limit(f"decline_{name}", key, declines, period, is_counted=False))
    return found


def mailbox(email: str) -> str:
    """Return whose inbox an address is: jo+1@example.com and Jo@example.com are one person's."""
    name, _, host = email.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"
