"""Sending one of an order's mails again."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from orders import notifications
from orders.admin.action_page import Action
from orders.admin.forms import OrderActionForm
from orders.models import Order, Refund


class ResendForm(OrderActionForm):
    """Which mail. Only those that can be sent at this point of the order are offered."""

    kind = forms.ChoiceField(label="Mail", widget=forms.RadioSelect)

    def __init__(self, order: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(order, data)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, label)
            for kind, (label, _) in notifications.RESENDABLE.items()
            if _is_possible(order, kind)
        ]


def _is_possible(order: Order, kind: str) -> bool:
    # From the rows the page has loaded; the domain refuses by itself what is not possible.
    if kind == "order_paid":
        return order.is_paid
    if kind == "order_shipped":
        return bool(order.shipments.all())
    if kind == "order_cancelled":
        return order.status == Order.Status.CANCELLED
    if kind == "order_refunded":
        return any(refund.status == Refund.Status.SETTLED for refund in order.refunds.all())
    return True


def _resend(request: HttpRequest, order: Order, form: ResendForm) -> str:
    notifications.resend(order=order, kind=form.cleaned_data["kind"], actor=request.user)
    return f"The mail is in the outbox again, for {order.email}."


ACTION = Action(
    name="resend",
    title="Send a mail again",
    button="Send it again",
    permission="resend_mail",
    form=ResendForm,
    run=_resend,
    refusal=lambda order: "",
)
