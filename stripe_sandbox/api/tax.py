"""/v1/tax/calculations: one simulated rate for everything, zero by default."""

from typing import Any

from django.conf import settings

from stripe_sandbox import clock
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.pagination import page
from stripe_sandbox.bodies.tax import calculation_body, calculation_line_body
from stripe_sandbox.currencies import SUPPORTED
from stripe_sandbox.errors import InvalidRequest, invalid_currency, missing_param, not_simulated
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find, keep

PATH = "/v1/tax/calculations"
ACTED_ON = {"currency", "line_items", "shipping_cost", "customer_details", "tax_date", "expand"}


@serves("POST", PATH)
def create(call: Call) -> dict[str, Any]:
    """Calculate; nothing is filed or charged by it."""
    params, now = call.params, clock.now()
    _check(params)
    lines = [
        calculation_line_body(item, position, settings.SANDBOX_TAX_PERCENT)
        for position, item in enumerate(params["line_items"], start=1)
    ]
    body = calculation_body(params, lines, settings.SANDBOX_TAX_PERCENT, now)
    keep(body, created=now)
    for line in lines:
        keep(line, parent_id=body["id"], created=now)
    return body


@serves("GET", PATH + "/{calculation}")
def retrieve(call: Call) -> dict[str, Any]:
    """One calculation."""
    return find("tax.calculation", call.ids["calculation"], param="calculation").body


@serves("GET", PATH + "/{calculation}/line_items")
def list_line_items(call: Call) -> dict[str, Any]:
    """The lines of a calculation in the order given."""
    calculation = find("tax.calculation", call.ids["calculation"], param="calculation")
    rows = StoredObject.objects.filter(parent_id=calculation.stripe_id)
    url = f"{PATH}/{calculation.stripe_id}/line_items"
    shown, envelope = page(rows, call.params, url, oldest_first=True)
    return envelope | {"data": [row.body for row in shown]}


def _check(params: dict[str, Any]) -> None:
    for name in params.keys() - ACTED_ON:
        raise not_simulated(name)
    if params["currency"] not in SUPPORTED:
        raise invalid_currency(params["currency"], "currency")
    for name in ("address", "address_source"):
        if name not in params.get("customer_details", {}):
            raise missing_param(f"customer_details[{name}]")
    charged = {f"line_items[{n}]": item for n, item in enumerate(params["line_items"])}
    if "shipping_cost" in params:
        charged["shipping_cost"] = params["shipping_cost"]
    for at, item in charged.items():
        if "amount" not in item or item.get("tax_behavior") == "inclusive":
            raise not_simulated(f"{at}[tax_behavior]" if "amount" in item else at)
    references = [item["reference"] for item in params["line_items"] if "reference" in item]
    if len(references) != len(set(references)):
        raise InvalidRequest("Each line item's reference must be unique.", param="line_items")
