"""The page of the look-up: who asks for the link to an order gets it by mail, and never on the page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from orders.forms import LookUpForm
from orders.look_up import AskedTooOften, ask_for_link
from shop.lib.caching import private_page, public_page
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from shop.lib.too_often import TOO_MANY_REQUESTS, retry_after
from throttle.limits import address_block

META = PageMeta(
    title="Order status",
    description="Have the link to your order emailed to you: enter its number and your email address.",
    path="/order-status/",
    breadcrumbs=(("Order status", "/order-status/"),),
)
TOO_OFTEN = "That was often. Please try again in an hour, or write to us."


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@public_page
def look_up(request: HttpRequest) -> HttpResponse:
    """Take number and email. The answer is the same whether or not there is such an order."""
    form = LookUpForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.errors else 200)
    now = timezone.now()
    try:
        ask_for_link(**form.cleaned_data, sender=address_block(request), now=now)
    except AskedTooOften as refusal:
        form.add_error(None, TOO_OFTEN)
        page = _page(request, form, status=TOO_MANY_REQUESTS)
        return retry_after(page, refusal.opens_at, now=now)
    return redirect("order_status_sent")


@require_safe
@private_page
def sent(request: HttpRequest) -> HttpResponse:
    """Say what happens next, to everybody alike."""
    return render(request, "orders/order_status_sent.html", {"meta": META})


def _page(request: HttpRequest, form: LookUpForm, *, status: int) -> HttpResponse:
    return render(request, "orders/order_status.html", {"meta": META, "form": form}, status=status)
