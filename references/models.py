"""Sources that texts cite, and statements about health that rest on them.

One table of sources for information pages and posts alike; the verbs of statements are in
references/statements.py.
"""

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate
from simple_history.models import HistoricalRecords

KEY = RegexValidator(r"^[a-z0-9-]+\Z", "Small letters, digits and hyphens.")
# How long before its end a statement is to be looked at again.
ENDS_SOON = timedelta(days=60)


class Reference(models.Model):
    """One source, cited by its key: `[@r5]` on information pages, `[ref:r5]` in posts."""

    class Kind(models.TextChoices):
        """What sort of source it is, from the strongest sort of study downwards."""

        GUIDELINE = "guideline", "Guideline"
        META_ANALYSIS = "meta", "Pooled analysis of studies"
        TRIAL = "trial", "Randomized trial"
        SINGLE_ARM = "single_arm", "Trial without a comparison group"
        COHORT = "cohort", "Observational study over time"
        COMPARISON = "comparison", "Comparison of records"
        CROSS_SECTION = "cross_section", "Snapshot survey"
        CASES = "cases", "Report of single cases"
        LAB = "lab", "Laboratory work"
        REVIEW = "review", "Review of the literature"
        OFFICIAL = "official", "Official information"
        NEWS = "news", "News report"

    key = models.CharField(
        max_length=40,
        unique=True,
        validators=[KEY],
        help_text="How texts cite it: key r5 is cited as [@r5] on pages, as [ref:r5] in posts.",
    )
    citation = models.TextField(help_text="Authors. Title. Journal year;volume:pages.")
    kind = models.CharField("type of study", max_length=14, choices=Kind.choices, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    publisher = models.CharField(
        max_length=120, blank=True, help_text="Who keeps the page, where that is not plain."
    )
    doi = models.CharField("DOI", max_length=120, blank=True, help_text="For example 10.1002/…")
    pmid = models.CharField("PMID", max_length=12, blank=True)
    link = models.URLField("other link", blank=True, help_text="Used where there is no DOI.")
    accessed_on = models.DateField(
        "accessed", null=True, blank=True, help_text="The day on which one of us read the page."
    )
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return f"{self.key}: {self.citation[:80]}"

    @property
    def address(self) -> str:
        """Where a reader finds the source: DOI first, then PubMed, then the given link."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.link

    @property
    def address_label(self) -> str:
        """The link's words."""
        if self.doi:
            return f"doi:{self.doi}"
        return f"PubMed {self.pmid}" if self.pmid else "Read the source"


class StatementQuerySet(models.QuerySet["Statement"]):
    """Many statements."""

    def standing(self, now: datetime) -> Self:
        """What texts may cite at `now`: approved by a second person, and its end not passed."""
        return self.filter(approved_at__lte=now, valid_until__gte=localdate(now))

    def lapsed(self, now: datetime) -> Self:
        """What stood once and does not now: ended, changed since, or withdrawn."""
        return self.filter(first_approved_at__isnull=False).exclude(
            approved_at__isnull=False, valid_until__gte=localdate(now)
        )

    def due(self, now: datetime) -> Self:
        """What somebody has to look at again: what ends soon, and what lapsed and is not withdrawn."""
        soon = Q(valid_until__lte=localdate(now) + ENDS_SOON)
        changed = Q(approved_at__isnull=True, first_approved_at__isnull=False)
        return self.filter(soon | changed, withdrawn_at__isnull=True)

    def waiting(self) -> Self:
        """What somebody has signed and a second person has not approved."""
        return self.exclude(written_by="").filter(
            approved_at__isnull=True, withdrawn_at__isnull=True
        )


class Statement(models.Model):
    """A statement about health, cited as `[claim:key]`: what it says, of whom, on what evidence, who answers
    for it and until when. A claim is what the claims check finds; what we state is a statement.

    People are kept by their log-in names: the record outlives the account. Any change of its words takes
    the approval back.
    """

    class Kind(models.TextChoices):
        """What it is about. None of these may stand in the text of a product."""

        NUTRIENT = "nutrient", "Nutrient fact"
        FUNCTION = "function", "Structure or function"
        DISEASE = "disease", "Disease"
        PRODUCT = "product", "Product"

    class Grade(models.TextChoices):
        """How strong the evidence is; the rubric is in references/grades.py."""

        A = "A", "A: strong"
        B = "B", "B: fair"
        C = "C", "C: weak"
        D = "D", "D: opinion or unclear"

    class State(models.TextChoices):
        """Where it stands on its way; see `state()`."""

        UNSIGNED = "unsigned", "nobody has signed it"
        WAITING = "waiting", "waits for a second person"
        STANDING = "standing", "stands"
        ENDED = "ended", "its time is over"
        WITHDRAWN = "withdrawn", "withdrawn"

    key = models.CharField(
        max_length=40,
        unique=True,
        validators=[KEY],
        help_text="How posts cite it: key daily-amount is cited as [claim:daily-amount]. It stays.",
    )
    text = models.TextField(
        "statement", help_text="One or two sentences, as you would defend them."
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    population = models.CharField(
        "about whom", max_length=200, help_text="For example: adults aged 65 and older."
    )
    grade = models.CharField("evidence", max_length=1, choices=Grade.choices)
    limits = models.TextField("what it does not say")
    references = models.ManyToManyField(
        Reference, through="StatementReference", related_name="statements"
    )
    written_by = models.CharField(max_length=150, blank=True, editable=False)
    written_at = models.DateTimeField(null=True, blank=True, editable=False)
    approved_by = models.CharField(max_length=150, blank=True, editable=False)
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The last day on which it may be cited.
    valid_until = models.DateField(null=True, blank=True, editable=False)
    # Kept when the approval is taken back: posts may be citing it since then.
    first_approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.CharField(max_length=150, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_because = models.CharField(max_length=300, blank=True, editable=False)
    # Grows with every change, so that nobody approves words that changed under their eyes.
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    # The reason of each entry names the sources of that day: the table between has no history.
    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))
    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ("key",)
        permissions = (("approve_statement", "Can approve and withdraw statements"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(population="") & ~Q(limits=""),
                name="statement_has_words",
            ),
            # The rule that this table exists for: two people answer for it.
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("written_by")),
                name="statement_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="", approved_at__isnull=True, valid_until__isnull=True)
                | (
                    ~Q(approved_by="")
                    & ~Q(written_by="")
                    & Q(approved_at__isnull=False, valid_until__isnull=False)
                    & Q(first_approved_at__isnull=False)
                ),
                name="statement_approved_with_end",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by="", withdrawn_because="", withdrawn_at__isnull=True)
                | (
                    ~Q(withdrawn_by="")
                    & ~Q(withdrawn_because="")
                    & Q(withdrawn_at__isnull=False, approved_at__isnull=True)
                ),
                name="statement_withdrawn_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.key}: {self.text[:80]}"

    def is_standing(self, now: datetime) -> bool:
        """Whether texts may cite it at `now`."""
        return self.state(now) == self.State.STANDING

    def ends_soon(self, now: datetime) -> bool:
        """Whether its end is near, or past."""
        return self.valid_until is not None and self.valid_until <= localdate(now) + ENDS_SOON

    def state(self, now: datetime) -> State:
        """Return where it stands at `now`."""
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        if self.approved_at and self.valid_until:
            is_over = self.valid_until < localdate(now) or self.approved_at > now
            return self.State.ENDED if is_over else self.State.STANDING
        return self.State.WAITING if self.written_by else self.State.UNSIGNED


class StatementReference(models.Model):
    """A source that carries a statement. While it does, it cannot be deleted."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="reference_rows")
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="statement_rows")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["statement", "reference"], name="statement_reference_once"
            ),
        )

    def __str__(self) -> str:
        return str(self.reference)
