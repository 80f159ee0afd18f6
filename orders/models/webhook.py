"""What the gateway told us, and what we made of it."""

from django.db import models


class WebhookDelivery(models.Model):
    """One delivery to our webhook. Never the body: what counts is fetched from the gateway again."""

    class Verdict(models.TextChoices):
        """How it was answered."""

        DONE = "done", "Handled"
        IGNORED = "ignored", "Not for us or not needed"
        INVALID = "invalid", "Bad body or signature"
        RETRY = "retry", "Could not be handled yet: asked to come again"

    class Source(models.TextChoices):
        """How we learned of it."""

        WEBHOOK = "webhook", "Delivered to us"
        LIST = "list", "Found in the gateway's list of undelivered events"

    event_id = models.CharField(max_length=120, blank=True, db_index=True)
    event_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=120, blank=True)
    api_version = models.CharField(max_length=40, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.WEBHOOK)
    detail = models.CharField(max_length=300, blank=True)
    body_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"

    def __str__(self) -> str:
        return f"{self.event_type or 'unreadable'}: {self.verdict}"
