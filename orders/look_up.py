"""The look-up: mails the link of an order to whoever ordered it, and tells a stranger nothing.

Asking only writes down what was typed; the worker looks whether there is such an order. So the answer
cannot tell, neither by its words nor by the time it takes.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from orders import notifications
from orders.models import LinkRequest, Order
from throttle import limits

logger = logging.getLogger(__name__)

ASKED_PER_HOUR = 10  # by one network
ONE_LINK_PER = timedelta(minutes=5)  # for one order, whoever asks
MOST_AT_ONCE = 500
# What could not be answered for so long is given up: whoever waits has asked again.
KEEP = timedelta(days=1)


class AskedTooOften(Exception):
    """This network has asked often enough. `opens_at` is when it may ask again."""

    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__()


def ask_for_link(*, number: str, email: str, sender: str, now: datetime) -> None:
    """Note that the link of order `number` is to be mailed, if it is `email`'s.

    `sender` is the network (throttle.limits.address_block), counted and not stored. Does not look
    whether there is such an order. Raises AskedTooOften, then nothing is noted.
    """
    by_network = limits.Limit("order_status", sender, ASKED_PER_HOUR, timedelta(hours=1))
    if opens_at := limits.admit([by_network], now=now):
        raise AskedTooOften(opens_at)
    LinkRequest.objects.create(number=number, email=email, asked_at=now)


def link_limit(order: Order) -> limits.Limit:
    """Return how often the link of `order` is mailed: however it is asked for, no inbox fills up."""
    return limits.Limit("order_link", order.number, 1, ONE_LINK_PER)


def mail_links(now: datetime) -> int:
    """Queue the links that were asked for since the last time; return how many. Run alone.

    One that stumbles does not stop the others, and is tried again.
    """
    mailed = 0
    for request in LinkRequest.objects.order_by("pk")[:MOST_AT_ONCE]:
        try:
            mailed += _answer(request, now)
        except Exception:
            logger.exception("Link request %s could not be answered", request.pk)
    return mailed


def forget_old(now: datetime) -> int:
    """Delete requests that nobody waits for any more; return how many."""
    return LinkRequest.objects.filter(asked_at__lt=now - KEEP).delete()[0]


@transaction.atomic
def _answer(request: LinkRequest, now: datetime) -> bool:
    request.delete()
    order = Order.objects.filter(number=request.number, email__iexact=request.email).first()
    if order is None or limits.admit([link_limit(order)], now=now):
        return False
    notifications.order_link(order)
    return True
