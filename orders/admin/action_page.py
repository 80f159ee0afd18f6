"""The page on which staff act on an order: GET shows a form, POST acts once.

What the domain refuses becomes a message at the form, with what was typed kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from orders.admin import once, record
from orders.admin.forms import OrderActionForm
from orders.corrections import CorrectionRefused
from orders.deliveries import DeliveryRefused
from orders.fraud_warnings import DecisionRefused
from orders.fulfillment import NothingToShip
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Order, TransitionNotAllowed
from orders.notifications import MailNotPossible
from orders.payments import AcceptRefused, PaymentUnavailable
from orders.refunds import RefundRefused
from orders.review import SettleRefused
from products.stock import StockRefused

View = Callable[..., HttpResponse]

# Refusals whose message is written for staff.
REFUSED = (
    TransitionNotAllowed,
    NothingToShip,
    RefundRefused,
    StockRefused,
    MailNotPossible,
    CorrectionRefused,
    AcceptRefused,
    DecisionRefused,
    SettleRefused,
    DeliveryRefused,
)
UNREACHABLE = (GatewayUnavailable, GatewayRefused, PaymentUnavailable)
DOMAIN_ERRORS = (*REFUSED, *UNREACHABLE)

ALREADY_SENT = "This form was sent before. Look at the timeline before you send it again."
NO_ANSWER = "Stripe did not answer as expected. Look at the order, wait a minute, then try again."


@dataclass(frozen=True)
class Action:
    """Something staff do with an order.

    `permission` is a codename of Order.Meta.permissions; empty: whoever may see orders. `run` makes the
    one call into the domain and returns what to tell; `refusal` says why it cannot be done now.
    """

    name: str
    title: str
    button: str
    permission: str
    form: Callable[..., OrderActionForm]
    run: Callable[[HttpRequest, Order, Any], str]
    refusal: Callable[[Order], str]
    is_danger: bool = False


def is_allowed(request: HttpRequest, action: Action) -> bool:
    """Say whether this member of staff may do it."""
    return record.has_permission(request, action.permission)


def in_words(error: Exception) -> str:
    """Return what staff are told about a refusal."""
    return str(error) if isinstance(error, REFUSED) else NO_ANSWER


def view_of(model_admin: "ModelAdmin[Order]", action: Action) -> View:
    """Return the view of `action`. It raises PermissionDenied and Http404."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, order_id: int) -> HttpResponse:
        order = record.find(model_admin, request, str(order_id), permission=action.permission)
        refusal = action.refusal(order)
        if request.method != "POST" or refusal:
            # A second press of the button ends here as well: what it asked for is done.
            return show(model_admin, request, order, action, action.form(order), refusal=refusal)
        form = action.form(order, request.POST)
        if form.is_valid():
            if not once.claim(request.POST.get(once.FIELD, ""), now=timezone.now()):
                return back(request, order, ALREADY_SENT, messages.WARNING)
            try:
                return back(request, order, action.run(request, order, form), messages.SUCCESS)
            except DOMAIN_ERRORS as error:
                form.add_error(None, in_words(error))
        return show(model_admin, request, order, action, form)

    return view


def show(
    model_admin: "ModelAdmin[Order]",
    request: HttpRequest,
    order: Order,
    action: Action,
    form: OrderActionForm,
    **more: Any,
) -> HttpResponse:
    """Show the page of `action`, with a fresh mark so that this showing can act."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"{action.title}: order {order.number}",
        "action": action,
        "order": order,
        "form": form,
        "money": record.money_of(order),
        "form_token": once.new_token(),
        **more,
    }
    return TemplateResponse(request, f"admin/orders/order/{action.name}.html", context)


def back(request: HttpRequest, order: Order, message: str, level: int) -> HttpResponse:
    """Return to the record of the order with a message."""
    messages.add_message(request, level, message)
    return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))
