"""Reports of skin reactions and of other harm: what staff have to ask, and what they record."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from reviews.models.review import Review


class SafetyCaseQuerySet(models.QuerySet["SafetyCase"]):
    """Many cases."""

    def waiting(self) -> Self:
        """Cases that are not closed, the oldest first."""
        return self.exclude(state=SafetyCase.State.CLOSED).order_by("opened_at", "pk")


class SafetyCase(models.Model):
    """One report. It opens with the submission, whatever becomes of the review."""

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", "Nobody has written yet"
        ASKED = "asked", "Asked, waiting for an answer"
        CLOSED = "closed", "Closed"

    class Severity(models.TextChoices):
        """How bad it was, as told."""

        UNKNOWN = "unknown", "Not known yet"
        MILD = "mild", "Went away by itself"
        CARE = "care", "Needed a doctor or a medicine"
        SERIOUS = "serious", "Emergency, hospital or lasting harm"
        NOT_FOUND_OUT = "no_answer", "Could not be found out"

    # Each move is a verb of reviews/safety.py and leaves an entry.
    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        State.OPEN: {State.ASKED, State.CLOSED},
        State.ASKED: {State.ASKED, State.CLOSED},
        State.CLOSED: {State.OPEN},
    }

    review = models.OneToOneField(Review, models.PROTECT, related_name="safety_case")
    signs = models.CharField(max_length=300, help_text="The words or the box that opened it.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    # What staff ask; all of it may stay unknown, and an unknown is written down as one.
    what_happened = models.TextField(blank=True)
    began = models.CharField("how long after putting it on", max_length=200, blank=True)
    lasted = models.CharField("how long it lasted", max_length=200, blank=True)
    place = models.CharField("where on the skin", max_length=200, blank=True)
    worn_for = models.CharField("how long the patch was worn", max_length=200, blank=True)
    lot = models.CharField("lot number on the pack", max_length=80, blank=True)
    also_used = models.CharField(
        "other products on that skin, known allergies to adhesives", max_length=300, blank=True
    )
    still_there = models.CharField("is it still there", max_length=200, blank=True)
    doctor = models.CharField("did it need a doctor or a medicine", max_length=200, blank=True)
    severity = models.CharField(max_length=9, choices=Severity.choices, default=Severity.UNKNOWN)
    outcome = models.TextField("what we did, and how it ended", blank=True)

    objects = SafetyCaseQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        permissions = (("handle_safetycase", "Can handle reports of skin reactions"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="safety_case_closed_has_time",
            ),
            # What could not be found out is said to be so; nothing is closed by leaving it empty.
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(outcome="") & ~Q(severity="unknown")),
                name="safety_case_closed_has_outcome",
            ),
        )
        indexes = (models.Index(fields=["state", "opened_at"], name="safety_case_waiting"),)

    def __str__(self) -> str:
        return f"Safety case {self.pk}"


class SafetyEntry(models.Model):
    """One step of a case: a mail, a call, an answer, a decision. Only ever added."""

    case = models.ForeignKey(SafetyCase, models.PROTECT, related_name="entries")
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        verbose_name_plural = "safety entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.by}"
