"""The life of a Checkout Session: opened, expired by time or by request. Paying is in payments.py."""

from typing import Any

from django.conf import settings
from django.db import transaction

from stripe_sandbox import clock, events
from stripe_sandbox.bodies.catalogue import price_body, product_body, shipping_rate_body
from stripe_sandbox.bodies.session import line_item_body, session_body, shipping_options
from stripe_sandbox.currencies import money_text, smallest_charge
from stripe_sandbox.errors import InvalidRequest, Refused
from stripe_sandbox.events import NOBODY, Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.pricing import reprice
from stripe_sandbox.promotions import apply_discount
from stripe_sandbox.store import find, keep

PAY_PATH = "/c/pay/"
CANCELABLE = {"requires_payment_method", "requires_action", "requires_confirmation"}


def open_session(params: dict[str, Any]) -> StoredObject:
    """Store a session with its lines, prices, products, shipping rates and discount.

    `params` are typed and have passed session_rules; amounts in the smallest unit. Raises
    InvalidRequest where the total, after the discount, is less than Stripe charges.
    """
    now = clock.now()
    lines = [_line(item, now) for item in params["line_items"]]
    rates = [_shipping_rate(option, now) for option in params.get("shipping_options", [])]
    customer = None
    if "customer" in params:
        customer = find("customer", params["customer"], param="customer", on_path=False).body
    body = session_body(
        params,
        currency=lines[0][0]["currency"],
        customer=customer,
        rates=rates,
        now=now,
        url=settings.SANDBOX_PUBLIC_URL + PAY_PATH,
    )
    for line, tax_rates in lines:
        keep(line, parent_id=body["id"], created=now, hidden={"tax_rates": tax_rates})
    hidden = {
        "payment_intent_data": params.get("payment_intent_data", {}),
        "shipping_rate": rates[0]["id"] if rates else "",
    }
    session = keep(body, expires_at=body["expires_at"], hidden=hidden)
    reprice(session)
    for discount in params.get("discounts", []):
        apply_discount(session, discount, "discounts[0]")
    check_total(session.body)
    return session


def check_total(body: dict[str, Any]) -> None:
    """Raise InvalidRequest for a total that is due but less than a card can be charged."""
    currency = body["currency"]
    if 0 < body["amount_total"] < smallest_charge(currency):
        least = money_text(smallest_charge(currency), currency)
        raise InvalidRequest(
            f"The Checkout Session's total amount due must add up to at least {least} {currency}",
            code="amount_too_small",
        )


def choose_shipping(session: StoredObject, rate_id: str) -> None:
    """The buyer wants another of the shipping rates; one that is not on offer changes nothing."""
    if rate_id in {option["shipping_rate"] for option in session.body["shipping_options"]}:
        session.hidden["shipping_rate"] = rate_id
        reprice(session)


def replace_shipping(session: StoredObject, options: list[dict[str, Any]]) -> None:
    """Offer other shipping rates on an open session; the first of them is chosen."""
    rates = [_shipping_rate(option, clock.now()) for option in options]
    session.body["shipping_options"] = shipping_options(rates)
    session.hidden["shipping_rate"] = rates[0]["id"] if rates else ""
    reprice(session)


def _line(item: dict[str, Any], now: int) -> tuple[dict[str, Any], list[str]]:
    """A line's body, and the ids of its tax rates; inline prices and products are stored."""
    if "price" in item:
        price = find("price", item["price"], param="line_items").body
        product = find("product", price["product"], param="line_items").body
        return line_item_body(item, product, price), item.get("tax_rates", [])
    data = item["price_data"]
    if "product" in data:
        product = find("product", data["product"], param="line_items").body
    else:
        product = product_body(data["product_data"], now)
        keep(product)
    price = price_body(data, product["id"], now)
    keep(price, parent_id=product["id"])
    return line_item_body(item, product, price), item.get("tax_rates", [])


def _shipping_rate(option: dict[str, Any], now: int) -> dict[str, Any]:
    if "shipping_rate" in option:
        return find("shipping_rate", option["shipping_rate"], param="shipping_options").body
    rate = shipping_rate_body(option["shipping_rate_data"], now)
    keep(rate)
    return rate


def current_session(session_id: str) -> StoredObject:
    """The session as it is at this moment: one whose time has passed is expired first."""
    session = find("checkout.session", session_id, param="session")
    if _is_overdue(session):
        with transaction.atomic():
            session = find("checkout.session", session_id, param="session")
            if _is_overdue(session):
                _close(session)
    return session


def lines_of(session_id: str) -> list[dict[str, Any]]:
    """The line items in the order in which they were given."""
    lines = StoredObject.objects.filter(object_type="item", parent_id=session_id).order_by("pk")
    return [line.body for line in lines]


def expire(session: StoredObject, cause: Cause) -> None:
    """Close an open session on request; raises Refused for one that is not open."""
    status = session.body["status"]
    if status != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{status}`."
        )
    _close(session, cause)


def expire_overdue() -> int:
    """Expire every open session whose time has passed; returns how many."""
    overdue = StoredObject.objects.filter(
        object_type="checkout.session", expires_at__lte=clock.now()
    )
    ids = list(overdue.values_list("stripe_id", flat=True))
    for session_id in ids:
        current_session(session_id)
    return len(ids)


def _is_overdue(session: StoredObject) -> bool:
    return session.expires_at is not None and session.expires_at <= clock.now()


def _close(session: StoredObject, cause: Cause = NOBODY) -> None:
    session.expires_at = None  # leaves the queue of what can still expire; the body keeps the time
    session.change(status="expired", url=None)
    intent_id = session.body["payment_intent"]
    if intent_id:
        _cancel_intent(find("payment_intent", intent_id, param="intent"), cause)
    events.record("checkout.session.expired", session.body, cause)


def _cancel_intent(intent: StoredObject, cause: Cause) -> None:
    if intent.body["status"] in CANCELABLE:
        intent.change(
            status="canceled",
            canceled_at=clock.now(),
            cancellation_reason="expired",
            next_action=None,
        )
        events.record("payment_intent.canceled", intent.body, cause)
