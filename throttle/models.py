"""Attempts that count against a limit, for as long as the limit looks back."""

from django.db import models


class Attempt(models.Model):
    """One try at something limited. `key` is a hash that changes daily; nobody can be found by it."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    attempted_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["kind", "key", "attempted_at"], name="attempt_lookup"),)

    def __str__(self) -> str:
        return f"{self.kind} at {self.attempted_at:%Y-%m-%d %H:%M}"
