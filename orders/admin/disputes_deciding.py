"""The page on which staff decide about an early fraud warning: pay it back, or trust it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from orders import dispute_words, fraud_warnings, refunds
from orders.admin.action_page import Action
from orders.admin.forms import OrderActionForm
from orders.models import FraudWarning, Order, Refund

Decision = FraudWarning.Decision


class DecisionForm(OrderActionForm):
    """What to do about one warning. Its two buttons are the decision."""

    warning = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=[(Decision.REFUND, "Pay back"), (Decision.SHIP, "Trust")],
        widget=forms.HiddenInput,
        error_messages={"required": "Press one of the two buttons."},
    )
    reason = forms.CharField(
        max_length=200,
        label="What you found",
        help_text="For the timeline, for example “called, knows what was ordered”.",
        error_messages={"required": "Say what you found."},
    )

    def __init__(self, order: Order, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(order, data)
        open_ones = [one for one in order.fraud_warnings.all() if one.decision == Decision.OPEN]
        self.known = {one.pk for one in order.fraud_warnings.all()}
        # The oldest first: each that came since is decided for itself.
        self.first = open_ones[-1] if open_ones else None
        self.suspected = dispute_words.fraud_type(self.first) if self.first else ""
        self.refusal = fraud_warnings.why_not_decide(self.first) if self.first else ""
        self.refundable_cents = refunds.refundable_cents(order) if self.first else 0
        lines = order.lines.all()
        self.is_sent = any(line.quantity_shipped for line in lines)
        self.is_open = any(line.quantity_open for line in lines)

    def clean_warning(self) -> int:
        """It is one of this order's."""
        warning_id = int(self.cleaned_data["warning"])
        if warning_id not in self.known:
            message = "That warning is about another order. Load the page again."
            raise forms.ValidationError(message)
        return warning_id


def _decide(request: HttpRequest, order: Order, form: DecisionForm) -> str:
    decision = form.cleaned_data["decision"]
    if decision == Decision.REFUND and not request.user.has_perm("orders.refund_order"):
        raise PermissionDenied
    after = fraud_warnings.decide(
        warning_id=form.cleaned_data["warning"],
        decision=decision,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        now=timezone.now(),
    )
    if decision == Decision.SHIP:
        return "The warning is settled: you trust this order."
    if after.refunds.filter(status=Refund.Status.IN_DOUBT).exists():
        return "The money goes back. Stripe has not answered yet; the shop asks again by itself."
    return "The money goes back. The refund’s progress is shown below."


def _why_not(order: Order) -> str:
    waiting = any(one.decision == Decision.OPEN for one in order.fraud_warnings.all())
    return "" if waiting else "No fraud warning of this order waits for a decision."


ACTION = Action(
    name="fraud",
    title="Decide about the fraud warning",
    button="",
    permission="review_order",
    form=DecisionForm,
    run=_decide,
    refusal=_why_not,
)
