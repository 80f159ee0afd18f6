"""Messages from visitors: stored, told to staff, forgotten after two years."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac

from outbox.mail import queue_mail
from pages.models import ContactMessage
from throttle import limits

MESSAGES_PER_HOUR = 5
# The privacy policy promises these times; a day is left for the nightly run.
KEEP = timedelta(days=730)
KEEP_SENDER = timedelta(days=2)


class TooManyMessages(Exception):
    """This network has sent its share for the hour; the next message is taken later."""


@dataclass(frozen=True)
class Letter:
    """A checked message, before it is stored. `topic` is one of ContactMessage.Topic."""

    name: str
    email: str
    order_number: str
    topic: str
    message: str


@transaction.atomic
def receive_message(letter: Letter, *, sender: str, now: datetime) -> ContactMessage:
    """Store `letter` and queue a mail to staff, both or neither.

    `sender` is the sender's network (throttle.limits.address_block); only a hash of it with the day is
    kept. Raises TooManyMessages past MESSAGES_PER_HOUR; then nothing is stored.
    """
    hour = timedelta(hours=1)
    if not limits.hit(kind="contact", key=sender, limit=MESSAGES_PER_HOUR, period=hour, now=now):
        raise TooManyMessages
    message = ContactMessage.objects.create(
        name=letter.name,
        email=letter.email,
        order_number=letter.order_number,
        topic=letter.topic,
        message=letter.message,
        received_at=now,
        sender_key_hash=_sender_hash(sender, now),
    )
    _tell_staff(message)
    return message


def keep_reaction(words: str, *, name: str, email: str, now: datetime) -> ContactMessage:
    """Store what somebody has told elsewhere of a skin reaction, for those who handle such reports.

    Name and email may be empty. In the caller's transaction; staff are told as of any message.
    """
    message = ContactMessage.objects.create(
        name=name or "A visitor",
        email=email,
        topic=ContactMessage.Topic.SKIN,
        message=words,
        received_at=now,
    )
    _tell_staff(message)
    return message


def forget_old(now: datetime) -> tuple[int, int]:
    """Delete messages and senders' hashes past the times that the privacy policy names.

    Returns how many messages were deleted and how many hashes were emptied.
    """
    deleted = ContactMessage.objects.received_before(now - KEEP).delete()[0]
    known = ContactMessage.objects.received_before(now - KEEP_SENDER).exclude(sender_key_hash="")
    return deleted, known.update(sender_key_hash="")


def _tell_staff(message: ContactMessage) -> None:
    path = reverse("admin:pages_contactmessage_change", args=[message.pk])
    queue_mail(
        to=settings.STAFF_EMAIL,
        template="pages/contact_received",
        context={"message": message, "admin_url": f"{settings.SITE_URL}{path}"},
        reply_to=message.email,
    )


def _sender_hash(sender: str, now: datetime) -> str:
    # The day is part of it, so messages of two days cannot be joined by their sender.
    return salted_hmac("pages.contact", f"{now:%Y-%m-%d}:{sender}", algorithm="sha256").hexdigest()
