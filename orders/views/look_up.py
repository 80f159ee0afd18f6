"""The look-up: mails the link of an order to whoever ordered it, and tells a stranger nothing."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from orders import notifications
from orders.forms import LookUpForm
from orders.models import Order
from shop.lib.caching import private_page, public_page
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from throttle import limits

META = PageMeta(
    title="Order status",
    description="Have the link to your order emailed to you: enter its number and your email address.",
    path="/order-status/",
    breadcrumbs=(("Order status", "/order-status/"),),
)
PER_HOUR = 10
ONE_LINK_PER = timedelta(minutes=5)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@public_page
def look_up(request: HttpRequest) -> HttpResponse:
    """Take number and email. The answer is the same whether or not there is such an order."""
    form = LookUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        allowed = limits.hit(
            kind="order_status",
            key=limits.address_block(request),
            limit=PER_HOUR,
            period=timedelta(hours=1),
            now=now,
        )
        if allowed:
            _mail_link(form.cleaned_data["number"], form.cleaned_data["email"], now=now)
            return redirect("order_status_sent")
        form.add_error(None, "That was often. Please try again in an hour, or write to us.")
    status = 422 if form.errors else 200
    return render(request, "orders/order_status.html", {"meta": META, "form": form}, status=status)


@require_safe
@private_page
def sent(request: HttpRequest) -> HttpResponse:
    """Say what happens next, to everybody alike."""
    return render(request, "orders/order_status_sent.html", {"meta": META})


def _mail_link(number: str, email: str, *, now: datetime) -> None:
    order = Order.objects.filter(number=number, email__iexact=email).first()
    # However often it is asked for, nobody's inbox fills up; the answer is the same all the while.
    if order is not None and limits.hit(
        kind="order_link", key=order.number, limit=1, period=ONE_LINK_PER, now=now
    ):
        notifications.order_link(order)
