"""Invariants 10, 11 and 12: what pages ask, what a new price does, and what a link gives away."""

import secrets
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from orders import corrections
from orders.models.order import new_number
from products.models import Variant
from shop.drill import at_stripe
from shop.drill.report import Result
from shop.drill.stage import Buyer, Stage
from shop.lib.money import format_cents

OK, NOT_FOUND = 200, 404
# 128 bits, in the letters of an order's link.
SHORTEST_TOKEN = 22


def query_counts(stage: Stage) -> Result:
    """10: ask for each page with few rows and with more, and compare the number of queries."""
    pack = stage.have(5)
    few, many = Buyer(), Buyer()
    few.put_in_cart(pack)
    orders = [Buyer().placed_order(pack) for _ in range(3)]
    staff = _staff()
    admin_list = "/admin/orders/order/?q="
    product = Client(SERVER_NAME="drill.localhost", raise_request_exception=False)
    shown = stage.shown_product()
    before = {
        "product": _count(product, "/order/"),
        "cart": _count(few.client, "/cart/"),
        "checkout": _count(few.client, "/checkout/"),
        "order list": _count(staff, admin_list + orders[0].number),
    }
    more = [stage.another_pack(shown) for _ in range(2)]
    for variant in (pack, *more):
        many.put_in_cart(variant)
    after = {
        "product": _count(product, "/order/"),
        "cart": _count(many.client, "/cart/"),
        "checkout": _count(many.client, "/checkout/"),
        "order list": _count(staff, f"{admin_list}drill.localhost"),
    }
    Variant.objects.filter(pk__in=[variant.pk for variant in more]).update(is_active=False)
    findings = [
        f"The {name} asks {before[name]} questions for few rows, {after[name]} for more."
        for name in before
        if before[name] != after[name]
    ]
    told = ", ".join(f"{name} {count}" for name, count in after.items())
    tried = f"Questions to the database with 1 row and with 3: {told}."
    return Result(10, tried, tuple(findings))


def _count(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        status = client.get(path).status_code
    if status != OK:
        msg = f"{path.partition('?')[0]} answers {status}"
        raise RuntimeError(msg)
    return len(asked)


def _staff() -> Client:
    """Return a browser in which somebody of the staff is logged in; the user is the copy's alone."""
    users = get_user_model()
    user = users(username=f"drill-{secrets.token_hex(4)}", is_staff=True, is_superuser=True)
    user.set_unusable_password()
    user.save()
    client = Client(SERVER_NAME="drill.localhost", raise_request_exception=False)
    client.force_login(user)
    return client


def new_price(stage: Stage) -> Result:
    """11: the price goes up after the buyer has seen the total."""
    pack = stage.have(5)
    buyer, price = Buyer(), pack.price_cents
    buyer.put_in_cart(pack)
    shown = buyer.shown_total()
    Variant.objects.filter(pk=pack.pk).update(price_cents=price + 100)
    pages_before = len(at_stripe.listed("checkout/sessions"))
    buyer.press_pay(shown)
    placed, findings = len(buyer.orders()), []
    if placed or len(at_stripe.listed("checkout/sessions")) != pages_before:
        findings.append("An order was placed at a total that its buyer had not seen.")
    total = buyer.shown_total()
    buyer.press_pay(total)
    orders = buyer.orders()
    if [order.total_cents for order in orders] != [total] or total <= shown:
        findings.append(
            f"Shown {shown}, then {total}; ordered {[one.total_cents for one in orders]}."
        )
    if not findings:
        asked = at_stripe.listed("checkout/sessions")[0]["amount_total"]
        if asked != total:
            findings.append(f"Stripe was asked for {asked} cents instead of {total}.")
    Variant.objects.filter(pk=pack.pk).update(price_cents=price)
    tried = (
        f"A price raised after a buyer had seen {format_cents(shown)}: pressing “Pay” showed "
        f"{format_cents(total)} and placed {placed} orders; pressing again placed {len(orders) - placed}."
    )
    return Result(11, tried, tuple(findings))


def guest_links(stage: Stage) -> Result:
    """12: guess, look up, and correct the email of a paid order."""
    buyer, order = stage.paid_order()
    buyer.come_back(order)
    stranger = Client(SERVER_NAME="drill.localhost", raise_request_exception=False)
    old, other = order.token, f"other-{secrets.token_hex(4)}@drill.localhost"
    known = _look_up(order.number, buyer.email)
    unknown = _look_up(new_number(), other)
    order = corrections.change_email(order_id=order.pk, email=other, actor=None)
    gone, never = (
        stranger.get(f"/order/{old}/"),
        stranger.get(f"/order/{secrets.token_urlsafe(32)}/"),
    )
    checks: dict[str, Callable[[], bool]] = {
        "An order is reached by its number.": lambda: (
            stranger.get(f"/order/{order.number}/").status_code == NOT_FOUND
        ),
        "A link is short enough to be guessed.": lambda: len(order.token) >= SHORTEST_TOKEN,
        "The link from before the correction still works.": lambda: gone.status_code == NOT_FOUND,
        "A link that has ended looks different from one that never was.": lambda: (
            (gone.status_code, gone.content) == (never.status_code, never.content)
        ),
        "The new link does not work.": lambda: (
            stranger.get(f"/order/{order.token}/").status_code == OK
        ),
        "The new link went to the old address.": lambda: not _told(buyer.email, order.token),
        "The new link did not go to the new address.": lambda: _told(other, order.token),
        "The look-up tells who has ordered.": lambda: known == unknown,
    }
    findings = tuple(text for text, holds in checks.items() if not holds())
    tried = (
        "A stranger tried an order's number, an ended link, a made-up link and the look-up; the email of an "
        f"order was corrected. {len(checks) - len(findings)} of {len(checks)} as promised (how long answers "
        "take is not measured)."
    )
    return Result(12, tried, findings)


def _told(email: str, token: str) -> bool:
    return bool(Email.objects.filter(to=[email], message__contains=token).exists())


def _look_up(number: str, email: str) -> tuple[int, str, bytes]:
    visitor = Buyer().client
    answer = visitor.post("/order-status/", {"number": number, "email": email})
    return answer.status_code, answer.get("Location", ""), answer.content
