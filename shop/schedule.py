"""What runs when. The rows are the truth; a task only looks at what is due, so a missed run loses nothing.

Each task is one call. Locks keep a slow run from meeting the next one; they are forgotten when the
worker starts (HUEY["consumer"]["flush_locks"]), so there is one worker.
"""

import logging
from datetime import datetime

from django.core.management import call_command
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task, lock_task, periodic_task

from orders import cart, reconcile
from outbox import delivery
from pages import contact
from throttle import limits

logger = logging.getLogger(__name__)

HEARTBEAT = "heartbeat"


@db_periodic_task(crontab(minute="*"))
@lock_task("outbox")
def send_mail() -> None:
    """Send what is due in the outbox."""
    logger.debug("outbox: %s", delivery.send_due())


@db_periodic_task(crontab(minute="*/2"))
@lock_task("payments")
def settle_payments() -> None:
    """Ask Stripe about open payment pages; let overdue orders expire."""
    logger.debug("payments: %s", reconcile.check_open_sessions(now=timezone.now()))


@db_periodic_task(crontab(minute="*/5"))
@lock_task("refunds")
def settle_refunds() -> None:
    """Send refunds that were requested and not sent, and look after those in doubt."""
    logger.debug("refunds: %s", reconcile.sweep_refunds(now=timezone.now()))


@db_periodic_task(crontab(minute="17", hour="8"))
def forget() -> None:
    """Delete what is too old to be of use, as the privacy policy promises."""
    now = timezone.now()
    limits.forget_old(now)
    cart.forget_old(now)
    reconcile.forget_old_deliveries(now)
    contact.forget_old(now)
    call_command("clearsessions")


@periodic_task(crontab(minute="*"))
def beat() -> None:
    """Leave a sign of life, for `manage.py doctor`."""
    HUEY.put(HEARTBEAT, timezone.now().isoformat())


def last_heartbeat() -> datetime | None:
    """Return when the worker last gave a sign of life (aware, UTC), None if never."""
    text = HUEY.get(HEARTBEAT, peek=True)
    return datetime.fromisoformat(text) if text else None
