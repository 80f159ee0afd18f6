"""Orders that have left, and what the outbox holds about reviews, for tests."""

from datetime import timedelta

from post_office.models import Email

from orders import fulfillment
from reviews import links
from tests.factories import make_paid_order, make_variant
from tests.reviews.makers import NOW

DAY = timedelta(days=1)
# Five business days later it is the same day of the week.
LEFT = NOW - 57 * DAY


def make_shipped(packs=1, *, left=LEFT, **fields):
    """An order all of which left at `left`."""
    if not isinstance(packs, dict):
        packs = {make_variant(): packs}
    order = make_paid_order(packs=packs, placed_at=left - DAY, **fields)
    ship(order, {line.pk: line.quantity for line in order.lines.all()}, left)
    return order


def ship(order, quantities, at):
    return fulfillment.ship(
        order_id=order.pk,
        carrier="usps",
        tracking_number="9400111",
        quantities=quantities,
        actor=None,
        now=at,
    )


def requests_mailed():
    """Subject and address of each mail that asks, the oldest first."""
    mails = Email.objects.filter(subject__icontains="review the").order_by("pk")
    return [(mail.subject, mail.to) for mail in mails]


def reminders():
    return Email.objects.filter(subject__startswith="One reminder")


def token_of(row):
    """The part of a request's addresses that opens it."""
    return links.stop_path(row).split("/")[3]
