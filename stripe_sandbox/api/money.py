"""/v1/payment_intents, /v1/charges, /v1/balance_transactions, /v1/payment_methods: reading only."""

from typing import Any

from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.pagination import created_within, page
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find


@serves("GET", "/v1/payment_intents/{intent}")
def retrieve_intent(call: Call) -> dict[str, Any]:
    """One PaymentIntent."""
    return find("payment_intent", call.ids["intent"], param="intent").body


@serves("GET", "/v1/payment_intents")
def list_intents(call: Call) -> dict[str, Any]:
    """PaymentIntents, newest first."""
    return _list(call, "payment_intent", filters=("customer",))


@serves("GET", "/v1/charges/{charge}")
def retrieve_charge(call: Call) -> dict[str, Any]:
    """One charge."""
    return find("charge", call.ids["charge"], param="id").body


@serves("GET", "/v1/charges")
def list_charges(call: Call) -> dict[str, Any]:
    """Charges, newest first, failed ones included."""
    return _list(call, "charge", filters=("customer", "payment_intent", "transfer_group"))


@serves("GET", "/v1/balance_transactions/{id}")
def retrieve_balance_transaction(call: Call) -> dict[str, Any]:
    """One change of the balance."""
    return find("balance_transaction", call.ids["id"], param="id").body


@serves("GET", "/v1/balance_transactions")
def list_balance_transactions(call: Call) -> dict[str, Any]:
    """Changes of the balance, newest first."""
    return _list(call, "balance_transaction", filters=("currency", "source", "type"))


@serves("GET", "/v1/payment_methods/{payment_method}")
def retrieve_payment_method(call: Call) -> dict[str, Any]:
    """The card of one attempt."""
    return find("payment_method", call.ids["payment_method"], param="payment_method").body


@serves("GET", "/v1/prices/{price}")
def retrieve_price(call: Call) -> dict[str, Any]:
    """A price that a session made inline."""
    return find("price", call.ids["price"], param="price").body


@serves("GET", "/v1/products/{id}")
def retrieve_product(call: Call) -> dict[str, Any]:
    """A product that a session made inline."""
    return find("product", call.ids["id"], param="id").body


@serves("GET", "/v1/shipping_rates/{shipping_rate_token}")
def retrieve_shipping_rate(call: Call) -> dict[str, Any]:
    """A shipping rate that a session made inline."""
    return find("shipping_rate", call.ids["shipping_rate_token"], param="shipping_rate_token").body


def _list(call: Call, object_type: str, filters: tuple[str, ...]) -> dict[str, Any]:
    rows = StoredObject.objects.filter(object_type=object_type)
    rows = created_within(rows, call.params.get("created"))
    for name in filters:
        if name in call.params:
            rows = rows.filter(**{f"body__{name}": call.params[name]})
    shown, envelope = page(rows, call.params, call.endpoint.path)
    return envelope | {"data": [row.body for row in shown]}
