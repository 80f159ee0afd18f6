"""Attack mode: while somebody tries out cards in numbers, payment links go by mail only.

It starts by itself when too many cards are declined in the whole shop, tells staff once, and ends by
itself after a quiet time; staff may switch it too. Each time is a row. Why so: docs/decisions/0019.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from orders import events, notifications
from orders.card_testing import mailbox
from orders.look_up import link_limit
from orders.models import AttackMode, Decline, Order, Payment
from outbox import delivery
from outbox.mail import queue_mail
from throttle import limits
from throttle.limits import Limit

logger = logging.getLogger(__name__)


class SwitchRefused(Exception):
    """It is on or off already; the message says so to staff."""


def sends_links() -> bool:
    """Say whether who orders now gets the payment link by mail only."""
    return can_mail() and AttackMode.objects.filter(is_on=True).exists()


def can_mail() -> bool:
    """Say whether attack mode changes anything: in a shop that sends no mail nobody could pay.

    A demo keeps its mails to be read.
    """
    return settings.MAIL_DELIVERY == "send" or settings.DEMO


def switch_on(*, reason: str, actor: events.Actor, now: datetime) -> AttackMode:
    """Switch it on by hand; it stays on until somebody switches it off. Raises SwitchRefused."""
    made = _start(reason=reason, actor=actor, is_automatic=False, now=now)
    if made is None:
        message = "Attack mode is on already."
        raise SwitchRefused(message)
    return made


def switch_off(*, reason: str, actor: events.Actor, now: datetime) -> None:
    """Switch it off by hand. Only what is declined from now on can start it anew.

    Raises SwitchRefused.
    """
    ended = AttackMode.objects.filter(is_on=True).update(
        is_on=False, ended_at=now, ended_by=actor.pk if actor else None, end_reason=reason
    )
    if not ended:
        message = "Attack mode is off already."
        raise SwitchRefused(message)


def watch(now: datetime) -> str:
    """Start it when cards are declined in numbers, end it after a quiet time; one line for the log.

    What staff switched on stays. May be called as often as one likes, by several at once.
    """
    declined = _declines_of_an_attack(now)
    mode = AttackMode.objects.filter(is_on=True).first()
    if declined and mode is None:
        reason = f"{declined} cards declined within {settings.ATTACK_MINUTES} minutes"
        mode = _start(reason=reason, actor=None, is_automatic=True, now=now)
        return "started" if mode else "on"
    if mode is None:
        return "off"
    if declined:
        AttackMode.objects.filter(pk=mode.pk, is_on=True).update(alarmed_at=now)
        return "on"
    quiet_since = now - timedelta(minutes=settings.ATTACK_QUIET_MINUTES)
    ended = AttackMode.objects.filter(
        pk=mode.pk, is_on=True, is_automatic=True, alarmed_at__lte=quiet_since
    ).update(
        is_on=False,
        ended_at=now,
        end_reason=f"Quiet for {settings.ATTACK_QUIET_MINUTES} minutes",
    )
    return "ended" if ended else "on"


def send_link_again(order: Order, *, now: datetime) -> bool:
    """Mail the link of an order that was asked for once more, unless that was often; say whether."""
    per_inbox = Limit(
        "pay_link",
        mailbox(order.email),
        settings.CHECKOUT_LIMIT_EMAIL or 1,
        timedelta(minutes=settings.LIMIT_MINUTES),
    )
    with transaction.atomic():
        if limits.admit([link_limit(order), per_inbox], now=now):
            return False
        notifications.order_pay_link(order)
    return True


def note_link(order: Order, *, now: datetime) -> None:
    """Count the first mail of an order's link, in the caller's transaction."""
    limit = link_limit(order)
    limits.note(kind=limit.kind, digest=limits.digest_of(limit.key, now), at=now)


def is_mail_late(now: datetime) -> bool:
    """Say whether a link may take long to come: mails are held up, and none has gone out lately."""
    return delivery.is_stuck(now)


def _declines_of_an_attack(now: datetime) -> int:
    """Return how many cards were declined lately if they are as many as in an attack, else 0."""
    since = now - timedelta(minutes=settings.ATTACK_MINUTES)
    last_end = AttackMode.objects.filter(is_on=False).order_by("-ended_at").first()
    if last_end and last_end.ended_at:
        since = max(since, last_end.ended_at)
    declined = Decline.objects.filter(declined_at__gt=since).count()
    paid = Payment.objects.filter(received_at__gt=since).count()
    many = 0 < settings.ATTACK_DECLINES <= declined
    return declined if many and declined * 100 >= settings.ATTACK_PERCENT * (declined + paid) else 0


def _start(
    *, reason: str, actor: events.Actor, is_automatic: bool, now: datetime
) -> AttackMode | None:
    """Start it, and tell staff where it starts by itself; None when somebody else just did."""
    try:
        with transaction.atomic():
            mode = AttackMode.objects.create(
                is_automatic=is_automatic,
                started_at=now,
                started_by_id=actor.pk if actor else None,
                start_reason=reason,
                alarmed_at=now,
            )
            if is_automatic:
                _tell_staff(mode)
    except IntegrityError:
        return None
    logger.warning("Attack mode started: %s", reason)
    return mode


def _tell_staff(mode: AttackMode) -> None:
    queue_mail(
        to=settings.STAFF_EMAIL,
        template="orders/staff_attack_mode",
        context={
            "mode": mode,
            "quiet_minutes": settings.ATTACK_QUIET_MINUTES,
            "admin_url": settings.SITE_URL + reverse("admin:orders_attackmode_changelist"),
        },
    )
