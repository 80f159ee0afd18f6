"""A postal address as people type it, checked as a whole by the rules of its country."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from orders.addresses import (
    Address,
    AddressRefused,
    check_address,
    region_choices,
    required_address_fields,
)
from shop.lib.form_fields import PlainSelect

one_line = RegexValidator(
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z",
    "Please leave out line breaks and other invisible characters.",
)
# Mails greet by this name and may go to a stranger's address: nobody shall send their link in our mails.
no_link = RegexValidator(
    r"(?i)://|www\.|@",
    "Please enter a name only, without a web or email address.",
    inverse_match=True,
)


class AddressForm(forms.Form):
    """Who gets a parcel and where. Call fit_to_country() once the country is known.

    After cleaning `cleaned_data["address"]` is the address in normal form.
    """

    name = forms.CharField(
        label="Full name",
        error_messages={
            "required": "Please enter the full name of the person who gets the parcel."
        },
        max_length=100,
        validators=[one_line, no_link],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    line1 = forms.CharField(
        label="Street address",
        max_length=120,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    line2 = forms.CharField(
        label="Apartment, suite, unit",
        max_length=120,
        required=False,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    city = forms.CharField(
        error_messages={"required": "Please enter a city."},
        max_length=80,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    region = forms.CharField(label="State", max_length=80, required=False, validators=[one_line])
    postal_code = forms.CharField(
        label="ZIP code",
        max_length=16,
        required=False,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    phone = forms.CharField(
        max_length=32,
        required=False,
        validators=[one_line],
        help_text="Only for the carrier, if a parcel cannot be delivered.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    def fit_to_country(self, country: str) -> None:
        """Ask for what an address there needs, with its states to choose from."""
        choices = region_choices(country)
        if choices:
            self.fields["region"] = forms.ChoiceField(
                label="State" if country == "US" else "State or province",
                choices=[("", "Choose"), *choices],
                error_messages={"invalid_choice": "Please choose a state from the list."},
                widget=PlainSelect(attrs={"autocomplete": "address-level1"}),
            )
        if country != "US":
            self.fields["postal_code"].label = "Postal code"
        for field, message in required_address_fields(country).items():
            self.fields[field].required = True
            verb = "choose" if field == "region" and choices else "enter"
            self.fields[field].error_messages["required"] = message.replace("enter", verb)

    def typed_country(self) -> str | None:
        """Return the country the address is in, None when what was typed is none."""
        return self.cleaned_data.get("country")

    def clean(self) -> dict[str, Any]:
        """Check the address as a whole by the rules of its country."""
        super().clean()
        data, country = self.cleaned_data, self.typed_country()
        if country and not {"line1", "city", "region", "postal_code"} & set(self.errors):
            try:
                data["address"] = check_address(
                    Address(
                        line1=data["line1"],
                        city=data["city"],
                        region=data["region"],
                        postal_code=data["postal_code"].upper(),
                        country=country,
                    )
                )
            except AddressRefused as refusal:
                for field, message in refusal.errors.items():
                    self.add_error(field, message)
        return data
