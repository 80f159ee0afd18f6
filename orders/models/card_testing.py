"""What tells card testing from buying: cards that were declined, and the times of attack mode."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.models.payment import PaymentAttempt


class Decline(models.Model):
    """A card that was declined on a payment page of ours. Of the card itself nothing is kept."""

    attempt = models.ForeignKey(PaymentAttempt, models.CASCADE, related_name="declines")
    reference = models.CharField(
        max_length=120, unique=True, help_text="The gateway's id of the charge that failed."
    )
    reason = models.CharField(max_length=60, blank=True, help_text="The gateway's word for why.")
    declined_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.reference


class AttackMode(models.Model):
    """One time during which payment links went by mail only; the newest row may be still on."""

    is_on = models.BooleanField(default=True)
    is_automatic = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    start_reason = models.CharField(max_length=200)
    alarmed_at = models.DateTimeField(help_text="When declines were last as many as in an attack.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "attack mode"
        verbose_name_plural = "attack mode"
        ordering = ("-started_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["is_on"], condition=Q(is_on=True), name="one_attack_mode_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(is_on=True, ended_at__isnull=True)
                | Q(is_on=False, ended_at__isnull=False),
                name="attack_mode_on_or_ended",
            ),
        )
        permissions = (("switch_attackmode", "Can switch attack mode on and off"),)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
