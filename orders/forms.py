"""Forms of cart and checkout: they clean what was typed, and stop there."""

import re
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Fieldset, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from orders.address_form import AddressForm, one_line
from orders.addresses import country_name
from orders.checkout import Customer
from orders.models.cart import MAX_QUANTITY
from orders.shipping_rates import ShippingOption
from shop.lib.form_fields import PlainSelect
from shop.lib.money import format_cents

EMAIL_MESSAGE = (
    "This email address looks incomplete. Please check it; it should look like name@example.com."
)
# Stripe refuses what has no dot after the @ sign, and quoted names before it.
STRIPE_TAKES = re.compile(r'^[^@\s"]+@[^@\s"]+\.[^@\s"]+\Z')
QUANTITY_MESSAGE = f"Please enter a whole number from 1 to {MAX_QUANTITY}."
QUANTITY_ERRORS = dict.fromkeys(("required", "invalid", "min_value", "max_value"), QUANTITY_MESSAGE)

# What is agreed to stands beside the box that agrees; the form stays open in its own window.
TERMS_LINKS = (
    'Read the <a href="/terms/" target="_blank">terms of sale</a>, the '
    '<a href="/shipping-returns/" target="_blank">return policy</a> and how we treat '
    '<a href="/privacy/" target="_blank">your data</a> (each opens in a new window).'
)


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
    helper.field_template = "forms/field.html"

    def clean_number(self) -> str:
        """Take the number as people write it: small letters, spaces, a number sign."""
        number = str(self.cleaned_data["number"]).upper()
        return "".join(character for character in number if character.isalnum())


class CheckoutForm(AddressForm):
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
        widget=PlainSelect(attrs={"autocomplete": "country"}),
    )
    shipping = forms.ChoiceField(
        label="How fast should it come?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Please choose how we should ship.",
            "invalid_choice": "This way of shipping is not offered for this order. Please choose again.",
        },
    )
    field_order = (
        "email",
        "country",
        "name",
        "line1",
        "line2",
        "city",
        "region",
        "postal_code",
        "phone",
        "shipping",
        "terms",
    )
    terms = forms.BooleanField(
        label="I have read and accept the terms of sale and the return policy",
        help_text=TERMS_LINKS,
        error_messages={"required": "Please accept the terms; we cannot sell without them."},
    )

    def __init__(
        self, *args: Any, countries: Sequence[str], options: Sequence[ShippingOption], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        country = self.chosen_country(countries)
        self._choice("country").choices = [(code, country_name(code)) for code in countries]
        self._choice("shipping").choices = [
            (option.code, f"{option.name}, {_price(option)}: {option.timing}") for option in options
        ]
        codes = [option.code for option in options]
        if codes and self.initial.get("shipping") not in codes:
            self.initial["shipping"] = codes[0]
        self.initial.setdefault("country", country)
        self.fit_to_country(country)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.field_template = "forms/field.html"
        self.helper.layout = _layout(has_choice_of_country=len(countries) > 1)

    def chosen_country(self, countries: Sequence[str]) -> str:
        """Return the country typed or set before; the first one we ship to otherwise."""
        typed = self.data.get("country") if self.is_bound else self.initial.get("country")
        return str(typed) if typed in countries else countries[0] if countries else "US"

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
