"""What the claims check left for people: sentences that somebody allowed, and sentences that stand."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q


class OverrideQuerySet(models.QuerySet["Override"]):
    """Many overrides."""

    def approved(self) -> Self:
        """Those that a second person has allowed and nobody has taken back."""
        return self.filter(state=Override.State.APPROVED)


class Override(models.Model):
    """One sentence in one place that may stand although a rule flags it: asked for by one person with a
    reason, allowed by another. It covers these words only; change the sentence and it covers nothing.

    People are kept by their log-in names: the record outlives the account.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "Waiting for a second person"
        APPROVED = "approved", "Allowed"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Taken back"

    subject = models.CharField(max_length=120, help_text="What it stands in, as app.model:key.")
    label = models.CharField(max_length=200, blank=True)
    field = models.CharField(max_length=60)
    rule = models.CharField(max_length=60)
    category = models.CharField(max_length=40)
    sentence = models.TextField()
    fingerprint = models.CharField(max_length=32, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    reason = models.TextField(help_text="Why this sentence is right. It is kept.")
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.CharField(max_length=150, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at", "-pk")
        verbose_name = "sentence to let stand"
        verbose_name_plural = "sentences to let stand"
        permissions = (
            ("request_override", "Can ask to allow a sentence that the claims check flags"),
            ("decide_override", "Can allow or refuse such a sentence"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "fingerprint"],
                condition=Q(state__in=["requested", "approved"]),
                name="override_once_per_sentence",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            # The rule that this table exists for: nobody allows what they asked for themselves.
            models.CheckConstraint(
                condition=~Q(decided_by=F("requested_by")) | Q(state="refused"),
                name="override_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by="", decided_at__isnull=True)
                | (~Q(state="requested") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="override_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", taken_back_at__isnull=False) & ~Q(taken_back_by="")
                | ~Q(state="withdrawn") & Q(taken_back_by="", taken_back_at__isnull=True),
                name="override_taken_back_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"“{self.sentence[:60]}” in {self.label or self.subject}"


class StandingFindingQuerySet(models.QuerySet["StandingFinding"]):
    """Many findings."""

    def _overrides(self, state: str) -> Exists:
        return Exists(
            Override.objects.filter(
                subject=OuterRef("subject"), fingerprint=OuterRef("fingerprint"), state=state
            )
        )

    def open(self) -> Self:
        """Those that nobody has allowed to stand."""
        return self.exclude(self._overrides(Override.State.APPROVED))

    def with_requests(self) -> Self:
        """Each with `is_requested`: whether somebody asked to let it stand and waits."""
        return self.annotate(is_requested=self._overrides(Override.State.REQUESTED))


class StandingFinding(models.Model):
    """Something published that does not pass the rules of today, allowed or not: see `open()`.

    claims.nightly keeps these rows in step with what is published.
    """

    subject = models.CharField(max_length=120)
    label = models.CharField("place", max_length=200)
    field = models.CharField(max_length=60)
    context = models.CharField(max_length=12)
    rule = models.CharField(max_length=60)
    category = models.CharField(max_length=40)
    sentence = models.TextField()
    suggestion = models.TextField(blank=True)
    edit_path = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=32)
    rules_version = models.CharField(max_length=64)
    found_at = models.DateTimeField("found")

    objects = StandingFindingQuerySet.as_manager()

    class Meta:
        ordering = ("-found_at", "subject", "pk")
        verbose_name = "claim to look at"
        verbose_name_plural = "claims to look at"
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "field", "fingerprint"], name="standing_finding_once"
            ),
        )

    def __str__(self) -> str:
        return f"“{self.sentence[:60]}” in {self.label}"


class CheckedSubject(models.Model):
    """Of what is published: which words were checked last, with which rules. Spares checking them again.

    `seen_at` is the run that read it last; a subject that a whole run did not see is not public anymore.
    """

    subject = models.CharField(max_length=120, unique=True)
    digest = models.CharField(max_length=64)
    rules_version = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject
