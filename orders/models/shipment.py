"""Parcels."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orders.models.order import Order, OrderLine


class Shipment(models.Model):
    """One parcel that left, with what is in it. An order may need several."""

    class Carrier(models.TextChoices):
        """Who carries it."""

        USPS = "usps", "USPS"
        UPS = "ups", "UPS"
        FEDEX = "fedex", "FedEx"
        DHL = "dhl", "DHL"
        OTHER = "other", "Other"

    # Each carrier's own public tracking page; the number is appended.
    TRACKING_PAGES = {
        "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
        "ups": "https://www.ups.com/track?tracknum=",
        "fedex": "https://www.fedex.com/fedextrack/?trknbr=",
        "dhl": "https://www.dhl.com/us-en/home/tracking.html?tracking-id=",
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=10, choices=Carrier.choices)
    tracking_number = models.CharField(max_length=60, blank=True)
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="As somebody told us; empty: nobody has."
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(delivered_at__gte=F("shipped_at")),
                name="delivered_after_it_was_shipped",
            ),
        )
        indexes = (
            models.Index(fields=["shipped_at"], name="shipment_by_time"),
            models.Index(fields=["delivered_at"], name="shipment_by_delivery"),
        )

    def __str__(self) -> str:
        return f"{self.get_carrier_display()} {self.tracking_number}".strip()

    @property
    def tracking_url(self) -> str:
        """The carrier's page about this parcel, empty when there is none."""
        page = self.TRACKING_PAGES.get(self.carrier)
        return f"{page}{self.tracking_number}" if page and self.tracking_number else ""


class ShipmentLine(models.Model):
    """Packs of one order line in a parcel."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shipment", "line"], name="line_once_per_shipment"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_not_empty"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
