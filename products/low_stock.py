"""Telling staff that a pack runs low: once, and again only after there was more in between."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from outbox.mail import queue_mail
from products.models import Variant


@transaction.atomic
def tell_staff(now: datetime) -> int:
    """Queue one mail about the packs that have become low; return how many it names.

    Marking a pack and queuing the mail are one transaction, and of two runs at once only one marks it:
    so a pack is told of exactly once, also after a crash. `now` is kept as the time of the telling.
    """
    refilled = Variant.objects.filter(
        low_stock_told_at__isnull=False,
        stock_on_hand__gt=F("stock_reserved") + F("low_stock_at"),
    )
    untold = Variant.objects.low().filter(low_stock_told_at=None)
    # All locks in one go and in everybody's order (products/stock.py), or a checkout and we could wait for
    # each other. Whoever holds a row is waited for, and the conditions are asked of it again.
    found = list((refilled | untold).order_by("pk").select_for_update())
    told = [pack.pk for pack in found if pack.low_stock_told_at is None]
    again = [pack.pk for pack in found if pack.low_stock_told_at is not None]
    Variant.objects.filter(pk__in=told).update(low_stock_told_at=now)
    Variant.objects.filter(pk__in=again).update(low_stock_told_at=None)
    if told:
        _mail(told)
    return len(told)


def _mail(variant_ids: list[int]) -> None:
    packs = Variant.objects.filter(pk__in=variant_ids).select_related("product").order_by("sku")
    rows = [
        {
            "pack": pack,
            "url": settings.SITE_URL + reverse("admin:products_variant_change", args=[pack.pk]),
        }
        for pack in packs
    ]
    list_url = settings.SITE_URL + reverse("admin:products_variant_changelist")
    queue_mail(
        to=settings.STAFF_EMAIL,
        template="products/staff_low_stock",
        context={"rows": rows, "list_url": list_url},
    )
