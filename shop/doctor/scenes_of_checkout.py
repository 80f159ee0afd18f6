"""The scenario of `doctor --compare`, first half: payment pages, what is refused about them, and keys."""

import time
from dataclasses import replace
from threading import Thread
from typing import Any

from orders.gateways.base import CheckoutLine, CheckoutRequest, ShippingAddress
from orders.gateways.stripe import SESSION_PARTS
from orders.gateways.stripe_requests import checkout_params
from shop.doctor.play import LEEWAY_SECONDS, Play
from shop.doctor.wire import Answer, in_path

SESSIONS = "/v1/checkout/sessions"
WINDOW_SECONDS = 31 * 60
REFUSED, NOT_FOUND, IN_USE, UNAUTHORIZED = 400, 404, 409, 401
NOBODY = "cs_test_doctor_knows_nobody"
AT_ONCE = 6


def shop_asks(play: Play, number: str = "DOCTOR") -> dict[str, Any]:
    """Return what this shop sends for a payment page, made by its own gateway: $27.98."""
    request = CheckoutRequest(
        order_number=number,
        attempt=1,
        currency="USD",
        lines=[CheckoutLine("A pack", 2_000), CheckoutLine("Sales tax", 199)],
        shipping_name="Standard",
        shipping_cents=599,
        email="doctor@example.com",
        address=ShippingAddress(
            name="A. Doctor",
            line1="12 Elm Street",
            line2="",
            city="Springfield",
            region="IL",
            postal_code="62701",
            country="US",
        ),
        success_url="https://example.com/return/?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="https://example.com/back/",
        expires_at=int(time.time()) + WINDOW_SECONDS,
        metadata=play.mark,
    )
    return {**checkout_params(request)}


def payment_page(play: Play) -> None:
    """A page as the shop makes it: made, made again with the same key, read, listed, expired."""
    asked = shop_asks(play)
    session = play.made("make", SESSIONS, asked, key="page")
    ending = play.afterwards("POST", f"{SESSIONS}/{session}/expire")
    play.ask("the same, same key", "POST", SESSIONS, asked, key="page")
    another = {**asked, "locale": "de"}
    play.ask("another, same key", "POST", SESSIONS, another, key="page", expected=REFUSED)
    path = f"{SESSIONS}/{in_path(session)}"
    play.ask("read", "GET", path)
    play.ask("read as the shop does", "GET", path, {"expand": SESSION_PARTS})
    play.ask("lines", "GET", f"{path}/line_items")
    lately = {"created": {"gte": play.since - LEEWAY_SECONDS}, "limit": 100}
    play.list_only("list", SESSIONS, lately, session)
    play.ask("change metadata", "POST", path, {"metadata": {"more": "1"}})
    play.ask("expire", "POST", f"{path}/expire")
    play.done(ending)
    play.ask("expire again", "POST", f"{path}/expire", expected=REFUSED)
    play.ask("read, expired", "GET", path)
    play.ask("read nobody's", "GET", f"{SESSIONS}/{NOBODY}", expected=NOT_FOUND)
    beyond = {"starting_after": NOBODY}
    play.ask("list after nobody's", "GET", SESSIONS, beyond, expected=REFUSED)
    play.ask("list too many", "GET", SESSIONS, {"limit": 101}, expected=REFUSED)


def paid_page(play: Play) -> None:
    """A page that is paid without a browser, as Stripe's own command line does it for its fixtures."""
    play.may_lack = "an undocumented call, which Stripe may not let this account make"
    session = play.made("make", SESSIONS, shop_asks(play, "DOCTOR-PAID"))
    ending = play.afterwards("POST", f"{SESSIONS}/{session}/expire")
    page = f"/v1/payment_pages/{in_path(session)}"
    method = {
        "type": "card",
        "card": {"token": "tok_visa"},
        "billing_details": {
            "email": "doctor@example.com",
            "name": "A. Doctor",
            "address": {"country": "US", "postal_code": "62701"},
        },
    }
    card = play.made("card", "/v1/payment_methods", method)
    confirm = {"payment_method": card, "expected_amount": 2_798}
    # What the call itself answers is nobody's contract: only whether it worked is remembered.
    paid = play.ask_quietly("POST", f"{page}/confirm", confirm)
    state = play.ask_quietly("GET", f"{SESSIONS}/{in_path(session)}", {"expand": SESSION_PARTS})
    if state.body.get("status") != "complete":
        play.remember("read, paid", replace(paid, status=REFUSED))
        return
    play.done(ending)
    play.remember("read, paid", state)
    intent = state.body.get("payment_intent")
    if isinstance(intent, dict):
        play.afterwards("POST", "/v1/refunds", {"payment_intent": intent["id"]})
    expire = f"{SESSIONS}/{in_path(session)}/expire"
    play.ask("expire, paid", "POST", expire, expected=REFUSED)


