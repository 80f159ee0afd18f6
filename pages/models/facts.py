from django.core.validators import MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from references.models import Reference


class DailyAmount(models.Model):
    """How much B12 one group of people is advised to get, one row of the table on About."""

    class Kind(models.TextChoices):
        RDA = "RDA", "Recommended (RDA)"
        AI = "AI", "Adequate intake (AI)"

    group = models.CharField(max_length=60, unique=True)
    micrograms = models.DecimalField("mcg a day", max_digits=4, decimal_places=1)
    kind = models.CharField(max_length=3, choices=Kind.choices, default=Kind.RDA)
    reference = models.ForeignKey(Reference, models.PROTECT)
    position = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(micrograms__gt=0), name="daily_amount_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.group}: {self.micrograms} mcg"


class FoodSource(models.Model):
    """How much B12 one food holds: a row of the table and of the chart on About."""

    name = models.CharField(max_length=80, unique=True)
    serving = models.CharField(max_length=60)
    micrograms = models.DecimalField(
        "mcg per serving", max_digits=5, decimal_places=1, validators=[MinValueValidator(0)]
    )
    micrograms_high = models.DecimalField(
        "up to (mcg)",
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="Only where the source gives a range; the chart draws the lower figure.",
    )
    note = models.CharField(max_length=120, blank=True)
    reference = models.ForeignKey(Reference, models.PROTECT)
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("-micrograms", "name")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(micrograms__gte=0), name="food_source_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.micrograms} mcg"
