"""Forms of cart and checkout: they clean what was typed, and stop there."""

import re
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email

from orders.addresses import (
    Address,
    AddressRefused,
    check_address,
    country_name,
    region_choices,
    required_address_fields,
)
from orders.checkout import Customer
from orders.models.cart import MAX_QUANTITY
from orders.shipping_rates import ShippingOption
from shop.lib.money import format_cents

one_line = RegexValidator(
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z",
    "Please leave out line breaks and other invisible characters.",
)
EMAIL_MESSAGE = (
    "This email address looks incomplete. Please check it; it should look like name@example.com."
)
# Stripe refuses what has no dot after the @ sign, and quoted names before it.
STRIPE_TAKES = re.compile(r'^[^@\s"]+@[^@\s"]+\.[^@\s"]+\Z')
QUANTITY_MESSAGE = f"Please enter a whole number from 1 to {MAX_QUANTITY}."
QUANTITY_ERRORS = dict.fromkeys(("required", "invalid", "min_value", "max_value"), QUANTITY_MESSAGE)


def check_email(email: str) -> None:
    """Raise ValidationError, with one message, for what Django or Stripe does not take as an address."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError(EMAIL_MESSAGE) from error
    if not STRIPE_TAKES.match(email):
        raise ValidationError(EMAIL_MESSAGE)


class EmailField(forms.EmailField):
    """An email address that can be written to and that Stripe takes."""

    default_validators = [check_email]


class AddForm(forms.Form):
    """Packs to be put into the cart."""

    sku = forms.CharField(
        max_length=40, error_messages={"required": "Please choose a pack."}, validators=[one_line]
    )
    quantity = forms.IntegerField(
        min_value=1, max_value=MAX_QUANTITY, initial=1, error_messages=QUANTITY_ERRORS
    )


class QuantityForm(forms.Form):
    """A new number of packs for a line that is in the cart; 0 takes it out."""

    sku = forms.CharField(max_length=40, validators=[one_line])
    quantity = forms.IntegerField(
        min_value=0, max_value=MAX_QUANTITY, error_messages=QUANTITY_ERRORS
    )


class DiscountForm(forms.Form):
    """A discount code."""

    code = forms.CharField(
        label="Discount code", max_length=40, required=False, validators=[one_line]
    )


class LookUpForm(forms.Form):
    """Number and email of an order whose link is to be sent."""

    number = forms.CharField(
        label="Order number",
        max_length=20,
        validators=[one_line],
        error_messages={"required": "Please enter your order number."},
        help_text="Seven letters and digits, at the top of each email from us.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    email = EmailField(
        label="Email",
        error_messages={"required": "Please enter your email."},
        help_text="The one you ordered with.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True

    def clean_number(self) -> str:
        """Take the number as people write it: small letters, spaces, a number sign."""
        number = str(self.cleaned_data["number"]).upper()
        return "".join(character for character in number if character.isalnum())


class CheckoutForm(forms.Form):
    """Who orders, where it goes, how it is shipped, and the terms; all on one page."""

    email = EmailField(
        max_length=254,
        help_text="For the confirmation and the tracking number.",
        error_messages={"required": "Please enter your email."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    country = forms.ChoiceField(
        error_messages={
            "required": "Please choose a country.",
            "invalid_choice": "We do not ship to this country. Please choose one from the list.",
        },
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    name = forms.CharField(
        label="Full name",
        error_messages={"required": "Please enter the full name of the person who gets the parcel."},
        max_length=100,
        validators=[one_line],
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
    shipping = forms.ChoiceField(
        label="How fast should it come?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Please choose how we should ship.",
            "invalid_choice": "This way of shipping is not offered for this order. Please choose again.",
        },
    )
    terms = forms.BooleanField(
        label="I have read and accept the terms of sale and the return policy",
        error_messages={"required": "Please accept the terms; we cannot sell without them."},
    )

    def __init__(
        self, *args: Any, countries: Sequence[str], options: Sequence[ShippingOption], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        country = self.chosen_country(countries)
        self._choice("country").choices = [(code, country_name(code)) for code in countries]
        self._choice("shipping").choices = [
            (option.code, f"{option.name}, {_price(option)}: {option.promise}")
            for option in options
        ]
        codes = [option.code for option in options]
        if codes and self.initial.get("shipping") not in codes:
            self.initial["shipping"] = codes[0]
        self.initial.setdefault("country", country)
        self._fit_to_country(country)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = _layout(has_choice_of_country=len(countries) > 1)

    def chosen_country(self, countries: Sequence[str]) -> str:
        """Return the country typed or set before; the first one we ship to otherwise."""
        typed = self.data.get("country") if self.is_bound else self.initial.get("country")
        return str(typed) if typed in countries else countries[0] if countries else "US"

    def clean(self) -> dict[str, Any]:
        """Check the address as a whole by the rules of its country."""
        super().clean()
        data = self.cleaned_data
        if "country" in data and not {"line1", "city", "region", "postal_code"} & set(self.errors):
            try:
                data["address"] = check_address(
                    Address(
                        line1=data["line1"],
                        city=data["city"],
                        region=data["region"],
                        postal_code=data["postal_code"].upper(),
                        country=data["country"],
                    )
                )
            except AddressRefused as refusal:
                for field, message in refusal.errors.items():
                    self.add_error(field, message)
        return data

    def customer(self) -> Customer:
        """Return what was typed, in normal form. Only of a valid form."""
        data = self.cleaned_data
        return Customer(
            email=data["email"],
            name=data["name"],
            address=data["address"],
            line2=data["line2"],
            phone=data["phone"],
        )

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(name)
        return field

    def _fit_to_country(self, country: str) -> None:
        choices = region_choices(country)
        if choices:
            self.fields["region"] = forms.ChoiceField(
                label="State" if country == "US" else "State or province",
                choices=[("", "Choose"), *choices],
                error_messages={"invalid_choice": "Please choose a state from the list."},
                widget=forms.Select(attrs={"autocomplete": "address-level1"}),
            )
        if country != "US":
            self.fields["postal_code"].label = "Postal code"
        for field, message in required_address_fields(country).items():
            self.fields[field].required = True
            verb = "choose" if field == "region" and choices else "enter"
            self.fields[field].error_messages["required"] = message.replace("enter", verb)


def _price(option: ShippingOption) -> str:
    return format_cents(option.price_cents) if option.price_cents else "free"


def _layout(*, has_choice_of_country: bool) -> Layout:
    country: list[Any] = ["country"]
    first: list[Any] = []
    if has_choice_of_country:
        # The Enter key presses a form's first button: that must be the one that orders.
        first.append(
            HTML(
                '<button type="submit" class="visually-hidden" name="action" value="order" tabindex="-1" '
                'aria-hidden="true">Pay on Stripe</button>'
            )
        )
        country.append(
            HTML(
                '<p><button type="submit" class="btn btn-secondary btn-s" name="action" value="country">'
                "Use this country</button></p>"
            )
        )
    return Layout(
        *first,
        Fieldset("How we reach you", "email", css_class="form-section"),
        Fieldset(
            "Deliver to",
            *country,
            "name",
            "line1",
            "line2",
            Row(
                Column("city", css_class="col-md-5"),
                Column("region", css_class="col-md-4"),
                Column("postal_code", css_class="col-md-3"),
            ),
            "phone",
            css_class="form-section",
        ),
        Fieldset("Shipping", Field("shipping"), css_class="form-section"),
        "terms",
    )
