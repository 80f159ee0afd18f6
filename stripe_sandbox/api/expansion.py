"""`expand`: ids replaced by their objects, and the few fields that appear only on request."""

import copy
from collections.abc import Callable
from typing import Any

from stripe_sandbox.contract.kinds import Kind, ListOf, Scalar, Shape, options_of
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.models import StoredObject
from stripe_sandbox.sessions import lines_of
from stripe_sandbox.store import body_of

DEEPEST = 4
FIRST_PAGE = 10


def check_paths(paths: list[str], kind: Kind) -> None:
    """Refuse, before anything is done, what the answer's type cannot expand."""
    for path in paths:
        names = path.split(".")
        if len(names) > DEEPEST:
            raise InvalidRequest(
                f"You cannot expand more than {DEEPEST} levels of a property: {path}",
                param="expand",
            )
        if not _expandable(names, kind):
            raise InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")


def _expandable(names: list[str], kind: Kind) -> bool:
    """Whether a path leads over known fields to one that holds an id or is left out by default."""
    for option in options_of(kind):
        if isinstance(option, ListOf) and _expandable(names, option.item):
            return True
        if isinstance(option, Shape) and names[0] in option.fields:
            inner = option.fields[names[0]].kind
            if len(names) > 1 and _expandable(names[1:], inner):
                return True
            if len(names) == 1 and (_holds_id(inner) or names[0] in OMITTED.get(option.name, ())):
                return True
    return False


def _holds_id(kind: Kind) -> bool:
    options = options_of(kind)
    return Scalar.TEXT in options and any(isinstance(option, Shape) for option in options)


def expand(body: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """A copy of the body with the paths expanded; ids of unknown objects stay ids."""
    if not paths:
        return body
    body = copy.deepcopy(body)
    for path in paths:
        _follow(body, path.split("."))
    return body


def _follow(value: Any, names: list[str]) -> None:
    if isinstance(value, list):
        for element in value:
            _follow(element, names)
        return
    if not isinstance(value, dict) or not names:
        return
    here, *rest = names
    place = PLACES.get((value.get("object", ""), ".".join(names)))
    if place:
        place(value)
        return
    filler = FILLERS.get((value.get("object", ""), here))
    if filler and here not in value:
        value[here] = filler(value["id"])
    elif isinstance(value.get(here), str):
        value[here] = copy.deepcopy(body_of(value[here])) or value[here]
    _follow(value.get(here), rest)


def _line_items(session_id: str) -> dict[str, Any]:
    return _first_page(lines_of(session_id), f"/v1/checkout/sessions/{session_id}/line_items")


def _tax_lines(calculation_id: str) -> dict[str, Any]:
    found = StoredObject.objects.filter(parent_id=calculation_id).order_by("pk")
    url = f"/v1/tax/calculations/{calculation_id}/line_items"
    return _first_page([line.body for line in found], url)


def _refunds(charge_id: str) -> dict[str, Any]:
    found = StoredObject.objects.filter(object_type="refund", parent_id=charge_id)
    return _first_page([refund.body for refund in found], f"/v1/charges/{charge_id}/refunds")


def _hidden(name: str) -> Callable[[str], Any]:
    """What pricing.py wrote down beside a line: its taxes, its discounts."""

    def read(stripe_id: str) -> Any:
        return StoredObject.objects.get(stripe_id=stripe_id).hidden.get(name, [])

    return read


def _breakdown(session: dict[str, Any]) -> None:
    """Discounts and taxes of a whole session, each summed by its kind."""
    stored = StoredObject.objects.get(stripe_id=session["id"])
    lines = StoredObject.objects.filter(object_type="item", parent_id=session["id"]).order_by("pk")
    given = [tax for line in lines for tax in line.hidden.get("taxes", [])]
    if session["shipping_cost"]:
        given += stored.hidden.get("shipping_taxes", [])
    taxes: dict[str, dict[str, Any]] = {}
    for tax in given:
        summed = taxes.setdefault(tax["rate"]["id"], tax | {"amount": 0, "taxable_amount": 0})
        for name in ("amount", "taxable_amount"):
            summed[name] += tax[name]
    discount = stored.hidden.get("discount")
    off = {"amount": session["total_details"]["amount_discount"]}
    session["total_details"]["breakdown"] = {
        "discounts": [off | {"discount": discount["body"]}] if discount else [],
        "taxes": list(taxes.values()),
    }


def _shipping_taxes(session: dict[str, Any]) -> None:
    if session["shipping_cost"]:
        stored = StoredObject.objects.get(stripe_id=session["id"])
        session["shipping_cost"]["taxes"] = stored.hidden.get("shipping_taxes", [])


def _first_page(bodies: list[dict[str, Any]], url: str) -> dict[str, Any]:
    data = copy.deepcopy(bodies[:FIRST_PAGE])
    return {"object": "list", "data": data, "has_more": len(bodies) > FIRST_PAGE, "url": url}


# Fields that Stripe sends only when asked for.
FILLERS: dict[tuple[str, str], Callable[[str], Any]] = {
    ("checkout.session", "line_items"): _line_items,
    ("charge", "refunds"): _refunds,
    ("tax.calculation", "line_items"): _tax_lines,
    ("item", "taxes"): _hidden("taxes"),
    ("item", "discounts"): _hidden("discounts"),
}
# The same within a part of an object that is no object itself.
PLACES: dict[tuple[str, str], Callable[[dict[str, Any]], None]] = {
    ("checkout.session", "total_details.breakdown"): _breakdown,
    ("checkout.session", "shipping_cost.taxes"): _shipping_taxes,
}
OMITTED = {
    "Calculation": ("line_items",),
    "Charge": ("refunds",),
    "LineItem": ("discounts", "taxes"),
    "Session": ("line_items",),
    "Session.ShippingCost": ("taxes",),
    "Session.TotalDetails": ("breakdown",),
}
