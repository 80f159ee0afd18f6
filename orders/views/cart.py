"""The cart page and what can be done on it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from orders import attack_mode, discounts, shipping_rates
from orders import cart as carts
from orders.forms import AddForm, DiscountForm, QuantityForm
from orders.models import Cart
from orders.models.cart import MAX_QUANTITY
from orders.views.cookies import cart_of, remember
from shop.lib.caching import private_page
from shop.lib.same_origin import same_origin_post
from shop.lib.seo import PageMeta
from shop.lib.too_often import TOO_MANY_REQUESTS, retry_after
from throttle.limits import address_block

META = PageMeta(
    title="Your cart",
    description="What you have chosen, at today's prices.",
    path="/cart/",
    breadcrumbs=(("Cart", "/cart/"),),
    robots="noindex",
)
REFUSED = 422
TRIED_TOO_OFTEN = (
    "Too many codes were tried that are not valid. Please try again in an hour, or order without one. "
    "Your cart is kept."
)


@require_safe
@private_page
def show(request: HttpRequest) -> HttpResponse:
    """Show the cart at today's prices."""
    return _page(request, cart_of(request))


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@private_page
def add(request: HttpRequest) -> HttpResponse:
    """Put packs into the cart, which is made and remembered now if there was none."""
    if request.method != "POST":
        return redirect("cart")  # opened again from the address bar
    cart = cart_of(request)
    form = AddForm(request.POST)
    if form.is_valid():
        try:
            cart = carts.add(cart, **form.cleaned_data)
        except carts.CartRefused as refusal:
            form.add_error("quantity", str(refusal))
        else:
            return remember(redirect("/cart/?added=1"), cart, now=timezone.now())
    return _page(request, cart, add_form=form, status=REFUSED)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@private_page
def update(request: HttpRequest) -> HttpResponse:
    """Change how many packs of a line there are; the button "remove" takes it out."""
    cart = cart_of(request)
    if cart is None or request.method != "POST":
        return redirect("cart")
    data = request.POST.copy()
    if data.get("action") == "remove":
        data["quantity"] = "0"
    form = QuantityForm(data)
    if form.is_valid():
        try:
            carts.set_quantity(cart, **form.cleaned_data)
        except carts.CartRefused as refusal:
            form.add_error("quantity", str(refusal))
        else:
            carts.acknowledge_prices(cart)
            return remember(redirect("cart"), cart, now=timezone.now())
    return _page(request, cart, quantity_form=form, status=REFUSED)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@private_page
def discount(request: HttpRequest) -> HttpResponse:
    """Use a discount code, or take it away."""
    cart = cart_of(request)
    if cart is None or request.method != "POST":
        return redirect("cart")
    form = DiscountForm(
        {"code": "" if request.POST.get("action") == "remove" else request.POST.get("code", "")}
    )
    now = timezone.now()
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            carts.try_discount(cart, code=code, sender=address_block(request), now=now)
        except discounts.DiscountRefused as refusal:
            form.add_error("code", str(refusal))
        except discounts.TriedTooOften as refusal:
            form.add_error("code", TRIED_TOO_OFTEN)
            page = _page(request, cart, discount_form=form, status=TOO_MANY_REQUESTS)
            return retry_after(page, refusal.opens_at, now=now)
        else:
            return redirect("cart")
    return _page(request, cart, discount_form=form, status=REFUSED)


def _page(
    request: HttpRequest, cart: Cart | None, *, status: int = 200, **forms: Any
) -> HttpResponse:
    contents = carts.read(cart, now=timezone.now())
    was_added = request.GET.get("added") == "1"
    context = {
        "meta": META,
        "contents": contents,
        "max_quantity": MAX_QUANTITY,
        "was_added": was_added and bool(contents.items),
        "is_cookie_missing": was_added and cart is None,
        "was_emptied": request.GET.get("emptied") == "1" and not contents.items,
        **_unpaid(cart),
        "line_with_error": _line_with_error(contents, forms.get("quantity_form")),
        **_free_shipping(contents),
        **forms,
    }
    return render(request, "orders/cart.html", context, status=status)


def _unpaid(cart: Cart | None) -> dict[str, Any]:
    """Return the order that was placed from the cart and not paid, and whether its link is only mailed."""
    order = cart.order if cart and cart.order and cart.order.is_pending else None
    is_by_mail = order is not None and order.total_cents > 0 and attack_mode.sends_links()
    return {"unpaid_order": order, "is_link_mailed": is_by_mail}


def _free_shipping(contents: carts.CartContents) -> dict[str, Any]:
    """Return from how much a parcel of this weight ships free in the US, and how far it is to that."""
    free_from = shipping_rates.free_shipping_from(
        shipping_rates.all_rates(), country="US", weight_grams=contents.weight_grams
    )
    if free_from is None:
        return {"free_from_cents": None, "to_free_cents": 0}
    to_free = max(0, free_from - contents.goods_cents)
    return {"free_from_cents": free_from, "to_free_cents": to_free}


def _line_with_error(contents: carts.CartContents, form: QuantityForm | None) -> str:
    """Return the SKU of the line beside which the form's message stands; empty: on top of the page."""
    if form is None or "quantity" not in form.errors:
        return ""
    sku = form["sku"].value()
    return next((item.variant.sku for item in contents.items if item.variant.sku == sku), "")
