"""Recording that a parcel arrived, as the carrier's page or its buyer says."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from orders import deliveries
from orders.admin.action_page import Action
from orders.admin.forms import OrderActionForm
from orders.models import Order, Shipment
from shop.lib.form_fields import MomentField


class DeliveryForm(OrderActionForm):
    """Which parcel arrived, and when."""

    parcel = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose the parcel."}
    )
    delivered_at = MomentField(
        label="Delivered",
        help_text="In the shop’s time zone, to the minute or about so.",
        error_messages={"required": "Enter the day and the time."},
    )

    def __init__(self, order: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(order, data)
        parcels = _under_way(order)
        self.fields["parcel"].choices = [  # type: ignore[attr-defined]
            (str(parcel.pk), _in_words(parcel)) for parcel in parcels
        ]
        if len(parcels) == 1:
            self.initial = {"parcel": str(parcels[0].pk)}


def _under_way(order: Order) -> list[Shipment]:
    return [parcel for parcel in order.shipments.all() if parcel.delivered_at is None]


def _in_words(parcel: Shipment) -> str:
    return f"{parcel}, shipped {timezone.localtime(parcel.shipped_at):%B %-d, %Y, %H:%M}"


def _deliver(request: HttpRequest, order: Order, form: DeliveryForm) -> str:
    shipment = deliveries.mark_delivered(
        int(form.cleaned_data["parcel"]),
        at=form.cleaned_data["delivered_at"],
        actor=request.user,
        now=timezone.now(),
    )
    return f"{shipment}: the delivery is recorded."


def _why_not(order: Order) -> str:
    if not order.shipments.all():
        return "Nothing of this order has been shipped."
    return "" if _under_way(order) else "The delivery of every parcel is recorded."


ACTION = Action(
    name="delivered",
    title="Record a delivery",
    button="Record this delivery",
    permission="ship_order",
    form=DeliveryForm,
    run=_deliver,
    refusal=_why_not,
)