def refused_page(play: Play) -> None:
    """What is wrong with a page in one way each. Nothing is made."""
    asked = shop_asks(play)
    line = asked["line_items"][0]
    price = line["price_data"]
    without_lines = {name: value for name, value in asked.items() if name != "line_items"}
    cheap = {**asked, "line_items": [_line(line, unit_amount=10)], "shipping_options": []}
    wrong: dict[str, dict[str, Any]] = {
        "an unknown parameter": {**asked, "color": "red"},
        "an unknown one inside": {
            **asked,
            "line_items": [{**line, "price_data": {**price, "color": "red"}}],
        },
        "no lines": without_lines,
        "a line without currency": {
            **asked,
            "line_items": [
                {**line, "price_data": {k: v for k, v in price.items() if k != "currency"}}
            ],
        },
        "no whole number": {**asked, "line_items": [{**line, "quantity": "two"}]},
        "neither yes nor no": {**asked, "allow_promotion_codes": "perhaps"},
        "an unknown word": {**asked, "submit_type": "gift"},
        "an unknown currency": {**asked, "line_items": [_line(line, currency="xyz")]},
        "two currencies": {**asked, "line_items": [line, _line(line, currency="eur")]},
        "below the least amount": cheap,
        "expires too soon": {**asked, "expires_at": asked["expires_at"] - 30 * 60},
        "expires too late": {**asked, "expires_at": asked["expires_at"] + 2 * 24 * 3600},
        "no address to return to": {**asked, "success_url": "return"},
        "no email address": {**asked, "customer_email": "doctor"},
        "an empty email address": {**asked, "customer_email": ""},
        "a discount that is not there": {
            **{name: value for name, value in asked.items() if name != "allow_promotion_codes"},
            "discounts": [{"coupon": "doctor_knows_none"}],
        },
        "a customer and an email address": {**asked, "customer": "cus_doctor_knows_none"},
        "payment_method_types, removed since": {**asked, "payment_method_types": ["card"]},
    }
    for name, params in wrong.items():
        answer = play.ask(name, "POST", SESSIONS, params, expected=REFUSED)
        if "id" in answer.body:
            play.afterwards("POST", f"{SESSIONS}/{answer.body['id']}/expire")
        if "removed" in name:
            play.told["A page with payment_method_types"] = in_words(answer)


def _line(line: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**line, "price_data": {**line["price_data"], **changes}}


def refused_call(play: Play) -> None:
    """Calls that are wrong whatever they ask for."""
    play.ask("an address that is none", "GET", "/v1/doctors", expected=NOT_FOUND)
    stranger = replace(play.side, key="")
    play.remember("no key", stranger.ask("GET", SESSIONS), expected=UNAUTHORIZED)
    older = replace(play.side, version="yesterday")
    play.remember("a version that is none", older.ask("GET", SESSIONS), expected=REFUSED)
    too_long = play.side.ask(
        "POST", SESSIONS, shop_asks(play), idempotency_key=f"{play.run}-{'k' * 255}"
    )
    play.remember("a key that is too long", too_long, expected=REFUSED)


def same_key_at_once(play: Play) -> None:
    """Calls with one key that arrive together: one is done; who comes meanwhile is told so."""
    play.may_lack = "none of the calls arrived while another was under way"
    params = {"description": "doctor", "metadata": play.mark}
    path, key, answers = "/v1/customers", f"{play.run}-at-once", list[Answer]()
    play.side.slow_down(path, AT_ONCE)

    def ask() -> None:
        # One try: the library, too, would ask again after a 409.
        answers.append(play.side.ask("POST", path, params, idempotency_key=key))

    threads = [Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = {one.body["id"] for one in answers if "id" in one.body}
    for customer in made:
        play.afterwards("DELETE", f"{path}/{customer}")
    known = f"{len(made)} made" if len(made) != 1 else "one"
    play.remember("made", Answer(200, {"customers_made": known}))
    told = next((one for one in answers if one.status == IN_USE), None)
    play.remember("told meanwhile", told or Answer(0, {}), expected=IN_USE)
    play.told["A key that is in use"] = in_words(told) if told else "not seen; try again"


def in_words(answer: Answer) -> str:
    """Return the status of an answer with its error's type and code."""
    words = [str(answer.error[name]) for name in ("type", "code") if name in answer.error]
    return " ".join([str(answer.status), *words])
