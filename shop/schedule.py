"""What runs when. The rows are the truth; a task only looks at what is due, so a missed run loses nothing.

Where two runs must not meet, a lock keeps a slow one from the next; locks are forgotten when the
worker starts (HUEY["consumer"]["flush_locks"]), so there is one worker.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task, lock_task, periodic_task

from claims import nightly
from orders import attack_mode, card_testing, cart, disputes, look_up, reconcile
from outbox import delivery
from pages import contact, questions
from products import back_in_stock, low_stock
from redirects import not_found
from reviews import decisions, fairness, forgetting, invitations, photo_files, proof
from reviews import nightly as review_words
from search import indexing
from throttle import limits

logger = logging.getLogger(__name__)

HEARTBEAT = "heartbeat"


@db_periodic_task(crontab(minute="*"))
@lock_task("outbox")
def send_mail() -> None:
    """Queue the links that customers have asked for, then send what is due in the outbox."""
    logger.debug("links: %s", look_up.mail_links(timezone.now()))
    logger.debug("outbox: %s", delivery.send_due())


@db_periodic_task(crontab(minute="*/2"))
@lock_task("payments")
def settle_payments() -> None:
    """Ask Stripe about open payment pages; let overdue orders expire."""
    logger.debug("payments: %s", reconcile.check_open_sessions(now=timezone.now()))


@db_periodic_task(crontab(minute="*/2"))
def watch_for_card_testing() -> None:
    """Start attack mode where cards are declined in numbers, end it after a quiet time."""
    logger.debug("attack mode: %s", attack_mode.watch(timezone.now()))


@db_periodic_task(crontab(minute="*/5"))
@lock_task("refunds")
def settle_refunds() -> None:
    """Send refunds that were requested and not sent, and look after those in doubt."""
    logger.debug("refunds: %s", reconcile.sweep_refunds(now=timezone.now()))


@db_periodic_task(crontab(minute="7"))
@lock_task("reconcile")
def reconcile_everything() -> None:
    """Make up for webhooks that never came, and close payment pages that outlived their order."""
    for part in reconcile.everything(now=timezone.now()).parts:
        logger.log(logging.ERROR if part.failed else logging.INFO, "%s: %s", part.name, part.line)


@db_periodic_task(crontab(minute="27"))
def remind_of_disputes() -> None:
    """Remind staff of answers to disputes that are due soon; Stripe is not asked."""
    logger.debug("reminders: %s", disputes.remind(now=timezone.now()))


@db_periodic_task(crontab(minute="*/10"))
@lock_task("stock")
def watch_stock() -> None:
    """Tell staff what runs low, and those who asked for it what is back."""
    now = timezone.now()
    logger.debug("low in stock: %s", low_stock.tell_staff(now))
    logger.debug("back in stock: %s", back_in_stock.tell(now))


@db_periodic_task(crontab(minute="52"))
@lock_task("review requests")
def ask_for_reviews() -> None:
    """Plan the requests for reviews of orders that have arrived, and mail what is due."""
    now = timezone.now()
    logger.debug("review requests planned: %s", invitations.plan(now))
    logger.debug("review requests: %s", invitations.send_due(now))


@db_periodic_task(crontab(minute="22"))
@lock_task("review decisions")
def show_overdue_reviews() -> None:
    """Show the reviews that waited for a decision longer than REVIEW_DECIDE_DAYS."""
    after = timedelta(days=settings.REVIEW_DECIDE_DAYS)
    shown = decisions.show_overdue(after=after, now=timezone.now())
    logger.debug("reviews shown: %s", shown)


@db_periodic_task(crontab(minute="52"))
@lock_task("review words")
def read_reviews_again() -> None:
    """Read reviews with the rules of today, after new rules and after two people let a sentence stand."""
    logger.debug("reviews: %s", review_words.look_again(timezone.now()))


@db_periodic_task(crontab(minute="*/10"))
@lock_task("review photos")
def settle_review_photos() -> None:
    """Take photos that may not be seen any more from the addresses at which they were seen."""
    logger.debug("review photos: %s", photo_files.settle_all())


@db_periodic_task(crontab(minute="37"))
@lock_task("search")
def mend_search() -> None:
    """Let the search know what its signals did not see."""
    logger.debug("search: %s", indexing.mend())


@db_periodic_task(crontab(minute="47", hour="7"))
@lock_task("search")
def compare_search() -> None:
    """Compare every text with what the search knows of it."""
    logger.info("search: %s", indexing.rebuild())


@db_periodic_task(crontab(minute="27", hour="7"))
@lock_task("claims")
def check_claims() -> None:
    """Look for claims in what is published: changed texts, or all of them after new rules."""
    logger.info("claims: %s", nightly.check_everything(timezone.now()))


@db_periodic_task(crontab(minute="7", hour="8"))
@lock_task("proof of reviews")
def prove_reviews() -> None:
    """Prove that no review has vanished, and look whether withholding depends on the stars."""
    for words in proof.faults()[: proof.MOST_TOLD]:
        logger.error("reviews: %s", words)
    check = fairness.run(timezone.now())
    for words in fairness.findings(check):
        logger.error("fairness of reviews: %s", words)
    logger.info("fairness of reviews: %s", check)


@db_periodic_task(crontab(minute="17", hour="8"))
def forget() -> None:
    """Delete what is too old to be of use, as the privacy policy promises."""
    now = timezone.now()
    limits.forget_old(now)
    card_testing.forget_origins(now)
    cart.forget_old(now)
    look_up.forget_old(now)
    reconcile.forget_old_deliveries(now)
    contact.forget_old(now)
    questions.forget_old(now)
    back_in_stock.forget_old(now)
    forgetting.forget_old(now)
    not_found.forget_old(now)
    call_command("clearsessions")


@periodic_task(crontab(minute="*"))
def beat() -> None:
    """Leave a sign of life, for `manage.py doctor`."""
    HUEY.put(HEARTBEAT, timezone.now().isoformat())


def last_heartbeat() -> datetime | None:
    """Return when the worker last gave a sign of life (aware, UTC), None if never."""
    text = HUEY.get(HEARTBEAT, peek=True)
    return datetime.fromisoformat(text) if text else None
