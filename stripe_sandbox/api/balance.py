"""/v1/balance, /v1/balance_transactions, /v1/account"""

from typing import Any

from stripe_sandbox import clock, refunds
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.pagination import listed
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find

KIND = "balance_transaction"


@serves("GET", "/v1/balance_transactions/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """One change of the balance."""
    return _now_available(find(KIND, call.ids["id"], param="id").body)


@serves("GET", "/v1/balance_transactions")
def list_changes(call: Call) -> dict[str, Any]:
    """Changes of the balance, newest first."""
    refunds.settle_due()
    answer = listed(call, KIND, filters=("currency", "source", "type"))
    return answer | {"data": [_now_available(body) for body in answer["data"]]}


@serves("GET", "/v1/balance")
def balance(call: Call) -> dict[str, Any]:
    """What has come in and gone out, by currency; pending for two days."""
    refunds.settle_due()
    sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for row in StoredObject.objects.filter(object_type=KIND):
        body = _now_available(row.body)
        currency = body["currency"]
        for part in sums.values():
            part.setdefault(currency, 0)
        sums[body["status"]][currency] += body["net"]
    return {"object": "balance", "livemode": False} | {
        name: [_amount(currency, net) for currency, net in (part or {"usd": 0}).items()]
        for name, part in sums.items()
    }


@serves("GET", "/v1/account")
def account(call: Call) -> dict[str, Any]:
    """The account that the key belongs to."""
    return {
        "id": call.account,
        "object": "account",
        "business_profile": {"name": "stripe_sandbox", "url": None},
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": "owner@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


def _now_available(body: dict[str, Any]) -> dict[str, Any]:
    is_there = body["available_on"] <= clock.now()
    return body | {"status": "available" if is_there else "pending"}


def _amount(currency: str, net: int) -> dict[str, Any]:
    return {"amount": net, "currency": currency, "source_types": {"card": net}}
