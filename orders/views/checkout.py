"""The checkout: one page, from the address to the payment page."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from orders import attack_mode, card_testing, shipping_rates
from orders import cart as carts
from orders.addresses import Address, AddressRefused, check_address
from orders.checkout import LINK_SENT_PATH, AlreadyPaid, place_order
from orders.forms import CheckoutForm
from orders.models import Cart, Order, ShippingRate
from orders.payments import PaymentUnavailable
from orders.quotes import CheckoutRefused, Quote, check_destination, make_quote
from orders.views.cookies import cart_of, forget_count
from policies.current import current_versions
from shop.lib.caching import private_page
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from shop.lib.too_often import TOO_MANY_REQUESTS, retry_after
from throttle.limits import address_block

META = PageMeta(
    title="Checkout",
    description="Where it goes, how it is shipped, what it costs.",
    path="/checkout/",
    robots="noindex",
)
SENT_META = PageMeta(
    title="Check your email",
    description="The payment link is on its way to you.",
    path=LINK_SENT_PATH,
    robots="noindex",
)
REMEMBERED = (
    "email",
    "name",
    "line1",
    "line2",
    "city",
    "region",
    "postal_code",
    "country",
    "phone",
)
REFUSED, CHANGED = 422, 409
# Buttons that show the page anew with what was typed, and call nothing wrong.
LOOKING = {"country", "totals"}


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@private_page
def checkout(request: HttpRequest) -> HttpResponse:
    """Show the checkout; on POST place the order and go to the payment page.

    An order is only placed for the total that stood on the page: where tax or a new price changes it,
    the same page comes back with the new total first.
    """
    cart = cart_of(request)
    contents = carts.read(cart, now=timezone.now())
    if cart is None or not contents.items:
        # Paid in another window, most likely: the cart page says so to whoever came from a form.
        return redirect("/cart/?emptied=1" if request.method == "POST" else "cart")
    if request.method != "POST" and not contents.is_orderable:
        return redirect("cart")
    rates = shipping_rates.all_rates()
    wants_order = request.method == "POST" and request.POST.get("action") not in LOOKING
    form = _form(request, cart, contents, rates, keep_only=not wants_order)
    if wants_order and contents.is_orderable and form.is_valid():
        return _order(request, cart, form)
    quote = _look(contents, form, rates, destination=None if wants_order else _destination(form))
    if wants_order and not contents.is_orderable:
        _say_what_is_gone(form, contents)
        return _page(request, form, quote, status=CHANGED)
    return _page(request, form, quote)


@require_safe
@private_page
def link_sent(request: HttpRequest) -> HttpResponse:
    """Say, to everybody alike, that the payment link is on its way. It knows of no order."""
    context = {
        "meta": SENT_META,
        "minutes": settings.PAYMENT_WINDOW_MINUTES,
        "is_mail_late": attack_mode.is_mail_late(timezone.now()),
    }
    return render(request, "orders/link_sent.html", context)


def _look(
    contents: carts.CartContents,
    form: CheckoutForm,
    rates: list[ShippingRate],
    *,
    destination: Address | None,
) -> Quote:
    """Return the quote for what is typed so far; before tax where that cannot be worked out now."""
    ask = partial(
        make_quote,
        contents,
        country=form.chosen_country(shipping_rates.countries(rates)),
        shipping_code=str(form["shipping"].value() or ""),
        rates=rates,
        now=timezone.now(),
    )
    try:
        return ask(destination=destination)
    except CheckoutRefused:
        return ask()


def _destination(form: CheckoutForm) -> Address | None:
    """Return where it goes as far as tax depends on it, None while that is not known."""
    typed = {
        name: str(form[name].value() or "").strip() for name in ("region", "postal_code", "country")
    }
    if not typed["postal_code"]:
        return None
    try:
        # Street and city are still to come; the whole address is checked when it is ordered.
        return check_address(Address(line1="-", city="-", **typed))
    except AddressRefused:
        return None


def _say_what_is_gone(form: CheckoutForm, contents: carts.CartContents) -> None:
    form.full_clean()
    for item in contents.items:
        if item.problem:
            message = f"{item.variant.name}: {item.problem} Nothing has been ordered. Please change it in the cart."
            form.add_error(None, message)


def _order(request: HttpRequest, cart: Cart, form: CheckoutForm) -> HttpResponse:
    now = timezone.now()
    customer = replace(form.customer(), network=address_block(request))
    contents = carts.read(cart, now=now)
    try:
        quote = make_quote(
            contents,
            country=customer.address.country,
            shipping_code=form.cleaned_data["shipping"],
            destination=customer.address,
            now=now,
        )
        if request.POST.get("shown_total") != str(quote.totals.total_cents):
            return _page(request, form, quote, is_new_total=True)
        check_destination(contents, customer.address.country)
        url = place_order(
            cart=cart,
            customer=customer,
            quote=quote,
            policies=list(current_versions(now).values()),
            base_url=f"{request.scheme}://{request.get_host()}",
            now=now,
        )
    except AlreadyPaid as refusal:
        return redirect(refusal.order)
    except card_testing.TooOften as refusal:
        page = _page(request, form, quote, status=TOO_MANY_REQUESTS, opens_at=refusal.minute)
        return retry_after(page, refusal.opens_at, now=now)
    except CheckoutRefused as refusal:
        form.add_error(None, str(refusal))
        return _refused(request, cart, form)
    except PaymentUnavailable as error:
        return redirect(error.order or "cart")
    # An address of our own says that there is nothing to pay: the cart is an order now. But one whose
    # payment link goes by mail is still to be paid.
    is_done = url.startswith("/") and url != LINK_SENT_PATH
    return forget_count(redirect(url)) if is_done else redirect(url)


def _refused(request: HttpRequest, cart: Cart, form: CheckoutForm) -> HttpResponse:
    """Show what the cart holds now, at a total before tax: the next try works out the rest anew."""
    contents = carts.read(cart, now=timezone.now())
    if not contents.items:
        return redirect("/cart/?emptied=1")
    fresh = make_quote(
        contents,
        country=form.cleaned_data["country"],
        shipping_code=form.cleaned_data["shipping"],
        now=timezone.now(),
    )
    return _page(request, form, fresh, status=CHANGED)


def _form(
    request: HttpRequest,
    cart: Cart,
    contents: carts.CartContents,
    rates: list[ShippingRate],
    *,
    keep_only: bool = False,
) -> CheckoutForm:
    """Return the form with what was typed; `keep_only` keeps it without calling anything wrong."""
    is_post = request.method == "POST"
    typed: dict[str, Any] = request.POST.dict() if is_post else _earlier(cart)
    countries = shipping_rates.countries(rates)
    country = str(typed.get("country") or "")
    options = shipping_rates.options(
        rates,
        country=country if country in countries else countries[0] if countries else "US",
        items_cents=contents.goods_cents,
        weight_grams=contents.weight_grams,
    )
    if is_post and not keep_only:
        return CheckoutForm(request.POST, countries=countries, options=options)
    return CheckoutForm(initial=typed, countries=countries, options=options)


def _earlier(cart: Cart) -> dict[str, Any]:
    """Return what the customer typed when they ordered from this cart before, after going back."""
    order: Order | None = cart.order
    if order is None:
        return {}
    return {name: getattr(order, name) for name in REMEMBERED} | {"shipping": order.shipping_code}


def _page(
    request: HttpRequest,
    form: CheckoutForm,
    quote: Quote,
    *,
    is_new_total: bool = False,
    status: int = 200,
    opens_at: datetime | None = None,
) -> HttpResponse:
    if form.errors and status == 200:  # noqa: PLR2004
        status = REFUSED
    response = render(
        request,
        "orders/checkout.html",
        {
            "meta": META,
            "form": form,
            "quote": quote,
            "totals": quote.totals,
            "is_new_total": is_new_total,
            "opens_at": opens_at,
            "link_by_mail": quote.totals.total_cents > 0 and attack_mode.sends_links(),
            "has_new_price": any(item.is_price_changed for item in quote.contents.items),
        },
        status=status,
    )
    if request.method == "POST":
        # Else "back" from Stripe ends at the browser's "Confirm Form Resubmission" instead of here.
        response["Cache-Control"] = "private, no-cache"
    return response
