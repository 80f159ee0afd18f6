"""The records of stock: every change of what is on hand, and every promise made from it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from products.models.catalogue import Variant


class StockMovement(models.Model):
    """One change of the stock on hand. Their sum per variant is `Variant.stock_on_hand`."""

    class Kind(models.TextChoices):
        """Why the number of packs in our shelves changed."""

        RECEIVED = "received", "Received from the maker"
        SOLD = "sold", "Shipped to a customer"
        RETURNED = "returned", "Came back and can be sold again"
        COUNTED = "counted", "Stock count found a difference"
        LOST = "lost", "Lost, broken or expired"

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    quantity = models.IntegerField(help_text="Positive: more on hand. Negative: less.")
    reason = models.CharField(max_length=200)
    reference = models.CharField(
        max_length=40, blank=True, help_text="For example an order number."
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Where the same booking could come twice (a form sent again), the second one finds its key taken.
    key = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="movement_has_reason"),
            models.CheckConstraint(
                condition=Q(kind="counted")
                | Q(kind__in=["received", "returned"], quantity__gt=0)
                | Q(kind__in=["sold", "lost"], quantity__lt=0),
                name="movement_sign_fits_kind",
            ),
        )
        indexes = (models.Index(fields=["variant", "created_at"], name="movement_by_variant"),)

    def __str__(self) -> str:
        return f"{self.variant_id} {self.quantity:+d} {self.kind}"

    @property
    def packs(self) -> str:
        """How many, always with a sign: "+30", "−5"."""
        return f"{self.quantity:+d}".replace("-", "−")


class Reservation(models.Model):
    """Packs that belong to an order and have not left yet. `reference` is the order's number."""

    class State(models.TextChoices):
        """Whether the order is paid."""

        HELD = "held", "Held until the payment window closes"
        ALLOCATED = "allocated", "Paid, waiting to be shipped"

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="reservations")
    reference = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["reference", "variant"], name="one_reservation_per_order_and_variant"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_not_empty"),
            models.CheckConstraint(condition=~Q(reference=""), name="reservation_is_for_somebody"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "allocated"]), name="reservation_state_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference}: {self.quantity} of {self.variant_id} {self.state}"
