"""The form of one row of the tax table: typed in the admin, or read from a file."""

from datetime import date
from typing import Any

from django import forms

from orders.addresses import region_choices
from orders.models import TaxRate
from products.countries import country_names
from shop.lib.form_fields import ExactPercentField

MAX_TAX_PERCENT = 25  # the model's own bound


def country_field() -> forms.ChoiceField:
    """Return a field for a country by its name and code."""
    names = [(code, f"{name} ({code})") for code, name in country_names().items()]
    return forms.ChoiceField(choices=names, initial="US")


class TaxRateForm(forms.ModelForm[TaxRate]):
    """Sales tax at a place, from a day on."""

    country = country_field()
    rate_percent = ExactPercentField(
        label="Rate (%)",
        max_percent=MAX_TAX_PERCENT,
        help_text="For example 8.875, with up to four decimals.",
    )

    class Meta:
        model = TaxRate
        fields = (
            "country",
            "region",
            "postal_prefix",
            "rate_percent",
            "taxes_shipping",
            "effective_from",
            "effective_until",
            "source",
        )

    def clean_region(self) -> str:
        """Keep the state as addresses have it, in capitals."""
        return str(self.cleaned_data["region"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """The state belongs to the country, the dates are in order, the row is the only one of its kind."""
        cleaned = super().clean() or {}
        country, region = cleaned.get("country", ""), cleaned.get("region", "")
        known = {code.upper() for code, _ in region_choices(country)} if country else set()
        if region and known and region not in known:
            self.add_error("region", f"“{region}” is not a state code of {country}, such as IL.")
        start, end = cleaned.get("effective_from"), cleaned.get("effective_until")
        if start and end and end < start:
            self.add_error("effective_until", "The last day must not be before the first.")
        if start and self._has_twin(country, region, cleaned.get("postal_prefix", ""), start):
            message = "There is a rate for this place from this day already."
            self.add_error("effective_from", message)
        return cleaned

    def _has_twin(self, country: str, region: str, postal_prefix: str, start: date) -> bool:
        same = TaxRate.objects.filter(
            country=country, region=region, postal_prefix=postal_prefix, effective_from=start
        )
        return same.exclude(pk=self.instance.pk).exists()
