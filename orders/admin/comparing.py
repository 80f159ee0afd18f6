"""The page "Stripe beside our orders": every difference, with the button that settles it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from orders import comparison, settling
from orders.admin import record
from orders.comparison import Comparison, Difference, Kind
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import Order

NAME = "orders_order_compare"
DAYS, MOST_DAYS = 7, 30
AWAY = (
    "Stripe cannot be reached now, so nothing was compared and nothing has changed. Try again soon."
)


@dataclass(frozen=True)
class Section:
    """Differences of one kind: what they are, a hint, what the button on each says (empty: none), and
    whose name for the thing its reference is.
    """

    title: str
    hint: str
    button: str = ""
    names: str = "Stripe’s name for it"


SECTIONS = {
    Kind.NOT_RECORDED: Section(
        "Paid at Stripe, not recorded here",
        "The order becomes paid, or its money goes back.",
        "Record it",
    ),
    Kind.PAGE_OUTLIVED: Section(
        "Payment page open, order over", "Nobody should pay there any more.", "Close the page"
    ),
    Kind.PAYMENT_NOT_THERE: Section(
        "Recorded here, unknown at Stripe",
        "Perhaps the key of another account was in use. Nothing ships until somebody has looked.",
        "Put on review",
    ),
    Kind.AMOUNT_DIFFERS: Section(
        "Another amount at Stripe than here",
        "The books are wrong by the difference. Nothing ships until somebody has looked.",
        "Put on review",
    ),
    Kind.REFUND_DIFFERS: Section(
        "Refund at Stripe that is different here", "Stripe’s word counts.", "Take it over"
    ),
    Kind.REFUND_WAITS: Section(
        "Refund that Stripe has not confirmed",
        "Asking again sends it once, however often you ask.",
        "Ask again",
        "Our number",
    ),
    Kind.REFUND_NOT_THERE: Section(
        "Refund recorded here, unknown at Stripe",
        "The customer may not have the money. Somebody has to look.",
        "Put on review",
        "Our number",
    ),
    Kind.DISPUTE_DIFFERS: Section(
        "Dispute at Stripe that is different here",
        "Stripe’s word counts. While a dispute is open, nothing of its order ships.",
        "Take it over",
    ),
    Kind.WARNING_UNKNOWN: Section(
        "Fraud warning that is not known here",
        "The order is frozen until somebody has decided.",
        "Take it over",
    ),
    Kind.REFUND_CONTRADICTS: Section(
        "Refund that failed here, and not at Stripe",
        "Look at the payment at Stripe before you pay back again, and put a note on the order.",
    ),
    Kind.NO_ORDER: Section(
        "Payment page of this shop without an order",
        "Was a backup restored? If it was paid, refund it in Stripe’s dashboard or enter the order "
        "again by hand; an open page ends by itself within a day.",
    ),
}


class PeriodForm(forms.Form):
    """How far back to look."""

    days = forms.IntegerField(
        label="Days to look back",
        min_value=1,
        max_value=MOST_DAYS,
        help_text=f"1 to {MOST_DAYS}. Longer takes longer.",
    )


def urls(model_admin: "ModelAdmin[Order]") -> list[URLPattern]:
    """Return the address of the page."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest) -> HttpResponse:
        if not record.has_permission(request, "review_order"):
            raise PermissionDenied
        if request.method == "POST":
            return _settle(request)
        return _show(model_admin, request)

    return [path("compare/", model_admin.admin_site.admin_view(view), name=NAME)]


def _show(model_admin: "ModelAdmin[Order]", request: HttpRequest) -> HttpResponse:
    form = PeriodForm({"days": request.GET.get("days", DAYS)})
    now = timezone.now()
    found: Comparison | None = None
    problem = ""
    if form.is_valid():
        since = now - timedelta(days=form.cleaned_data["days"])
        found, problem = _compare(since, now)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "Stripe beside our orders",
        "form": form,
        "found": found,
        "sections": _in_sections(found.differences) if found else [],
        "count": _counted(len(found.differences)) if found else "",
        "problem": problem,
        "now": now,
    }
    return TemplateResponse(request, "admin/orders/order/compare.html", context)


def _compare(since: datetime, now: datetime) -> tuple[Comparison | None, str]:
    try:
        return comparison.compare(since=since, now=now), ""
    except GatewayUnavailable:
        return None, AWAY
    except GatewayRefused as error:
        return None, f"Stripe refuses to show it: {error}"


def _in_sections(differences: Sequence[Difference]) -> list[tuple[Section, list[Difference]]]:
    by_kind = defaultdict[Kind, list[Difference]](list)
    for difference in differences:
        by_kind[difference.kind].append(difference)
    return [(section, by_kind[kind]) for kind, section in SECTIONS.items() if by_kind[kind]]


def _counted(number: int) -> str:
    return "1 difference" if number == 1 else f"{number} differences"


def _settle(request: HttpRequest) -> HttpResponse:
    kind, reference = request.POST.get("kind", ""), request.POST.get("reference", "")
    try:
        message = settling.settle(kind, reference, now=timezone.now())
        level = messages.SUCCESS
    except (KeyError, ValueError):
        message, level = "There is no such button. Load the page again.", messages.ERROR
    except GatewayUnavailable:
        message, level = "Stripe did not answer. Wait a minute, then press again.", messages.ERROR
    except GatewayRefused as error:
        message, level = f"Stripe refused: {error}", messages.ERROR
    messages.add_message(request, level, message)
    period = PeriodForm(request.POST)
    days = period.cleaned_data["days"] if period.is_valid() else DAYS
    return HttpResponseRedirect(f"{reverse(f'admin:{NAME}')}?days={days}")
