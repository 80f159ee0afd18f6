"""The steps of staff in the admin, for its tests."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from orders.models import Order
from tests.factories import make_staff

SEE = "orders.view_order"


def log_in(*permissions: str) -> tuple[Client, User]:
    """A browser in which somebody with `permissions` is logged in."""
    user = make_staff(*permissions)
    client = Client()
    client.force_login(user)
    return client, user


def address(order: Order, page: str) -> str:
    """The address of one of the order's pages in the admin."""
    return f"/admin/orders/order/{order.pk}/{page}/"


def token_on(response: HttpResponse) -> str:
    """The mark of the form that the page shows."""
    found = re.search(r'name="form_token" value="([^"]+)"', response.content.decode())
    assert found, "the page shows no form"
    return found[1]


def act(client: Client, order: Order, action: str, **typed: Any) -> HttpResponse:
    """Open the form of an action and send it; the page one ends on."""
    url = address(order, action)
    data = {"form_token": token_on(client.get(url)), **typed}
    return client.post(url, data, follow=True)


def words_of(response: HttpResponse) -> str:
    """The page as words with single spaces, without its tags."""
    text = re.sub(
        r"<(script|style|svg).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL
    )
    return " ".join(text.split())
