"""What staff fill in for the actions on an order."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from orders import refunds_ended
from orders.admin import open_packs
from orders.models import Order, OrderLine, Refund, Shipment

_TRACKING = re.compile(r"[A-Z0-9]{6,40}")


class OrderActionForm(forms.Form):
    """The form of one action on one order."""

    def __init__(self, order: Order, data: Mapping[str, Any] | None = None) -> None:
        self.order = order
        super().__init__(data)


class TrackingFields(forms.Form):
    """Who carries a parcel, and its number."""

    carrier = forms.ChoiceField(choices=Shipment.Carrier.choices)
    tracking_number = forms.CharField(
        max_length=60,
        required=False,
        help_text="As on the label. It goes into the customer's mail.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_tracking_number(self) -> str:
        """Take out the spaces of the label; the rest must look like a number."""
        number = re.sub(r"[\s-]", "", self.cleaned_data["tracking_number"]).upper()
        if number and not _TRACKING.fullmatch(number):
            message = "Use the letters and digits of the label, 6 to 40 of them."
            raise forms.ValidationError(message)
        return number

    def clean(self) -> dict[str, Any]:
        """A parcel has a number wherever the carrier gives one."""
        cleaned = super().clean() or {}
        if (
            "tracking_number" in cleaned
            and not cleaned["tracking_number"]
            and cleaned.get("carrier") != Shipment.Carrier.OTHER
        ):
            message = "Enter the tracking number, or choose “Other” for a parcel without one."
            self.add_error("tracking_number", message)
        return cleaned


class ShipForm(OrderActionForm, TrackingFields):
    """One parcel: who carries it, its number, and what is in it."""

    def __init__(self, order: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(order, data)
        self.left = open_packs.to_ship(order)
        self.lines = [line for line in order.lines.all() if self.left[line.pk]]
        for line in self.lines:
            left = self.left[line.pk]
            self.fields[_quantity_name(line)] = forms.IntegerField(
                label=f"Packs of {line.sku} in this parcel",
                min_value=0,
                max_value=left,
                initial=left,
                error_messages=number_errors(left),
            )

    @property
    def rows(self) -> list[tuple[OrderLine, int, forms.BoundField]]:
        """Each open line with the packs left to ship and its field."""
        return [(line, self.left[line.pk], self[_quantity_name(line)]) for line in self.lines]

    @property
    def quantities(self) -> dict[int, int]:
        """Packs in the parcel as {order line id: packs}, after cleaning."""
        return {line.pk: self.cleaned_data[_quantity_name(line)] for line in self.lines}

    def clean(self) -> dict[str, Any]:
        """A parcel has something in it."""
        cleaned = super().clean()
        counts = [cleaned.get(_quantity_name(line)) for line in self.lines]
        if counts and all(count == 0 for count in counts):
            self.add_error(_quantity_name(self.lines[0]), "Put at least one pack into the parcel.")
        return cleaned


class CancelForm(OrderActionForm):
    """Why an order is canceled."""

    reason = forms.CharField(
        max_length=200,
        help_text="For the timeline, for example “asked by mail to cancel”.",
        error_messages={"required": "Say why."},
    )


class ReviewForm(OrderActionForm):
    """What came of looking at an order."""

    reason = forms.CharField(
        max_length=200,
        label="What did you find and do?",
        help_text="For the timeline, for example “called the customer, second payment refunded”.",
        error_messages={"required": "Say what you found."},
    )


class AcceptForm(OrderActionForm):
    """Why money that is not exactly what was due is good enough."""

    reason = forms.CharField(
        max_length=200,
        help_text="For the timeline, for example “a dollar less is fine, she was told”.",
        error_messages={"required": "Say why."},
    )


class EndRefundForm(OrderActionForm):
    """How staff know that a refund in doubt was never made."""

    reason = forms.CharField(
        max_length=150,
        label="Where did you look, and what did you find?",
        help_text="For the timeline, for example “not in the dashboard of either account”.",
        error_messages={"required": "Say what you found."},
    )

    @property
    def refunds(self) -> list[Refund]:
        """Those that it ends."""
        return refunds_ended.endable(self.order.refunds.all(), now=timezone.now())


class NoteForm(OrderActionForm):
    """A note for colleagues."""

    text = forms.CharField(
        label="Note",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only staff see it.",
        error_messages={"required": "Write something first."},
    )


def number_errors(most: int) -> dict[str, str]:
    """Return what a field for packs says to a number that is none or out of bounds."""
    return {
        "required": "Enter a number, 0 for none.",
        "invalid": "Enter a whole number.",
        "min_value": "Enter 0 or more.",
        "max_value": f"At most {most}.",
    }


def _quantity_name(line: OrderLine) -> str:
    return f"quantity_{line.pk}"
