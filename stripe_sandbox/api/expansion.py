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


def _first_page(bodies: list[dict[str, Any]], url: str) -> dict[str, Any]:
    data = copy.deepcopy(bodies[:FIRST_PAGE])
    return {"object": "list", "data": data, "has_more": len(bodies) > FIRST_PAGE, "url": url}


# Fields that Stripe sends only when asked for.
FILLERS: dict[tuple[str, str], Callable[[str], dict[str, Any]]] = {
    ("checkout.session", "line_items"): _line_items,
    ("charge", "refunds"): _refunds,
    ("tax.calculation", "line_items"): _tax_lines,
}
OMITTED = {"Session": ("line_items",), "Charge": ("refunds",), "Calculation": ("line_items",)}
