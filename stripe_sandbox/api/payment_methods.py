"""/v1/payment_methods: cards and bank accounts by test number or test name."""

from typing import Any

from django.db.models import QuerySet

from stripe_sandbox import charging, events
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.pagination import created_within, page
from stripe_sandbox.api.resources import check_known
from stripe_sandbox.bodies.customer import address_body
from stripe_sandbox.bodies.payment import BankDetails, Payer
from stripe_sandbox.errors import InvalidRequest, Refused, missing_param
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find
from stripe_sandbox.tokens import (
    FAILING_ACCOUNTS,
    FAILING_IBANS,
    card_named,
    card_of,
    method_named,
)

FIELDS = {"billing_details", "card", "metadata", "sepa_debit", "type", "us_bank_account"}
SHORTEST_IBAN = 15


@serves("POST", "/v1/payment_methods")
def create(call: Call) -> dict[str, Any]:
    """A card (by token or test number) or a bank account, not yet anybody's."""
    params = check_known(call, FIELDS)
    kind = params.get("type")
    if kind not in {"card", "us_bank_account", "sepa_debit"}:
        raise InvalidRequest(f"stripe_sandbox does not simulate the type {kind}.", param="type")
    if kind not in params:
        raise missing_param(kind)
    method = charging.keep_method(payer_from(params))
    details = params.get("billing_details", {})
    billing = method.body["billing_details"] | {
        name: details[name] or None for name in ("email", "name", "phone") if name in details
    }
    if details.get("address"):
        billing["address"] = address_body(details["address"])
    method.change(billing_details=billing, metadata=params.get("metadata", {}))
    return method.body


@serves("GET", "/v1/payment_methods/{payment_method}")
def retrieve(call: Call) -> dict[str, Any]:
    """What an attempt was paid with."""
    return find("payment_method", call.ids["payment_method"], param="payment_method").body


@serves("GET", "/v1/payment_methods")
def list_methods(call: Call) -> dict[str, Any]:
    """The payment methods of a customer, newest first."""
    rows = StoredObject.objects.filter(object_type="payment_method").exclude(body__customer=None)
    if "customer" in call.params:
        rows = rows.filter(body__customer=call.params["customer"])
    return _listed(call, rows)


@serves("GET", "/v1/customers/{customer}/payment_methods")
def list_of_customer(call: Call) -> dict[str, Any]:
    """The same by address."""
    customer = find("customer", call.ids["customer"], param="customer")
    rows = StoredObject.objects.filter(object_type="payment_method")
    return _listed(call, rows.filter(body__customer=customer.stripe_id))


@serves("POST", "/v1/payment_methods/{payment_method}/attach")
def attach(call: Call) -> dict[str, Any]:
    """Give it to a customer; `pm_card_visa` and its like make a new one."""
    params = check_known(call, {"customer"})
    if "customer" not in params:
        raise missing_param("customer")
    customer = find("customer", params["customer"], param="customer", on_path=False)
    method = method_named(call.ids["payment_method"], param="payment_method", on_path=True)
    if method.body["customer"] not in (None, customer.stripe_id):
        raise Refused(
            "The payment method you provided has already been attached to a customer.",
            param="payment_method",
        )
    method.change(customer=customer.stripe_id)
    events.record("payment_method.attached", method.body, call.cause)
    return method.body


@serves("POST", "/v1/payment_methods/{payment_method}/detach")
def detach(call: Call) -> dict[str, Any]:
    """Take it from its customer."""
    method = find("payment_method", call.ids["payment_method"], param="payment_method")
    owner = method.body["customer"]
    if owner is None:
        raise Refused(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible."
        )
    method.change(customer=None)
    events.record("payment_method.detached", method.body, call.cause, previous={"customer": owner})
    return method.body


def payer_from(params: dict[str, Any]) -> Payer:
    """The card or account that parameters describe; raises InvalidRequest."""
    details = params.get("billing_details", {})
    known = {name: str(details.get(name) or "") for name in ("name", "email")}
    if params["type"] == "card":
        return _card(params["card"], known)
    account = params[params["type"]]
    if params["type"] == "sepa_debit":
        number = account["iban"].replace(" ", "").upper()
        if len(number) < SHORTEST_IBAN:
            raise InvalidRequest("The IBAN you provided is invalid.", param="sepa_debit[iban]")
        return BankDetails("sepa_debit", number[-4:], **known, fails=number in FAILING_IBANS)
    number = account.get("account_number", "000123456789")
    return BankDetails("us_bank_account", number[-4:], **known, fails=number in FAILING_ACCOUNTS)


def _card(given: dict[str, Any], known: dict[str, str]) -> Payer:
    if "number" in given:
        return card_of(given["number"].replace(" ", ""), **known)
    card = card_named(given.get("token", ""))
    if card is None:
        raise InvalidRequest(
            f"No such token: '{given.get('token', '')}'",
            param="card[token]",
            code="resource_missing",
        )
    return card_of(card.number, **known)


def _listed(call: Call, rows: "QuerySet[StoredObject]") -> dict[str, Any]:
    rows = created_within(rows, call.params.get("created"))
    if "type" in call.params:
        rows = rows.filter(body__type=call.params["type"])
    url = call.endpoint.path.format(**call.ids)
    shown, envelope = page(rows, call.params, url)
    return envelope | {"data": [row.body for row in shown]}
