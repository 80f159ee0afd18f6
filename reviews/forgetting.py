"""What reviews need not know for long: which network one came from."""

from datetime import datetime, timedelta

from reviews.models import Review

# The look for bursts asks about an hour; two days hold over a weekend's repair.
KEEP_SENDER = timedelta(days=2)


def forget_old(now: datetime) -> int:
    """Empty the hashes of senders' networks that are older than two days; return how many."""
    old = Review.objects.filter(received_at__lt=now - KEEP_SENDER).exclude(sender_key="")
    return old.update(sender_key="")
