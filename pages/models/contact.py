from datetime import datetime
from typing import Self

from django.db import models


class ContactMessageQuerySet(models.QuerySet["ContactMessage"]):
    def waiting(self) -> Self:
        """Messages nobody has answered yet, the oldest first."""
        return self.filter(state=ContactMessage.State.NEW).order_by("received_at")

    def received_before(self, moment: datetime) -> Self:
        """Messages older than `moment`."""
        return self.filter(received_at__lt=moment)


class ContactMessage(models.Model):
    """What a visitor wrote to us."""

    class State(models.TextChoices):
        NEW = "new", "New"
        ANSWERED = "answered", "Answered"

    class Topic(models.TextChoices):
        ORDER = "order", "An order"
        RETURN = "return", "A return or refund"
        PRODUCT = "product", "The patch and how to use it"
        SKIN = "skin", "My skin reacted"
        WEBSITE = "website", "The website"
        PARTNER = "partner", "The affiliate program"
        PRIVACY = "privacy", "My data"
        OTHER = "other", "Something else"

    name = models.CharField(max_length=80)
    email = models.EmailField()
    order_number = models.CharField(max_length=20, blank=True)
    topic = models.CharField(max_length=12, choices=Topic.choices)
    message = models.TextField()
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.NEW, editable=False
    )
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = models.CharField(max_length=150, blank=True, editable=False)
    answer = models.TextField("what was answered", blank=True, editable=False)
    # A daily-salted HMAC of the sender's network, never the address itself (throttle.limits).
    sender_key_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = ContactMessageQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at", "-pk")
        permissions = (("answer_contactmessage", "Can answer contact messages"),)
        indexes = (models.Index(fields=["state", "received_at"], name="contact_waiting"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="new", answered_at__isnull=True)
                | models.Q(state="answered", answered_at__isnull=False),
                name="contact_answered_has_time",
            ),
        )

    def __str__(self) -> str:
        return f"Message {self.pk}: {self.get_topic_display()}"

    @property
    def is_safety_report(self) -> bool:
        """Whether it goes to those who handle reports of skin reactions."""
        return self.topic == self.Topic.SKIN

    def mark_answered(self, *, by: str, now: datetime, answer: str = "") -> bool:
        """Note that `by` (a user name) has answered, and what. Returns False when it was answered already."""
        changed = ContactMessage.objects.filter(pk=self.pk, state=self.State.NEW).update(
            state=self.State.ANSWERED, answered_at=now, answered_by=by, answer=answer
        )
        return changed == 1
