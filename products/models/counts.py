"""Counts of the shelves, as they were done. The database refuses to change or delete them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from products.models.catalogue import Variant


class StockCount(models.Model):
    """One time that somebody counted: when, who, why. Written by products.counting only."""

    reason = models.CharField(max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # A form that is sent twice finds its key taken.
    key = models.UUIDField(unique=True, editable=False)
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ("-counted_at", "-pk")
        permissions = (("count_stock", "Can count the stock"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="stock_count_has_reason"),
        )

    def __str__(self) -> str:
        return f"Count {self.pk}"


class StockCountLine(models.Model):
    """What was found of one pack. The difference was booked as a movement, where there was one."""

    count = models.ForeignKey(StockCount, models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    expected = models.IntegerField()
    counted = models.IntegerField()
    difference = models.IntegerField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["count", "variant"], name="pack_once_per_count"),
            models.CheckConstraint(
                condition=Q(expected__gte=0, counted__gte=0), name="count_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(difference=F("counted") - F("expected")), name="count_difference_fits"
            ),
        )

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.counted} instead of {self.expected}"
