"""Paying back: a form, a page that says exactly what will happen, and then once."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from orders import refund_words, refunds
from orders.admin import once, record
from orders.admin.action_page import (
    ALREADY_SENT,
    DOMAIN_ERRORS,
    Action,
    View,
    back,
    in_words,
    show,
)
from orders.admin.refund_form import RefundForm
from orders.models import Order, Refund
from shop.lib.money import format_cents

LEVELS = {Refund.Status.FAILED: messages.ERROR, Refund.Status.IN_DOUBT: messages.WARNING}


def _refund(request: HttpRequest, order: Order, form: RefundForm) -> Refund:
    return refunds.refund(
        order_id=order.pk,
        amount_cents=form.amount_cents,
        items=form.items,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        now=timezone.now(),
    )


def _in_words(made: Refund) -> str:
    amount = format_cents(made.amount_cents, made.order.currency)
    if made.status == Refund.Status.FAILED:
        return f"The refund of {amount} failed: {refund_words.failure(made.failure) or 'Stripe refused it'}."
    if made.status == Refund.Status.IN_DOUBT and made.failure:
        return (
            f"Stripe refused to say whether {amount} went back: {made.failure}."
            " The shop asks again by itself; do not repeat it."
        )
    if made.status == Refund.Status.IN_DOUBT:
        return f"Stripe has not answered about {amount}. The shop asks again by itself; do not repeat it."
    return f"Refund of {amount}: {made.get_status_display().lower()}."


def _left(order: Order) -> int:
    # From the rows the page has loaded; the domain counts again under its lock.
    return record.money_of(order).refundable_cents


def _why_not_refund(order: Order) -> str:
    if _left(order) > 0:
        return ""
    if record.is_disputed(order):
        return refunds.DISPUTED
    return "Nothing is left to pay back for this order."


def _form(order: Order, data: Any = None) -> RefundForm:
    return RefundForm(order, data, refundable_cents=_left(order))


ACTION = Action(
    name="refund",
    title="Refund",
    button="Check the amount",
    permission="refund_order",
    form=_form,
    run=lambda request, order, form: _in_words(_refund(request, order, form)),
    refusal=_why_not_refund,
    is_danger=True,
)


def view_of(model_admin: "ModelAdmin[Order]") -> View:
    """Return the view of a refund. It raises PermissionDenied and Http404."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, order_id: int) -> HttpResponse:
        order = record.find(model_admin, request, str(order_id), permission=ACTION.permission)
        refusal = ACTION.refusal(order)
        if request.method != "POST" or refusal:
            return show(model_admin, request, order, ACTION, _form(order), refusal=refusal)
        form = _form(order, request.POST)
        if not form.is_valid() or "change" in request.POST:
            return show(model_admin, request, order, ACTION, form)
        if request.POST.get("confirmed_cents") != str(form.amount_cents):
            return show(model_admin, request, order, ACTION, form, is_confirming=True)
        return _act(model_admin, request, order, form)

    return view


def _act(
    model_admin: "ModelAdmin[Order]", request: HttpRequest, order: Order, form: RefundForm
) -> HttpResponse:
    if not once.claim(request.POST.get(once.FIELD, ""), now=timezone.now()):
        return back(request, order, ALREADY_SENT, messages.WARNING)
    try:
        made = _refund(request, order, form)
    except DOMAIN_ERRORS as error:
        form.add_error(None, in_words(error))
        return show(model_admin, request, order, ACTION, form)
    level = LEVELS.get(Refund.Status(made.status), messages.SUCCESS)
    return back(request, order, _in_words(made), level)
