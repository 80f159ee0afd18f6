from django.db import models


class StarterRecord(models.Model):
    """What the starter content put into one row, so that loading again never undoes staff's work."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    # For each field a short hash of the value that we put in.
    fingerprints = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="starter_record_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
