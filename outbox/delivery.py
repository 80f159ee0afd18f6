"""Empty the outbox: send what is queued, or keep it where the shop has no mail server.

A mail is given up late, and never for the server's sake: while the server cannot be used no mail uses up a
try. Mails that the server does not take hold up no other. Why so: docs/decisions/0003.
"""

import logging
import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from post_office.mail import get_queued, send_queued
from post_office.models import STATUS, Email, Log
from post_office.settings import get_backend

from shop.lib import fault_points

logger = logging.getLogger(__name__)

# So many times in a row that the server fails us, and the round is over.
ENOUGH = 3
# What the server says of one mail: no reason to spare it the next. All else may be the server's trouble,
# and so is 421, "shutting down" (RFC 5321 section 3.8).
OF_ONE_MAIL = {"SMTPRecipientsRefused", "SMTPDataError"}
ANSWER = re.compile(r"\(([2-5][0-9]{2}), ")
SHUTTING_DOWN = "421"
# A round that takes longer ends: whoever called has other work, and new mails go first in the next.
A_ROUND = timedelta(minutes=5)
# A mail that has waited for so long is held up: staff are told.
LATE = timedelta(minutes=10)
# So many times a mail is offered to a server that refuses it for good (5xx, RFC 5321 section 4.2.1).
MOST_REFUSALS = 9
FOR_GOOD = r"\(5[0-9][0-9], "


def send_due() -> str:
    """Send every mail that is due, one batch after another, and say how it went in one line.

    Where settings.MAIL_DELIVERY is "keep" nothing is sent: the mails stay queued, for staff to read.
    Meant to run alone; the caller holds the lock.
    """
    if settings.MAIL_DELIVERY == "keep":
        return "mail is kept in the outbox (EMAIL_URL is not set)"
    fault_points.reached("mail.round_begins")
    if not get_queued():
        return "nothing is due"
    if trouble := server_trouble():
        logger.warning("Mails wait, the mail server cannot be used: %s", trouble)
        return "the mail server cannot be used, everything waits"
    sent = failed = requeued = misses = 0
    until = timezone.now() + A_ROUND
    # A mail that failed is put back with a later time.
    while misses < ENOUGH and timezone.now() < until:
        batch = send_queued(processes=1)
        fault_points.reached("mail.batch_done")
        if not any(batch):
            break
        sent, failed, requeued = sent + batch[0], failed + batch[1], requeued + batch[2]
        misses = 0 if batch[0] or _was_about_one_mail() else misses + 1
    if misses == ENOUGH:
        logger.warning("Mails wait, the mail server fails: %s", _in_short(_failures().first()))
    if requeued and (refused := _give_up_refused()):
        failed, requeued = failed + refused, requeued - refused
    return f"{sent} sent, {requeued} to retry, {failed} failed"


def server_trouble() -> str:
    """Connect to the mail server and log in; return what went wrong, empty when nothing did."""
    try:
        with get_connection(get_backend()):
            return ""
    except OSError as error:  # what smtplib and ssl raise is one, too
        return f"{type(error).__name__}: {error}"


def held_up(now: datetime) -> "QuerySet[Any]":
    """Return the mails that should have left and have not; none where no mail is sent."""
    if settings.MAIL_DELIVERY == "keep":
        return Email.objects.none()  # type: ignore[no-any-return]
    waiting = Email.objects.filter(status__in=[STATUS.queued, STATUS.requeued])
    return waiting.filter(created__lt=now - LATE)  # type: ignore[no-any-return]


def is_stuck(now: datetime) -> bool:
    """Say whether mails are held up and none has left lately: not just one that nobody takes."""
    lately = Email.objects.filter(status=STATUS.sent, last_updated__gte=now - LATE)
    return bool(held_up(now).filter(~Exists(lately)).exists())


def why_held_up(now: datetime) -> str:
    """Return how the server has last answered to a mail that is held up; empty when it was not asked."""
    return _in_short(_failures().filter(email__in=held_up(now)).first())


def _failures() -> "QuerySet[Any]":
    return Log.objects.filter(status=STATUS.failed).order_by("-pk")  # type: ignore[no-any-return]


def _code_in(log: Any) -> str:
    answer = ANSWER.search(log.message)
    return answer[1] if answer else ""


def _in_short(log: Any) -> str:
    # The kind of error and the server's code only: its words may hold an address.
    return f"{log.exception_type} {_code_in(log)}".strip() if log else ""


def _was_about_one_mail() -> bool:
    log = _failures()[0]
    return log.exception_type in OF_ONE_MAIL and _code_in(log) != SHUTTING_DOWN


def _give_up_refused() -> int:
    """Mark as failed what was refused for good again and again; return how many. Staff see them.

    Everything else goes on being tried for as long as settings.POST_OFFICE says.
    """
    complaints = Log.objects.filter(email=OuterRef("pk"), status=STATUS.failed).order_by("-pk")
    refused = (
        Email.objects.filter(status=STATUS.requeued, number_of_retries__gte=MOST_REFUSALS)
        .annotate(latest=Subquery(complaints.values("message")[:1]))
        .filter(latest__regex=FOR_GOOD)
    )
    return refused.update(status=STATUS.failed)  # type: ignore[no-any-return]
