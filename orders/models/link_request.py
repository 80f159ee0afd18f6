"""Somebody's wish to have the link of an order mailed, until the worker has looked at it."""

from django.db import models


class LinkRequest(models.Model):
    """What was typed into the look-up, whether or not there is such an order. Lives for a minute."""

    number = models.CharField(max_length=20)
    email = models.EmailField(max_length=320)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"link request {self.pk}"
