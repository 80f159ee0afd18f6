"""Giving a mail another chance: what failed is put back, what was sent goes out once more as a copy."""

from django.db import transaction
from post_office.models import STATUS, Email


class NotPossible(Exception):
    """This mail cannot be sent again; the message says why, to staff."""


def again(*, email_id: int) -> Email:
    """Put a mail into the outbox again and return the mail that will be sent.

    A failed mail, or one that waits for its next try, is due at once with all its tries. Of a sent one
    a copy is made, so that what was sent stays on record. Raises NotPossible for a mail that waits to be
    sent already, itself or as a copy: asking twice sends once.
    """
    with transaction.atomic():
        email: Email = Email.objects.select_for_update().get(pk=email_id)
        if email.status == STATUS.queued:
            message = "This mail is waiting to be sent already."
            raise NotPossible(message)
        if email.status == STATUS.sent:
            return _copy(email)
        Email.objects.filter(pk=email.pk).update(
            status=STATUS.queued, scheduled_time=None, number_of_retries=0
        )
        email.refresh_from_db()
    return email


def _copy(email: Email) -> Email:
    waiting = Email.objects.filter(
        pk__gt=email.pk,
        status__in=[STATUS.queued, STATUS.requeued],
        to=email.to,
        subject=email.subject,
        message=email.message,
    )
    if waiting.exists():
        message = "A copy of this mail is waiting to be sent already."
        raise NotPossible(message)
    copy: Email = Email.objects.create(
        from_email=email.from_email,
        to=email.to,
        cc=email.cc,
        bcc=email.bcc,
        subject=email.subject,
        message=email.message,
        html_message=email.html_message,
        headers=email.headers,
        priority=email.priority,
        status=STATUS.queued,
    )
    copy.attachments.set(email.attachments.all())
    return copy
