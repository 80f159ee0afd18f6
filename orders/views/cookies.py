"""The two cookies of the cart: its token, and the count that a script shows in the header."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from orders import cart as carts
from orders.models import Cart

TOKEN, COUNT = "cart", "cart_count"
MAX_AGE = int(carts.KEEP.total_seconds())


def cart_of(request: HttpRequest) -> Cart | None:
    """Return the visitor's cart, None when they have none."""
    return carts.find(request.COOKIES.get(TOKEN, ""))


def remember(response: HttpResponse, cart: Cart, *, now: datetime) -> HttpResponse:
    """Let the visitor keep `cart`: both are needed for what they asked for, so need no consent."""
    count = carts.read(cart, now=now).count
    _set(response, TOKEN, cart.token, httponly=True)
    _set(response, COUNT, str(count), httponly=False)
    return response


def forget_count(response: HttpResponse) -> HttpResponse:
    """Take the count out of the header: the cart has become an order."""
    response.delete_cookie(COUNT, samesite="Lax")
    return response


def _set(response: HttpResponse, name: str, value: str, *, httponly: bool) -> None:
    response.set_cookie(
        name,
        value,
        max_age=MAX_AGE,
        httponly=httponly,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
