"""Who wants to hear that a pack is back. Rows live as long as the privacy policy says, and no longer."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from products.models.catalogue import Variant
from shop.lib.tokens import new_token, start_of_token


class BackInStockAlertQuerySet(models.QuerySet["BackInStockAlert"]):
    """Many alerts."""

    def waiting(self) -> "BackInStockAlertQuerySet":
        """Confirmed and not mailed yet."""
        return self.filter(confirmed_at__isnull=False, mailed_at=None)


class BackInStockAlert(models.Model):
    """One address that wants one email when one pack is back, with the words it agreed to.

    Asked, confirmed through a link in an email, mailed: each with its time (UTC). No internet address.
    """

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="alerts")
    email = models.EmailField()
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    token_start = start_of_token()
    consent_text = models.TextField()
    consent_sha256 = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = BackInStockAlertQuerySet.as_manager()

    class Meta:
        ordering = ("confirmed_at", "pk")
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                "variant",
                condition=Q(mailed_at=None),
                name="one_open_alert_per_pack_and_address",
            ),
            models.CheckConstraint(condition=~Q(consent_text=""), name="alert_has_consent"),
            models.CheckConstraint(
                condition=Q(mailed_at=None) | Q(confirmed_at__isnull=False),
                name="alert_mailed_only_when_confirmed",
            ),
        )

    def __str__(self) -> str:
        return f"Alert {self.pk}"
