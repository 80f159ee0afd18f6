"""The shop's mail in a history: a mail server that keeps what it takes, and what must have arrived there."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.test import override_settings
from post_office.models import STATUS, Email

from orders.models import Order
from outbox import delivery
from tests.crash.killing import killed_at
from tests.crash.mailbox import FATAL, FILE, accepted
from tests.histories.end_state import DOUBLE, ORDERS, Finding

# Where a worker can die besides the shop's own points: the mail is taken, the worker not told.
ACCEPTED = "mail.accepted"
_NEVER_REACHED = 99


@contextmanager
def office() -> Iterator[None]:
    """Send mails to a mailbox of this process."""
    handle, box = tempfile.mkstemp(prefix="mailbox-")
    os.close(handle)
    backend = {"default": "tests.crash.mailbox.Backend"}
    os.environ[FILE] = box
    try:
        with override_settings(
            MAIL_DELIVERY="send", POST_OFFICE={**settings.POST_OFFICE, "BACKENDS": backend}
        ):
            yield
    finally:
        del os.environ[FILE]
        Path(box).unlink()


class Post:
    """What may have gone twice, because nobody could know better."""

    def __init__(self) -> None:
        self._excused = Counter[str]()

    def die_in_mail(self, act: Callable[[], Any]) -> bool:
        """Do `act` in a worker that dies as the next mail has been taken, before it is told so."""
        waiting = Email.objects.filter(status=STATUS.queued).order_by("-priority", "pk").first()
        if waiting is None:
            return False
        os.environ[FATAL] = waiting.subject
        try:
            died = killed_at("mail.batch_done", act, times=_NEVER_REACHED)
        finally:
            del os.environ[FATAL]
        self._excused[waiting.subject] += died
        return died

    def findings(self, orders: Sequence[Order]) -> Iterator[Finding]:
        """Send what is left; every mail about `orders` must have arrived once."""
        # What is sent one by one in the shop is sent here at one go: it is asked for thousands of times.
        with override_settings(POST_OFFICE={**settings.POST_OFFICE, "BATCH_SIZE": 100}):
            delivery.send_due()
        about = Q(pk=None)
        for order in orders:
            about |= Q(subject__contains=order.number)
        mails = Email.objects.filter(about).values_list("subject", "status")
        arrived = accepted()
        for subject, many in Counter(subject for subject, _ in mails).items():
            there = arrived[subject]
            if there < many:
                yield Finding(ORDERS, many - there, f"the mail “{subject}” never left")
            elif there > many + self._excused[subject]:
                yield Finding(DOUBLE, there - many, f"the mail “{subject}” left {there} times")
        for subject, status in mails:
            if status != STATUS.sent:
                yield Finding(ORDERS, 1, f"the mail “{subject}” is not marked as sent")
