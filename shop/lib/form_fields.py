"""Form fields for people who think in dollars and percent, over columns in cents and basis points."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from shop.lib.money import EXPONENTS, decimal_string, percent_string

_BASIS_POINTS_PER_PERCENT = 100


class CentsField(forms.DecimalField):
    """An amount typed as "12.50" and cleaned to 1250 (minor units of the shop's currency)."""

    def __init__(self, *, max_cents: int | None = None, **kwargs: Any) -> None:
        exponent = EXPONENTS[settings.CURRENCY]
        limit = None if max_cents is None else Decimal(max_cents).scaleb(-exponent)
        super().__init__(
            min_value=0, max_value=limit, max_digits=10, decimal_places=exponent, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Show stored cents as an amount; leave what somebody typed as it is."""
        return decimal_string(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return cents, None for an empty field. Raises ValidationError."""
        amount = super().clean(value)
        return None if amount is None else int(amount.scaleb(EXPONENTS[settings.CURRENCY]))


class PercentField(forms.DecimalField):
    """A percentage typed as "6.25" and cleaned to 625 (hundredths of a percent)."""

    def __init__(self, *, max_percent: int = 100, **kwargs: Any) -> None:
        super().__init__(
            min_value=0, max_value=max_percent, max_digits=5, decimal_places=2, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Show stored basis points as a percentage; leave what somebody typed as it is."""
        if isinstance(value, int):
            return f"{Decimal(value) / _BASIS_POINTS_PER_PERCENT:f}"
        return value

    def clean(self, value: Any) -> int | None:
        """Return basis points, None for an empty field. Raises ValidationError."""
        percent = super().clean(value)
        return None if percent is None else int(percent * _BASIS_POINTS_PER_PERCENT)


class PercentOrAmount(forms.Form):
    """The fields of what takes a percentage or an amount off: one of them, never both. For a form to inherit first."""

    percent_basis_points = PercentField(
        required=False,
        label="Percent off",
        help_text="For example 10. Leave it empty for an amount.",
    )
    amount_cents = CentsField(
        required=False,
        label="Amount off ($)",
        help_text="For example 5.00. Leave it empty for a percentage.",
    )

    def clean(self) -> dict[str, Any]:
        """Let the empty one be zero. A form without these fields has nothing to check."""
        cleaned = super().clean() or {}
        names = ("percent_basis_points", "amount_cents")
        if not self.fields.keys() >= set(names):
            return cleaned
        percent, amount = (cleaned.get(name) or 0 for name in names)
        cleaned.update(zip(names, (percent, amount), strict=True))
        if percent and amount:
            self.add_error("amount_cents", "Choose a percentage or an amount, not both.")
        if not percent and not amount and not self.errors.keys() & set(names):
            self.add_error("percent_basis_points", "Enter a percentage or an amount above zero.")
        return cleaned


class MomentField(forms.DateTimeField):
    """A day and a time in the shop's time zone, with the browser's own picker: one field, one label, no script."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**{"widget": widget, "help_text": "In the shop’s time zone.", **kwargs})


class ExactPercentField(forms.DecimalField):
    """A percentage with up to four decimals, stored as it is typed: "8.875"."""

    def __init__(self, *, max_percent: int = 100, **kwargs: Any) -> None:
        super().__init__(
            min_value=0, max_value=max_percent, max_digits=7, decimal_places=4, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a stored percentage without trailing zeros; leave what somebody typed as it is."""
        return percent_string(value) if isinstance(value, Decimal) else value


class PlainSelect(forms.Select):
    """A select without groups, written out at once.

    Django renders a template for every option; the list of states alone cost a third of the checkout.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the select element with the chosen option marked."""
        chosen = {str(one) for one in self.format_value(value)}
        options = mark_safe(  # noqa: S308 (escaped in _written_options)
            "".join(
                selected if key in chosen else plain
                for key, plain, selected in _written_options(tuple(self.choices))
            )
        )
        given = {"name": name, **self.build_attrs(self.attrs, attrs)}
        return format_html("<select{}>{}</select>", flatatt(given), options)


@lru_cache(maxsize=64)  # lists of countries and states, the same on every page
def _written_options(choices: tuple[tuple[Any, Any], ...]) -> tuple[tuple[str, str, str], ...]:
    option = '<option value="{}"{}>{}</option>'
    return tuple(
        (
            str(key),
            format_html(option, key, "", label),
            format_html(option, key, mark_safe(" selected"), label),
        )
        for key, label in choices
    )
