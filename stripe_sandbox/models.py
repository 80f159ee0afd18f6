"""What the sandbox remembers. Stripe's objects are kept as the JSON that Stripe would send."""

from http import HTTPStatus
from typing import Any

from django.db import models


class StoredObject(models.Model):
    """One Stripe object. `body` is its unexpanded JSON; `hidden` is what Stripe would never show."""

    stripe_id = models.CharField(max_length=120, unique=True)
    object_type = models.CharField(max_length=40, db_index=True)
    parent_id = models.CharField(max_length=120, blank=True, db_index=True)
    created = models.BigIntegerField()
    expires_at = models.BigIntegerField(null=True, db_index=True)
    body: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    hidden: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.stripe_id

    def change(self, **fields: Any) -> None:
        """Set fields of the body and store it."""
        self.body.update(fields)
        self.save()


class WebhookEndpoint(models.Model):
    """Where events go. `secrets` holds more than one while a secret is being rolled."""

    stripe_id = models.CharField(max_length=60, unique=True)
    url = models.URLField(max_length=500)
    secrets = models.JSONField(default=list)
    enabled_events = models.JSONField(default=list)
    is_enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.url

    def wants(self, event_type: str) -> bool:
        """Whether events of this type are delivered here."""
        return "*" in self.enabled_events or event_type in self.enabled_events


class Event(models.Model):
    """An event with the exact snapshot that it carries. `pending_webhooks` counts open deliveries."""

    stripe_id = models.CharField(max_length=60, unique=True)
    type = models.CharField(max_length=80, db_index=True)
    created = models.BigIntegerField()
    object_id = models.CharField(max_length=120, db_index=True)
    body: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    pending_webhooks = models.IntegerField(default=0)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"

    def as_stripe(self) -> dict[str, Any]:
        """The event as the API shows it now."""
        return {**self.body, "pending_webhooks": self.pending_webhooks}


class Delivery(models.Model):
    """One event on its way to one endpoint. These rows are the queue."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        DELIVERED = "delivered"
        GIVEN_UP = "given up"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING, db_index=True)
    due_at = models.FloatField(db_index=True)
    tries = models.IntegerField(default=0)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.event} → {self.endpoint} ({self.state})"


class DeliveryTry(models.Model):
    """One HTTP request of a delivery. `status_code` is null when no answer came."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    at = models.FloatField()
    status_code = models.IntegerField(null=True)
    answer = models.TextField(blank=True)
    milliseconds = models.IntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.status_code or self.answer}"

    @property
    def succeeded(self) -> bool:
        """Only a 2xx counts; Stripe takes a redirect for a failure too."""
        return (
            self.status_code is not None
            and HTTPStatus.OK <= self.status_code < HTTPStatus.MULTIPLE_CHOICES
        )


class IdempotentAnswer(models.Model):
    """The first answer under an Idempotency-Key; `status` is null while the request is in flight."""

    key = models.CharField(max_length=255, unique=True)
    fingerprint = models.CharField(max_length=64)
    created = models.BigIntegerField()
    status = models.IntegerField(null=True)
    body: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.key


class Fault(models.Model):
    """Trouble on demand for the next `remaining` API requests that match."""

    class Kind(models.TextChoices):
        ERROR = "error", "answer with `status` and do nothing"
        ERROR_AFTER = "error_after", "do the work, then answer with `status`"
        DROP = "drop", "close the connection and do nothing"
        DROP_AFTER = "drop_after", "do the work, then close the connection"
        HTML = "html", "answer 502 with an HTML page and do nothing"
        DELAY = "delay", "wait `seconds`, then work normally"

    method = models.CharField(max_length=6, blank=True)
    path = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.IntegerField(default=500)
    seconds = models.FloatField(default=0)
    remaining = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.kind} {self.method} {self.path} ×{self.remaining}"


class Switch(models.Model):
    """A named setting that survives a restart: the moved clock, paused deliveries."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.name}={self.value}"

    @classmethod
    def read(cls, name: str) -> float:
        """The value of a switch; 0 when it was never set."""
        return cls.objects.filter(pk=name).values_list("value", flat=True).first() or 0.0

    @classmethod
    def write(cls, name: str, value: float) -> None:
        """Set a switch."""
        cls.objects.update_or_create(pk=name, defaults={"value": value})
