"""A walk over everything the sandbox serves, each answer held against the library's types on the way.

walk = Walk(sandbox)
everything(walk)
walk.walked            # {"POST /v1/refunds", …}: the endpoints that answered a success
"""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import Request

from shop.doctor.wire import flat
from shop.stand_in import direct
from stripe_sandbox.contract.endpoints import Endpoint, all_endpoints
from stripe_sandbox.contract.responses import object_kind, require
from tests.sandbox.conftest import session_params
from tests.sandbox.server import SandboxServer, fetch

# What Stripe's own page asks: in no type of the library, answered with a session here.
OF_THE_PAGE = "/v1/payment_pages/{session}"
AMOUNT = {"amount": 2_500, "currency": "usd"}
SUCCESS = 200


@cache
def library() -> dict[str, Endpoint]:
    """Every endpoint that the library knows, by `METHOD path`."""
    return {f"{one.method} {one.path}": one for one in all_endpoints()}


class Walk:
    """Calls as they go over the wire. Each success is checked, and its endpoint written down."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        self.walked: set[str] = set()
        self.served: list[str] = json.loads(fetch(f"{sandbox.url}/_control/served").html)[
            "endpoints"
        ]

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        return self._checked("POST", path, params)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._checked("GET", path, params)

    def delete(self, path: str) -> dict[str, Any]:
        return self._checked("DELETE", path, {})

    def all_four(self, path: str, change: dict[str, Any], **params: Any) -> str:
        """Make, read, list and change one thing; its id."""
        made: str = self.post(path, **params)["id"]
        self.get(f"{path}/{made}")
        assert self.get(path)["data"], f"{path} lists nothing"
        self.post(f"{path}/{made}", **change)
        return made

    def ask(self, method: str, path: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """One call; its status and body."""
        url, form = f"{self.sandbox.url}{path}", urlencode(list(flat(params)))
        url += f"?{form}" if form and method != "POST" else ""
        key = {"Authorization": f"Bearer {self.sandbox.key}"}
        body = form.encode() if method == "POST" else None
        with direct(Request(url, data=body, headers=key, method=method)) as answer:
            return answer.status, json.loads(answer.read())

    def _checked(self, method: str, path: str, params: dict[str, Any]) -> dict[str, Any]:
        status, body = self.ask(method, path, params)
        assert status == SUCCESS, (method, path, body)
        name = self._template(method, path)
        is_page = name.partition(" ")[2].startswith(OF_THE_PAGE)
        kind = object_kind("checkout.session") if is_page else library()[name].answer
        require(body, kind, name)
        self.walked.add(name)
        return body

    def _template(self, method: str, path: str) -> str:
        path = urlsplit(path).path
        for name in sorted(self.served, key=lambda one: one.count("{")):
            verb, _, template = name.partition(" ")
            if verb == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                return name
        raise AssertionError(f"{method} {path} is not served")


def everything(walk: Walk) -> None:
    """Each endpoint once at least, with something to answer, and each event."""
    catalogue(walk)
    customers(walk)
    payment_pages(walk)
    payments(walk)
    refunds(walk)
    bank(walk)
    the_rest(walk)


def catalogue(walk: Walk) -> None:
    noted = {"metadata": {"a": "1"}}
    product = walk.all_four("/v1/products", noted, name="Patch")
    walk.all_four("/v1/prices", noted, currency="usd", unit_amount=1_500, product=product)
    unused = walk.post("/v1/products", name="Unused")["id"]
    walk.delete(f"/v1/products/{unused}")
    coupon = walk.all_four("/v1/coupons", noted, percent_off=12.5, duration="once")
    promotion = {"type": "coupon", "coupon": coupon}
    walk.all_four("/v1/promotion_codes", {"active": False}, promotion=promotion)
    walk.delete(f"/v1/coupons/{coupon}")
    rate = {"display_name": "VAT", "inclusive": True, "percentage": 20}
    walk.all_four("/v1/tax_rates", noted, **rate)
    amount = {"amount": 500, "currency": "usd"}
    walk.all_four("/v1/shipping_rates", noted, display_name="Post", fixed_amount=amount)


def customers(walk: Walk) -> None:
    buyer = walk.all_four("/v1/customers", {"name": "Ada"}, email="ada@example.com")
    card = walk.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})["id"]
    walk.post(f"/v1/payment_methods/{card}/attach", customer=buyer)
    walk.get(f"/v1/payment_methods/{card}")
    assert walk.get("/v1/payment_methods", customer=buyer)["data"]
    assert walk.get(f"/v1/customers/{buyer}/payment_methods")["data"]
    walk.post(f"/v1/payment_methods/{card}/detach")
    walk.delete(f"/v1/customers/{buyer}")


def page(walk: Walk, **changes: Any) -> dict[str, Any]:
    return walk.post("/v1/checkout/sessions", **session_params(**changes))


def payment_pages(walk: Walk) -> None:
    path, sandbox = "/v1/checkout/sessions", walk.sandbox
    over = walk.all_four(path, {"metadata": {"a": "1"}}, **session_params())
    walk.get(f"{path}/{over}/line_items")
    walk.post(f"{path}/{over}/expire")
    paid = page(walk)["id"]
    walk.get(f"/v1/payment_pages/{paid}")
    walk.post(f"/v1/payment_pages/{paid}/confirm", payment_method="pm_card_visa")
    for outcome in ("succeeds", "fails"):
        account = {"method": "bank", "account_name": "Ada", "outcome": outcome}
        fetch(page(walk)["url"], account)
    sandbox.pay(page(walk)["url"], "4000000000000002")
    challenge = sandbox.pay(page(walk)["url"], "4000002760003184").location
    sandbox.authenticate(challenge)
    sandbox.control("clock", advance=61)


def pay(walk: Walk, card: str, **more: Any) -> str:
    made = walk.post(
        "/v1/payment_intents", **AMOUNT, payment_method=f"pm_card_{card}", confirm=True, **more
    )
    return str(made["id"])


def payments(walk: Walk) -> None:
    path = "/v1/payment_intents"
    later = walk.all_four(path, {"metadata": {"a": "1"}}, **AMOUNT, capture_method="manual")
    walk.post(f"{path}/{later}/confirm", payment_method="pm_card_visa")
    walk.post(f"{path}/{later}/capture", amount_to_capture=2_000)
    given_up = walk.post(path, **AMOUNT)["id"]
    walk.post(f"{path}/{given_up}/cancel")
    charge = walk.get("/v1/charges")["data"][0]["id"]
    walk.get(f"/v1/charges/{charge}")
    walk.post(f"/v1/charges/{charge}", description="Seen")


def refunds(walk: Walk) -> None:
    path, sandbox = "/v1/refunds", walk.sandbox
    made = walk.all_four(
        path, {"metadata": {"a": "1"}}, payment_intent=pay(walk, "visa"), amount=500
    )
    assert walk.get(f"{path}/{made}")["status"] == "succeeded"
    waiting = walk.post(path, payment_intent=pay(walk, "pendingRefund"))["id"]
    sandbox.decide_refund(waiting, "require_action")
    walk.post(f"{path}/{waiting}/cancel")
    for card in ("pendingRefund", "refundFail"):
        walk.post(path, payment_intent=pay(walk, card))
    sandbox.control("clock", advance=61)


def bank(walk: Walk) -> None:
    """Disputes that are won, given up and only asked about; a warning; a review."""
    path = "/v1/disputes"
    for card in ("createDispute", "createDisputeProductNotReceived", "createDisputeInquiry"):
        pay(walk, card)
    _, lost, won = (row["id"] for row in walk.get(path)["data"])
    walk.get(f"{path}/{lost}")
    walk.post(f"{path}/{lost}/close")
    walk.post(f"{path}/{won}", evidence={"uncategorized_text": "winning_evidence"})
    walk.post("/v1/refunds", payment_intent=pay(walk, "createIssuerFraudRecord"))
    warnings = "/v1/radar/early_fraud_warnings"
    walk.get(f"{warnings}/{walk.get(warnings)['data'][0]['id']}")
    pay(walk, "riskLevelElevated")
    review = walk.get("/v1/reviews")["data"][0]["id"]
    walk.get(f"/v1/reviews/{review}")
    walk.post(f"/v1/reviews/{review}/approve")
    walk.sandbox.control("clock", advance=61)


def the_rest(walk: Walk) -> None:
    walk.get("/v1/account")
    walk.get("/v1/balance")
    change = walk.get("/v1/balance_transactions")["data"][0]["id"]
    walk.get(f"/v1/balance_transactions/{change}")
    address = {"country": "US", "postal_code": "62701", "state": "IL"}
    tax = walk.post(
        "/v1/tax/calculations",
        currency="usd",
        line_items=[{"amount": 1_000, "reference": "1"}],
        customer_details={"address": address, "address_source": "shipping"},
    )["id"]
    walk.get(f"/v1/tax/calculations/{tax}")
    walk.get(f"/v1/tax/calculations/{tax}/line_items")
    there = {"url": "http://127.0.0.1:1/", "enabled_events": ["*"]}
    endpoint = walk.all_four("/v1/webhook_endpoints", {"disabled": True}, **there)
    walk.delete(f"/v1/webhook_endpoints/{endpoint}")
    event = walk.get("/v1/events")["data"][0]["id"]
    walk.get(f"/v1/events/{event}")


def events_of(walk: Walk) -> list[dict[str, Any]]:
    """Every event so far."""
    found: list[dict[str, Any]] = []
    while True:
        after = {"starting_after": found[-1]["id"]} if found else {}
        rows = walk.get("/v1/events", limit=100, **after)
        found += rows["data"]
        if not rows["has_more"]:
            return found
