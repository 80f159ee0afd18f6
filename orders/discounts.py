"""Discount codes: whether one may be used, what it takes off, and keeping to its limits."""

from datetime import datetime, timedelta

from django.db.models import F, Q

from orders.models import DiscountCode, DiscountUse, Order
from shop.lib.money import format_cents, share_of
from throttle.limits import Limit


class DiscountRefused(Exception):
    """The code cannot be used; the message says why, to the customer."""


class DiscountOver(DiscountRefused):
    """The code was good once: it has ended or is used up. For whoever holds it already."""


class TriedTooOften(Exception):
    """Too many wrong codes from this cart or network. `opens_at` is when it may try again."""

    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__()


# One answer for every code that cannot be used, so that guessing finds no names of earlier ones.
UNKNOWN = "This code is not valid, or not any more. Please check the spelling."
WRONG_PER_CART, WRONG_PER_NETWORK, PERIOD = 10, 50, timedelta(hours=1)


def guessing_limits(*, cart_id: int, sender: str) -> list[Limit]:
    """Return how many wrong codes one cart and one network (throttle.limits.address_block) may try."""
    return [
        Limit("discount_cart", str(cart_id), WRONG_PER_CART, PERIOD),
        Limit("discount_network", sender, WRONG_PER_NETWORK, PERIOD),
    ]


def find(code: str) -> DiscountCode:
    """Return the code as a customer typed it. Raises DiscountRefused when there is none in use."""
    found = DiscountCode.objects.filter(code=code.strip().upper(), is_active=True).first()
    if found is None:
        raise DiscountRefused(UNKNOWN)
    return found


def amount_off(
    code: DiscountCode, *, items_cents: int, now: datetime, is_held: bool = False
) -> int:
    """Return what `code` takes off goods worth `items_cents`, in cents.

    `is_held` says that the customer's own unpaid order counts among the uses already. Raises
    DiscountRefused when it is not valid now, not for this little, or used up.
    """
    if code.starts_at and now < code.starts_at:
        raise DiscountRefused(UNKNOWN)
    if code.ends_at and now >= code.ends_at:
        message = f"The code {code.code} has ended."
        raise DiscountOver(message)
    if items_cents < code.minimum_cents:
        message = f"The code {code.code} is for orders from {format_cents(code.minimum_cents)}."
        raise DiscountRefused(message)
    if code.max_uses is not None and code.uses - is_held >= code.max_uses:
        message = f"The code {code.code} has been used up."
        raise DiscountOver(message)
    off = code.amount_cents or share_of(items_cents, code.percent_basis_points)
    return min(off, items_cents)


def take(code: DiscountCode, order: Order) -> None:
    """Use `code` for `order`, in the order's transaction. Raises DiscountRefused past a limit.

    Counting and checking the total limit is one statement, and the customer's own uses are counted
    while that statement's row lock is held: parallel orders cannot both take the last use. Both
    limits are refused in the same words: who has used a code is nobody else's business.
    """
    spent = f"The code {code.code} has been used up, or you have used it before. Please remove it in the cart."
    within = Q(max_uses__isnull=True) | Q(uses__lt=F("max_uses"))
    taken = DiscountCode.objects.filter(within, pk=code.pk, is_active=True).update(
        uses=F("uses") + 1
    )
    if not taken:
        raise DiscountRefused(spent)
    email = order.email.lower()
    if code.max_uses_per_customer is not None:
        used = DiscountUse.objects.filter(code=code, email=email).count()
        if used >= code.max_uses_per_customer:
            raise DiscountRefused(spent)
    DiscountUse.objects.create(code=code, order=order, email=email)


def give_back(order: Order) -> None:
    """Let go of the code of an order that was never paid. Harmless when there is none."""
    use = DiscountUse.objects.filter(order=order).first()
    if use is not None and use.delete()[0]:
        DiscountCode.objects.filter(pk=use.code_id).update(uses=F("uses") - 1)
