"""Where old addresses lead, and which addresses nobody found."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from simple_history.models import HistoricalRecords

from redirects.addresses import LONGEST_PATH, LONGEST_TARGET, Target
from redirects.pointers import Kind, Pointer

LONGEST_HOST = 253  # RFC 1035, section 2.3.4, as text


class Redirect(models.Model):
    """One old address and what its visitors are told. Written by redirects.table only."""

    class Source(models.TextChoices):
        AUTOMATIC = "automatic", "By the shop itself"
        STAFF = "staff", "Staff"
        IMPORT = "import", "Import of a blog"
        CSV = "csv", "CSV file"

    # The form of redirects.addresses.key_of: decoded, no slash at the end.
    old_path = models.CharField("old address", max_length=LONGEST_PATH, unique=True)
    new_path = models.CharField("new address", max_length=LONGEST_TARGET, blank=True)
    # The path of new_path in the same form; empty for another site and for a page that is gone.
    target_key = models.CharField(
        max_length=LONGEST_PATH, blank=True, editable=False, db_index=True
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERMANENT)
    source = models.CharField(max_length=10, choices=Source, default=Source.STAFF)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150, blank=True)
    hits = models.PositiveBigIntegerField(default=0)
    last_hit_at = models.DateTimeField(null=True, blank=True)

    Kind = Kind

    history = HistoricalRecords(excluded_fields=["hits", "last_hit_at"])

    class Meta:
        ordering = ("old_path",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="redirect_not_to_itself",
                condition=~Q(target_key=F("old_path"))
                & ~Q(new_path=F("old_path"))
                & ~Q(new_path=Concat(F("old_path"), Value("/"))),
                violation_error_message="A redirect cannot lead to itself.",
            ),
            models.CheckConstraint(
                name="redirect_only_gone_leads_nowhere",
                condition=Q(kind=Kind.GONE, new_path="", target_key="")
                | (Q(kind__in=[Kind.PERMANENT, Kind.TEMPORARY]) & ~Q(new_path="")),
                violation_error_message="Only what is gone leads nowhere.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_path} → {self.new_path or 'gone'}"

    @property
    def pointer(self) -> Pointer:
        """Where it leads, as the rules of redirects.pointers see it."""
        return Pointer(Target(self.new_path, self.target_key), Kind(self.kind))

    def lead(self, pointer: Pointer) -> None:
        """Take over where `pointer` leads. Saves nothing."""
        self.new_path, self.target_key = pointer.target.address, pointer.target.key
        self.kind = pointer.kind


class NotFound(models.Model):
    """An address that was asked for and is not there. Nothing in it tells of the visitor."""

    path = models.CharField("address", max_length=LONGEST_PATH, unique=True)
    hits = models.PositiveIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    # The site with the link, never the page on it.
    referrer_host = models.CharField("linked from", max_length=LONGEST_HOST, blank=True)
    is_ignored = models.BooleanField("ignored", default=False)

    class Meta:
        verbose_name = "address not found"
        verbose_name_plural = "addresses not found"
        ordering = ("-hits", "-last_seen_at", "pk")

    def __str__(self) -> str:
        return self.path
