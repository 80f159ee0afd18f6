"""The forms of the payment page: they read, check and explain what the buyer typed."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms

from stripe_sandbox import clock
from stripe_sandbox.bodies.payment import BankDetails, CardDetails
from stripe_sandbox.cards import brand_of, passes_luhn

EXPIRY = re.compile(r"^(\d{1,2})\s*[/\-. ]?\s*(?:20)?(\d{2})$", re.ASCII)
SHORTEST_NUMBER, LONGEST_NUMBER = 12, 19
LONGEST_CVC = 4
DECEMBER = 12


class PayerForm(forms.Form):
    """What is asked whatever one pays with: an `email`, only where the merchant gave none."""

    email = forms.EmailField(
        max_length=512,
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address like name@example.com.",
        },
    )

    def __init__(self, *args: Any, known_email: str | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known_email = known_email
        if known_email:
            del self.fields["email"]

    def buyer_email(self) -> str:
        """The merchant's word, or the buyer's."""
        return str(self.known_email or self.cleaned_data["email"])


class BankForm(PayerForm):
    """A simulated account whose bank answers later, and how it answers."""

    account_name = forms.CharField(
        max_length=256, error_messages={"required": "Enter the name of the account holder."}
    )
    outcome = forms.ChoiceField(
        choices=[("succeeds", "succeeds"), ("fails", "fails")],
        error_messages={
            "required": "Choose how the bank answers.",
            "invalid_choice": "Choose how the bank answers.",
        },
    )

    def payer(self, kind: str) -> BankDetails:
        """The account of a valid form. `kind`: the PaymentMethod type of the debit."""
        fails = self.cleaned_data["outcome"] == "fails"
        return BankDetails(
            kind=kind,
            last4="2227" if fails else "6789",
            name=self.cleaned_data["account_name"],
            email=self.buyer_email(),
            fails=fails,
        )


class CardForm(PayerForm):
    """Field messages are Stripe's."""

    number = forms.CharField(
        max_length=40, error_messages={"required": "Your card number is incomplete."}
    )
    expiry = forms.CharField(
        max_length=10, error_messages={"required": "Your card's expiration date is incomplete."}
    )
    cvc = forms.CharField(
        max_length=10, error_messages={"required": "Your card's security code is incomplete."}
    )
    name = forms.CharField(
        max_length=256, error_messages={"required": "Enter the name on the card."}
    )
    postal_code = forms.CharField(max_length=20, required=False)

    def clean_number(self) -> str:
        """Digits only, of a plausible length, with a right check digit."""
        number = re.sub(r"[ \-]", "", self.cleaned_data["number"])
        if not (number.isascii() and number.isdigit()):
            raise forms.ValidationError("Your card number is invalid.")
        if not SHORTEST_NUMBER <= len(number) <= LONGEST_NUMBER:
            raise forms.ValidationError("Your card number is incomplete.")
        if not passes_luhn(number):
            raise forms.ValidationError("Your card number is invalid.")
        return number

    def clean_expiry(self) -> tuple[int, int]:
        """(month, four-digit year), not in the past by the sandbox's clock."""
        match = EXPIRY.match(self.cleaned_data["expiry"])
        if not match:
            raise forms.ValidationError("Your card's expiration date is incomplete.")
        month, year = int(match[1]), 2000 + int(match[2])
        if not 1 <= month <= DECEMBER:
            raise forms.ValidationError("Your card's expiration month is invalid.")
        today = datetime.fromtimestamp(clock.now(), UTC)
        if year > today.year + 50:
            raise forms.ValidationError("Your card's expiration year is invalid.")
        if (year, month) < (today.year, today.month):
            past = "year" if year < today.year else "date"
            raise forms.ValidationError(f"Your card's expiration {past} is in the past.")
        return month, year

    def clean_cvc(self) -> str:
        """Three digits, four on American Express."""
        cvc: str = self.cleaned_data["cvc"]
        expected = (
            LONGEST_CVC
            if brand_of(str(self.cleaned_data.get("number", ""))) == "amex"
            else LONGEST_CVC - 1
        )
        if not (cvc.isascii() and cvc.isdigit()) or len(cvc) > LONGEST_CVC:
            raise forms.ValidationError("Your card's security code is invalid.")
        if len(cvc) < expected:
            raise forms.ValidationError("Your card's security code is incomplete.")
        return cvc

    def payer(self) -> CardDetails:
        """The card of a valid form."""
        month, year = self.cleaned_data["expiry"]
        return CardDetails(
            number=self.cleaned_data["number"],
            exp_month=month,
            exp_year=year,
            name=self.cleaned_data["name"],
            email=self.buyer_email(),
            postal_code=self.cleaned_data["postal_code"],
        )
