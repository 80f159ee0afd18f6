"""The form for "Email me when it is back"."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms

from products.back_in_stock import CONSENT_LABEL, CONSENT_MORE
from products.models import Variant


class BackInStockForm(forms.Form):
    """Which pack, which address, and the consent in the words that are kept."""

    sku = forms.ChoiceField(
        label="Pack",
        error_messages={
            "required": "Please choose a pack.",
            "invalid_choice": "This pack is not sold out, or not ours. Please choose one from the list.",
        },
    )
    email = forms.EmailField(
        label="Your email",
        max_length=254,
        error_messages={
            "required": "Please give us the email address to write to.",
            "invalid": "This does not look like an email address. An example: name@example.com",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField(
        label=CONSENT_LABEL,
        help_text=CONSENT_MORE,
        error_messages={"required": "Please tick the box; we may not write to you without it."},
    )

    def __init__(self, packs: Sequence[Variant], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.packs = packs
        choices = [(pack.sku, f"{pack.product.name}, {pack.name}") for pack in packs]
        self.fields["sku"].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Field("sku"), Field("email"), Field("consent"))

    @property
    def variant(self) -> Variant:
        """The pack that was chosen. Only after is_valid()."""
        return next(pack for pack in self.packs if pack.sku == self.cleaned_data["sku"])
