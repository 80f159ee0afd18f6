from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from references.models import Reference


class StudyTopic(models.Model):
    """What a study is about; the filter on the research page."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class Study(models.Model):
    """One study, as the research page tells it: what was done, what was found, where it falls short."""

    class Design(models.TextChoices):
        META_ANALYSIS = "meta", "Pooled analysis of studies"
        TRIAL = "trial", "Randomized trial"
        SINGLE_ARM = "single_arm", "Trial without a comparison group"
        COHORT = "cohort", "Observational study over time"
        COMPARISON = "comparison", "Comparison of records"
        CROSS_SECTION = "cross_section", "Snapshot survey"
        CASES = "cases", "Report of single cases"
        LAB = "lab", "Laboratory work"
        REVIEW = "review", "Review of the literature"

    class PatchVerdict(models.TextChoices):
        NOT_ABOUT = "not_about", "Not about patches"
        AGAINST = "against", "Speaks against patches"
        NO_RESULT = "no_result", "About patches, no result"
        BACKGROUND = "background", "Background, not a patch"

    slug = models.SlugField(unique=True, help_text="The study's anchor on the page.")
    title = models.CharField(max_length=200, help_text="In our own plain words.")
    authors = models.CharField(max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    journal = models.CharField(max_length=160)
    design = models.CharField(max_length=16, choices=Design.choices)
    participants = models.PositiveIntegerField(null=True, blank=True)
    participants_note = models.CharField(max_length=120, blank=True, help_text="Who they were.")
    finding = models.TextField(help_text="What was found, with numbers.")
    limits = models.TextField(help_text="What the study cannot tell.")
    patch_verdict = models.CharField(
        max_length=12, choices=PatchVerdict.choices, default=PatchVerdict.NOT_ABOUT
    )
    topics = models.ManyToManyField(StudyTopic, related_name="studies")
    reference = models.OneToOneField(Reference, models.PROTECT, related_name="study")
    last_reviewed = models.DateField()
    is_published = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords(m2m_fields=[topics])

    class Meta:
        ordering = ("-year", "slug")
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return f"{self.title} ({self.year or 'no year'})"


class Estimate(models.Model):
    """One result with its interval: a dot in a chart and a row of the table beneath it."""

    class Plot(models.TextChoices):
        PATCH_PILL = "patch_pill", "Patch and pill after gastric bypass (percent)"
        FRACTURES = "fractures", "B12 with folic acid and broken bones (ratio)"
        MS_LEVELS = "ms_levels", "Average B12 in MS and without (standardized difference)"
        MEDICINES = "medicines", "Acid reducers and low B12 (ratio)"

    study = models.ForeignKey(Study, models.CASCADE, related_name="estimates")
    plot = models.CharField(max_length=16, choices=Plot.choices)
    label = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=7, decimal_places=2)
    low = models.DecimalField("interval from", max_digits=7, decimal_places=2)
    high = models.DecimalField("interval to", max_digits=7, decimal_places=2)
    note = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("plot", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["study", "plot", "label"], name="estimate_once"),
            models.CheckConstraint(
                condition=models.Q(low__lte=models.F("value"), high__gte=models.F("value")),
                name="estimate_within_interval",
            ),
        )

    def __str__(self) -> str:
        return f"{self.label}: {self.value} ({self.low} to {self.high})"

    def clean(self) -> None:
        """Explain in words what the database would refuse, and what a ratio cannot be."""
        if None in (self.low, self.value, self.high):
            return
        if not self.low <= self.value <= self.high:
            raise ValidationError({"value": "The value must lie inside its interval."})
        if self.plot in RATIO_PLOTS and self.low <= Decimal(0):
            raise ValidationError({"low": "A ratio is above 0."})


# These are drawn on a logarithmic scale, so that a half and a double lie equally far from 1.
RATIO_PLOTS = frozenset({Estimate.Plot.FRACTURES, Estimate.Plot.MEDICINES})
