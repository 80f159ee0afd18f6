"""What the sandbox remembers. Stripe's objects are kept as the JSON that Stripe would send."""

from http import HTTPStatus
from typing import Any

from django.db import connection, models


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
    """Where events go. `secrets` all sign; `expiring` are rolled ones, each `{"secret", "until"}`,
    that sign until their time (Unix seconds by the sandbox's clock)."""

    stripe_id = models.CharField(max_length=60, unique=True)
    url = models.URLField(max_length=500)
    secrets = models.JSONField(default=list)
    expiring = models.JSONField(default=list)
    enabled_events = models.JSONField(default=list)
    is_enabled = models.BooleanField(default=True)
    created = models.BigIntegerField(default=0)
    api_version = models.CharField(max_length=40, blank=True)
    description = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.url

    def wants(self, event_type: str) -> bool:
        """Whether events of this type are delivered here."""
        return "*" in self.enabled_events or event_type in self.enabled_events

    def signing_secrets(self, now: int) -> list[str]:
        """The secrets that sign at this moment: more than one while one is being rolled."""
        return [*self.secrets, *(old["secret"] for old in self.expiring if old["until"] > now)]


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
    """One event on its way to one endpoint. These rows are the queue.

    A copy is sent on top of what Stripe owes and does not count for `pending_webhooks`. A flaw
    spoils the next try only.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        DELIVERED = "delivered"
        GIVEN_UP = "given up"
        LOST = "lost"

    class Flaw(models.TextChoices):
        BAD_SIGNATURE = "bad_signature", "signed with a secret nobody has"
        OLD_STAMP = "old_stamp", "stamped longer ago than receivers accept"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING, db_index=True)
    due_at = models.FloatField(db_index=True)
    tries = models.IntegerField(default=0)
    is_copy = models.BooleanField(default=False)
    flaw = models.CharField(max_length=16, choices=Flaw, blank=True)

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

    account = models.CharField(max_length=40, default="")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created = models.BigIntegerField()
    status = models.IntegerField(null=True)
    body: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key"], name="one_answer_per_account_and_key"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Fault(models.Model):
    """Trouble on demand for the next `remaining` API requests that match."""

    class Kind(models.TextChoices):
        ERROR = "error", "error, nothing done"
        ERROR_AFTER = "error_after", "done, then an error"
        DROP = "drop", "hang up, nothing done"
        DROP_AFTER = "drop_after", "done, then hang up"
        HTML = "html", "HTML page, nothing done"
        EMPTY = "empty", "empty, nothing done"
        DELAY = "delay", "wait, then as usual"

    method = models.CharField(max_length=6, blank=True)
    path = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.IntegerField(default=500)
    code = models.CharField(max_length=40, blank=True)  # such as lock_timeout
    should_retry = models.CharField(max_length=5, blank=True)  # Stripe-Should-Retry: true or false
    seconds = models.FloatField(default=0)
    remaining = models.IntegerField(default=1)

    def __str__(self) -> str:
        slow = self.kind == self.Kind.DELAY
        what = f"{self.seconds:g} s" if slow else str(self.status)
        facts = (self.kind, what, self.code, self.method, self.path)
        return " ".join(fact for fact in facts if fact) + f" ×{self.remaining}"


class Switch(models.Model):
    """A named setting that survives a restart: the moved clock, paused deliveries."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.name}={self.value}"

    @classmethod
    def read(cls, name: str) -> float:
        """The value of a switch; 0 when it was never set."""
        # By hand: every look at the clock reads one, which was a quarter of the server's work.
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT value FROM {cls._meta.db_table} WHERE name = %s", [name])  # noqa: S608
            row = cursor.fetchone()
        return float(row[0]) if row else 0.0

    @classmethod
    def write(cls, name: str, value: float) -> None:
        """Set a switch."""
        cls.objects.update_or_create(pk=name, defaults={"value": value})
