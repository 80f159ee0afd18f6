"""Empty the outbox: send what is queued, or keep it where the shop has no mail server."""

from django.conf import settings
from post_office.mail import send_queued


def send_due() -> str:
    """Send every mail that is due, one batch after another, and say how it went in one line.

    Where settings.MAIL_DELIVERY is "keep" nothing is sent: the mails stay queued, for staff to read.
    Meant to run alone; the caller holds the lock.
    """
    if settings.MAIL_DELIVERY == "keep":
        return "mail is kept in the outbox (EMAIL_URL is not set)"
    sent = failed = requeued = 0
    while True:
        batch = send_queued(processes=1)
        sent, failed, requeued = sent + batch[0], failed + batch[1], requeued + batch[2]
        # A mail that failed is put back with a later time, so a batch without success ends the round.
        if not batch[0]:
            return f"{sent} sent, {requeued} to retry, {failed} failed"
