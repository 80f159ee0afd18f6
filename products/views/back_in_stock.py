"""Asking for one email when a pack is back, confirming that, and stopping it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from products import back_in_stock
from products.alert_form import BackInStockForm
from shop.lib.caching import private_page, public_page
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from throttle.limits import address_block

DESCRIPTION = "Leave your email address and we write to you once when a sold-out pack is back."
TOO_MANY = (
    "We got several requests from your network in the last hour. Please try again in an hour."
)


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form; note the wish and lead to the page that says what happens next."""
    return _note(request) if request.method == "POST" else _blank_form(request)


@require_safe
@public_page
def sent(request: HttpRequest) -> HttpResponse:
    """Say what happens next, to everybody alike."""
    meta = _meta(
        "Please check your email",
        reverse("back_in_stock_sent"),
        "We have sent a link to confirm that we may write to you when the pack is back in stock.",
    )
    return render(request, "products/back_in_stock_sent.html", {"meta": meta})


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def alert(request: HttpRequest, token: str) -> HttpResponse:
    """Show where one alert stands. Only the button confirms it: programs that scan mail open links."""
    found = back_in_stock.find(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        back_in_stock.confirm(token, now=timezone.now())
        return redirect("back_in_stock_alert", token)
    meta = _meta("Your email when it is back", reverse("back_in_stock"))
    context = {"meta": meta, "alert": found, "pack": found.variant}
    return render(request, "products/back_in_stock_alert.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and erase on POST. Mail programs post here on their own (RFC 8058), so from any origin.

    What was erased before is answered in the same way.
    """
    if request.method == "POST":
        back_in_stock.stop(token)
    elif back_in_stock.find(token) is None:
        raise Http404
    meta = _meta("No email when it is back", reverse("back_in_stock"))
    context = {"meta": meta, "token": token, "is_done": request.method == "POST"}
    return render(request, "products/back_in_stock_stop.html", context)


@public_page
def _blank_form(request: HttpRequest) -> HttpResponse:
    packs = back_in_stock.sold_out_packs()
    asked = request.GET.get("pack", "")
    chosen = asked if asked in {pack.sku for pack in packs} else None
    return _form_page(request, BackInStockForm(packs, initial={"sku": chosen}), status=200)


@private_page
def _note(request: HttpRequest) -> HttpResponse:
    form = BackInStockForm(back_in_stock.sold_out_packs(), request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        back_in_stock.ask(
            variant=form.variant,
            email=form.cleaned_data["email"],
            sender=address_block(request),
            now=timezone.now(),
        )
    except back_in_stock.TooManyRequests:
        form.add_error(None, TOO_MANY)
        return _form_page(request, form, status=429)
    return redirect("back_in_stock_sent")


def _form_page(request: HttpRequest, form: BackInStockForm, *, status: int) -> HttpResponse:
    meta = _meta("Email me when it is back", reverse("back_in_stock"))
    return render(
        request, "products/back_in_stock.html", {"meta": meta, "form": form}, status=status
    )


def _meta(title: str, path: str, description: str = DESCRIPTION) -> PageMeta:
    return PageMeta(
        title=title,
        description=description,
        path=path,
        breadcrumbs=(("Order", reverse("order")), (title, path)),
        robots="noindex",
    )
