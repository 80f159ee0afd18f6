"""Putting right what was typed wrong: the address, the email, the tracking of a parcel."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from orders import corrections
from orders.address_form import AddressForm
from orders.admin.action_page import Action
from orders.admin.forms import OrderActionForm, TrackingFields
from orders.corrections import Recipient
from orders.forms import EmailField
from orders.models import Order, Shipment

PERMISSION = "change_order_address"


class ChangeAddressForm(OrderActionForm, AddressForm):
    """Where the order goes, in its country: another country has other prices, rules and taxes."""

    def __init__(self, order: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(order, data)
        now = corrections.recipient_of(order)
        self.initial = {name: getattr(now, name) for name in corrections.LABELS}
        self.fit_to_country(order.country)

    def typed_country(self) -> str:
        """Return the country of the order: it stays."""
        return self.order.country

    @property
    def recipient(self) -> Recipient:
        """Who gets it now, after cleaning."""
        data = self.cleaned_data
        address = data["address"]
        return Recipient(
            name=data["name"],
            line1=address.line1,
            line2=data["line2"],
            city=address.city,
            region=address.region,
            postal_code=address.postal_code,
            phone=data["phone"],
        )

    def clean(self) -> dict[str, Any]:
        """Something must be different."""
        data = super().clean()
        if not self.errors and self.recipient == corrections.recipient_of(self.order):
            self.add_error(None, "Nothing is different. Change what is wrong, or go back.")
        return data


class ChangeEmailForm(OrderActionForm):
    """Where the order's mails go."""

    email = EmailField(
        max_length=254,
        error_messages={"required": "Enter the customer’s email."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, order: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(order, data)
        self.initial = {"email": order.email}

    def clean_email(self) -> str:
        """It must be another one."""
        email = str(self.cleaned_data["email"])
        if email == self.order.email:
            message = "That is the email it has. Change it, or go back."
            raise forms.ValidationError(message)
        return email


class TrackingForm(OrderActionForm, TrackingFields):
    """Which parcel, who carries it, its number, and whether the customer is told."""

    parcel = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose the parcel."}
    )
    tell = forms.BooleanField(
        label="Mail the customer the parcel again, with the right number",
        required=False,
        initial=True,
    )
    field_order = ("parcel", "carrier", "tracking_number", "tell")

    def __init__(self, order: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(order, data)
        parcels = list(order.shipments.all())
        self.fields["parcel"].choices = [  # type: ignore[attr-defined]
            (str(parcel.pk), _in_words(parcel)) for parcel in parcels
        ]
        if parcels:
            last = parcels[-1]
            self.initial = {
                "parcel": str(last.pk),
                "carrier": last.carrier,
                "tracking_number": last.tracking_number,
            }


def _in_words(parcel: Shipment) -> str:
    packs = ", ".join(f"{item.quantity} × {item.line.sku}" for item in parcel.lines.all())
    return f"{parcel}: {packs}"


def _change_address(request: HttpRequest, order: Order, form: ChangeAddressForm) -> str:
    corrections.change_address(order_id=order.pk, recipient=form.recipient, actor=request.user)
    return "Address changed. Print the packing slip again if there is one already."


def _change_email(request: HttpRequest, order: Order, form: ChangeEmailForm) -> str:
    email = form.cleaned_data["email"]
    corrections.change_email(order_id=order.pk, email=email, actor=request.user)
    return f"Email changed. The order has a new link; it is in the outbox, for {email}."


def _correct_tracking(request: HttpRequest, order: Order, form: TrackingForm) -> str:
    data = form.cleaned_data
    shipment = corrections.correct_tracking(
        shipment_id=int(data["parcel"]),
        carrier=data["carrier"],
        tracking_number=data["tracking_number"],
        tell=data["tell"],
        actor=request.user,
    )
    told = f" A mail to {order.email} is in the outbox." if data["tell"] else ""
    return f"The parcel is now {shipment}.{told}"


def _why_not_tracking(order: Order) -> str:
    return "" if order.shipments.all() else "Nothing of this order has been shipped."


ACTIONS = (
    Action(
        name="address",
        title="Change address",
        button="Change the address",
        permission=PERMISSION,
        form=ChangeAddressForm,
        run=_change_address,
        refusal=corrections.why_not_address,
    ),
    Action(
        name="email",
        title="Change email",
        button="Change the email and send the new link",
        permission=PERMISSION,
        form=ChangeEmailForm,
        run=_change_email,
        refusal=corrections.why_not_email,
    ),
    Action(
        name="tracking",
        title="Correct tracking",
        button="Correct it",
        permission=PERMISSION,
        form=TrackingForm,
        run=_correct_tracking,
        refusal=_why_not_tracking,
    ),
)
