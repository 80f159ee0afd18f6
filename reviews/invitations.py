"""Asking for reviews by mail: when, whom, how often, and how it ends.

All buyers alike. Whether somebody is asked depends on three things and no others: their order has arrived
(orders/deliveries.py), at least one pack of the product left for them, and nobody stopped requests to their
address. Not on what they paid, whether they complained, sent something back, got a refund or dispute the
payment, nor on any review before. An order that was canceled before anything left has never arrived. A shop that
asked happy buyers only would have reviews that lie, so nobody of staff can leave out or stop anybody's request.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import salted_hmac

from orders import deliveries
from orders.models import Order, OrderLine, Shipment
from outbox import mail
from reviews import campaigns, links, notifications
from reviews.models import Invitation, MailStop, Review

# After a long outage nobody is asked about something long ago.
TOO_LATE = timedelta(days=60)
# Parcels that left or arrived before that are not looked at. More than the longest way takes, with TOO_LATE.
LOOK_BACK = timedelta(days=180)
BATCH = 200
PLANNED_AT_ONCE = 2000
MAILED_AT_ONCE = 500


def plan(now: datetime) -> int:
    """Note a request for each product of every order that has arrived by now; return how many are new."""
    made, after = 0, 0
    while made < PLANNED_AT_ONCE:
        orders = list(_unplanned(now).filter(pk__gt=after)[:BATCH])
        if not orders:
            break
        after = orders[-1].pk
        arrived = deliveries.delivered_at_of(orders)
        made += sum(
            _plan_for(order, arrived[order.pk])
            for order in orders
            if order.pk in arrived and arrived[order.pk] <= now
        )
    return made


def follow_delivery(order: Order) -> None:
    """Let the requests of `order` that were not mailed yet count from the delivery as it is known now."""
    arrived = deliveries.delivered_at(order)
    if arrived is not None:
        Invitation.objects.filter(order=order, mailed_at=None).update(**_times(arrived))


def follow_email(order: Order) -> None:
    """Ask for reviews of `order` at its new address, once; links that went to the old one end.

    Mails that have not left are taken back. What had left is asked anew with the next run, by the rules for any
    request: never when it was answered, nor too late, nor where the new address wants none. Who stopped requests
    to the old address stopped them there. An offer that has left with a mail is kept. In a transaction.
    """
    for row in Invitation.objects.select_for_update().filter(order=order).order_by("pk"):
        has_waited = mail.take_back(containing=links.invitation_path(row))
        row.nonce = Invitation._meta.get_field("nonce").get_default()
        if not Review.objects.filter(order_line=row.order_line_id).exists():
            if has_waited and not row.reminded_at:  # nobody has read what it offers
                row.campaign, row.incentive_label = None, ""
            row.mailed_at = row.reminded_at = row.stopped_at = None
        row.save()


def send_due(now: datetime) -> str:
    """Queue the requests and reminders that are due, and say how many in one line.

    At most MAILED_AT_ONCE of each; the rest in the next run. A request that is overdue by more than TOO_LATE is
    never sent, nor is anything after the end of its link.
    """
    asked = sum(_ask(pk, now) for pk in _due(now))
    reminded = sum(_remind(pk, now) for pk in _to_remind(now))
    return f"{asked} asked, {reminded} reminded"


def stop(token: str, *, now: datetime) -> bool:
    """End all requests to the address that got this link, for good. Returns whether the link is known.

    Mails to it that have not left are taken back. Harmless when it was stopped before.
    """
    invitation = links.find_stop(token)
    if invitation is None:
        return False
    email = invitation.order.email
    with transaction.atomic():
        MailStop.objects.get_or_create(
            address_key=_address_keys(email)[0], defaults={"stopped_at": now}
        )
        open_ones = Invitation.objects.filter(order__email__iexact=email.strip(), stopped_at=None)
        rows = list(open_ones.select_for_update(of=("self",)).order_by("pk"))
        Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(stopped_at=now)
        for row in rows:
            mail.take_back(containing=links.stop_path(row))
    return True


def is_stopped(email: str) -> bool:
    """Say whether `email` wants no requests; capitals make no other address."""
    return MailStop.objects.filter(address_key__in=_address_keys(email)).exists()


def _unplanned(now: datetime) -> Any:
    since = now - LOOK_BACK
    recent = Shipment.objects.filter(Q(shipped_at__gte=since) | Q(delivered_at__gte=since))
    # Orders of a demo are asked about in a demo only.
    return (
        Order.objects.filter(pk__in=recent.values("order"), is_demo__in={False, settings.DEMO})
        .exclude(Exists(Invitation.objects.filter(order=OuterRef("pk"))))
        .prefetch_related("lines__variant", "shipments")
        .order_by("pk")
    )


@transaction.atomic
def _plan_for(order: Order, arrived: datetime) -> int:
    first: dict[int, OrderLine] = {}
    for line in sorted(order.lines.all(), key=lambda one: one.pk):
        if line.quantity_shipped:
            first.setdefault(line.variant.product_id, line)
    made = 0
    for product_id, line in first.items():
        _, is_new = Invitation.objects.get_or_create(
            order=order,
            product_id=product_id,
            defaults={"order_line": line, **_times(arrived)},
        )
        made += is_new
    return made


def _times(arrived: datetime) -> dict[str, datetime]:
    due = arrived + timedelta(days=settings.REVIEW_REQUEST_DAYS)
    expires = due + timedelta(days=settings.REVIEW_LINK_DAYS)
    return {"delivered_at": arrived, "due_at": due, "expires_at": expires}


def _open(now: datetime) -> Any:
    # Answered is also what came in for this line on another way, such as an import.
    answers = Review.objects.filter(order_line=OuterRef("order_line"))
    return Invitation.objects.filter(stopped_at=None, expires_at__gt=now).exclude(Exists(answers))


def _due(now: datetime) -> list[int]:
    rows = _open(now).filter(mailed_at=None, due_at__lte=now, due_at__gte=now - TOO_LATE)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:MAILED_AT_ONCE])


def _to_remind(now: datetime) -> list[int]:
    if not settings.REVIEW_REMINDER_DAYS:
        return []
    before = now - timedelta(days=settings.REVIEW_REMINDER_DAYS)
    rows = _open(now).filter(
        reminded_at=None, mailed_at__lte=before, mailed_at__gte=before - TOO_LATE
    )
    return list(rows.order_by("mailed_at", "pk").values_list("pk", flat=True)[:MAILED_AT_ONCE])


def _ask(pk: int, now: datetime) -> bool:
    def marks(invitation: Invitation) -> dict[str, Any]:
        return {"mailed_at": now, **_offer(invitation, now)}

    return _mail(pk, now, {"mailed_at": None}, marks, notifications.review_request)


def _offer(invitation: Invitation, now: datetime) -> dict[str, Any]:
    # The offer as the mail tells it: later changes of the campaign change nothing here.
    if invitation.campaign_id is not None:  # mailed before, to an address that was corrected since
        return {}
    offer = campaigns.offer_for(now)
    return {"campaign": offer, "incentive_label": offer.label if offer else ""}


def _remind(pk: int, now: datetime) -> bool:
    def marks(_: Invitation) -> dict[str, Any]:
        return {"reminded_at": now}

    return _mail(pk, now, {"reminded_at": None}, marks, notifications.review_reminder)


@transaction.atomic
def _mail(
    pk: int,
    now: datetime,
    unmarked: dict[str, Any],
    marks_of: Callable[[Invitation], dict[str, Any]],
    queue: Callable[[Invitation], Any],
) -> bool:
    """Mark the row and queue its mail; of two runs at once only one does. Returns whether this one did."""
    # The row first: a correction of the order's email waits for us, and then finds the mail.
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("product")
    invitation = rows.get(pk=pk)
    if is_stopped(invitation.order.email):
        Invitation.objects.filter(pk=pk, stopped_at=None).update(stopped_at=now)
        return False
    marks = marks_of(invitation)
    if not Invitation.objects.filter(pk=pk, stopped_at=None, **unmarked).update(**marks):
        return False
    for name, value in marks.items():
        setattr(invitation, name, value)
    queue(invitation)
    return True


def _address_keys(email: str) -> list[str]:
    """The keyed hash of an address; beside it those with earlier keys of the shop, to compare with."""
    return [
        salted_hmac(
            "reviews.mail_stop", email.strip().lower(), secret=key, algorithm="sha256"
        ).hexdigest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
