"""The public log: every submission, decision, edit and withdrawal, in a chain of hashes that only grows.

One row tells the public what happened (see `facts()`); who did it and why stays with us in columns that the
triggers guard as well and that `digest` seals: reviews/log.py says how.
"""

import secrets
from typing import Any

from django.db import models
from django.db.models import Q

from reviews.models.review import Review, ReviewVersion
from shop.lib.hash_chain import START, Fact, Link


def new_salt() -> str:
    """Return what keeps a digest from being guessed: short words of withheld reviews stay private."""
    return secrets.token_hex(16)


class LogEntry(models.Model):
    """One act. Hashes: shop/lib/hash_chain.py over `facts()`."""

    class Kind(models.TextChoices):
        """What happened."""

        RECEIVED = "received", "Received"
        EDITED = "edited", "Changed by its author"
        WAITING = "waiting", "Waits for a decision"
        SHOWN = "shown", "Shown"
        WITHHELD = "withheld", "Withheld"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"
        PHOTO_SHOWN = "photo_shown", "Photo shown"
        PHOTO_WITHHELD = "photo_withheld", "Photo withheld"
        LABELLED = "labelled", "Labeled"
        REPLIED = "replied", "Replied to"
        ERASED = "erased", "Words erased at the author's wish"

    sequence = models.PositiveBigIntegerField("entry", unique=True)
    number = models.PositiveBigIntegerField("review")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    stars = models.PositiveSmallIntegerField(help_text="0: not told before a decision.")
    is_verified = models.BooleanField()
    source = models.CharField(max_length=10)
    reason = models.CharField(max_length=16, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    # Not public; sealed by `digest`.
    review = models.ForeignKey(Review, models.PROTECT, related_name="log")
    version = models.ForeignKey(
        ReviewVersion, models.PROTECT, null=True, blank=True, related_name="log"
    )
    actor = models.CharField(max_length=150, blank=True, help_text="Empty: the rules did it.")
    note = models.TextField(blank=True)
    salt = models.CharField(max_length=32, default=new_salt)

    class Meta:
        ordering = ("sequence",)
        verbose_name_plural = "log entries"
        constraints = (
            models.CheckConstraint(condition=Q(sequence__gte=1), name="review_log_from_one"),
            # Of a number there is one beginning.
            models.UniqueConstraint(
                fields=["number"], condition=Q(kind="received"), name="review_received_once"
            ),
        )
        indexes = (models.Index(fields=["number", "sequence"], name="review_log_by_number"),)

    def __str__(self) -> str:
        return f"{self.sequence}: review {self.number} {self.kind}"

    @property
    def link(self) -> Link:
        """What ties it into the chain."""
        return Link(self.sequence, self.previous_hash, self.hash)

    def facts(self) -> dict[str, Fact]:
        """Return what its hash seals, in this order, for good: all that the public page shows of it."""
        return {
            "number": self.number,
            "kind": str(self.kind),
            "stars": self.stars,
            "bought_here": "yes" if self.is_verified else "no",
            "source": str(self.source),
            "reason": str(self.reason),
            "digest": self.digest,
            "at": self.at,
        }


class LogHead(models.Model):
    """The one row that says where the log ends and which number was the last; who writes locks it."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    sequence = models.PositiveBigIntegerField(default=START.sequence)
    hash = models.CharField(max_length=64, default=START.hash)
    last_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="review_log_has_one_head"),)

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @property
    def link(self) -> Link:
        """What the next entry continues from."""
        return Link(self.sequence, "", self.hash)

    def advance_to(self, link: Link, last_number: int) -> None:
        """Note the new last entry. The caller holds the lock."""
        LogHead.objects.filter(pk=self.pk).update(
            sequence=link.sequence, hash=link.hash, last_number=last_number
        )


class ReviewCount(models.Model):
    """How many reviews of a product have something in common; kept in the transaction that changes it.

    So a page reads a few dozen rows however many reviews there are. Kinds and keys: reviews/counting.py.
    """

    product = models.ForeignKey("products.Product", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=80)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["product", "kind", "key"], name="review_count_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.count}"


class FairnessCheck(models.Model):
    """What the nightly look found: whether withholding depends on the stars. `result`: reviews/fairness.py."""

    checked_at = models.DateTimeField()
    is_fair = models.BooleanField()
    result: "models.JSONField[Any, Any]" = models.JSONField(default=dict)

    class Meta:
        ordering = ("-checked_at",)

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d}: {'fair' if self.is_fair else 'look at it'}"
