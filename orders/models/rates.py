"""What shipping and sales tax cost: data that staff maintain."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from shop.lib.money import percent_string


class ShippingMethod(models.Model):
    """A way of shipping that customers choose, for example "Standard"."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    promise = models.CharField(
        max_length=120,
        help_text="For example “3 to 5 business days”, counted from the day the carrier has it.",
    )
    min_days = models.PositiveSmallIntegerField("fewest business days")
    max_days = models.PositiveSmallIntegerField("most business days")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name


class ShippingRate(models.Model):
    """What a method costs to one country, from a value of goods on, up to a weight.

    Of the rates that fit, the one with the highest `min_items_cents` counts; so "free from $39" is a
    second row with price 0.
    """

    method = models.ForeignKey(ShippingMethod, models.CASCADE, related_name="rates")
    country = models.CharField(max_length=2, help_text="Two-letter code.")
    min_items_cents = models.PositiveIntegerField("from goods worth (cents)", default=0)
    max_weight_grams = models.PositiveIntegerField("up to (g)", null=True, blank=True)
    price_cents = models.PositiveIntegerField("price (cents)")

    history = HistoricalRecords()

    class Meta:
        indexes = (models.Index(fields=["country"], name="shipping_rate_by_country"),)

    def __str__(self) -> str:
        return f"{self.method_id} to {self.country} from {self.min_items_cents}"


class TaxRate(models.Model):
    """Sales tax at a destination. The most specific row that is in force counts.

    `postal_prefix` narrows a state down to ZIP codes that begin so; empty means the whole state, and
    an empty `region` the whole country.
    """

    country = models.CharField(max_length=2)
    region = models.CharField("state", max_length=80, blank=True)
    postal_prefix = models.CharField("ZIP begins with", max_length=16, blank=True)
    # Rates have up to four decimals: New York City's is 8.875 %.
    rate_percent = models.DecimalField("rate (%)", max_digits=7, decimal_places=4)
    taxes_shipping = models.BooleanField("shipping is taxed too", default=False)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, help_text="Where the rate was looked up, and when.")

    history = HistoricalRecords()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(rate_percent__gte=0, rate_percent__lte=25), name="tax_rate_plausible"
            ),
        )
        indexes = (models.Index(fields=["country", "region"], name="tax_rate_by_place"),)

    def __str__(self) -> str:
        place = " ".join(part for part in (self.country, self.region, self.postal_prefix) if part)
        return f"{place}: {percent_string(self.rate_percent)} %"
