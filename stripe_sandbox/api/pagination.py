"""Lists with cursors, newest first, as Stripe pages them."""

from typing import Any, TypeVar

from django.db.models import QuerySet

from stripe_sandbox.api.calls import Call
from stripe_sandbox.errors import InvalidRequest, no_such
from stripe_sandbox.models import Event, StoredObject, WebhookEndpoint

LARGEST_PAGE = 100
R = TypeVar("R", StoredObject, Event, WebhookEndpoint)


def created_within(rows: QuerySet[R], created: int | dict[str, int] | None) -> QuerySet[R]:
    """Apply the `created` filter: a time, or `gt`/`gte`/`lt`/`lte` (Unix seconds)."""
    if isinstance(created, int):
        return rows.filter(created=created)
    for comparison, at in (created or {}).items():
        rows = rows.filter(**{f"created__{comparison}": at})
    return rows


def listed(
    call: Call,
    object_type: str,
    *,
    filters: tuple[str, ...] = (),
    also: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole answer of a list call: `created`, the filters that name fields of the body, cursors."""
    rows = StoredObject.objects.filter(object_type=object_type, **(also or {}))
    rows = created_within(rows, call.params.get("created"))
    for name in filters:
        if name in call.params:
            rows = rows.filter(**{f"body__{name}": call.params[name]})
    shown, envelope = page(rows, call.params, call.endpoint.path)
    return envelope | {"data": [row.body for row in shown]}


def page(
    rows: QuerySet[R], params: dict[str, Any], url: str, *, oldest_first: bool = False
) -> tuple[list[R], dict[str, Any]]:
    """One page of rows, and the list envelope that waits for their bodies in `data`.

    Raises InvalidRequest for a limit outside 1 to 100, an unknown cursor, or two cursors.
    """
    limit = params.get("limit", 10)
    if not 1 <= limit <= LARGEST_PAGE:
        bound = (
            "greater than or equal to 1" if limit < 1 else f"less than or equal to {LARGEST_PAGE}"
        )
        raise InvalidRequest(
            f"This value must be {bound} (it currently is '{limit}').",
            param="limit",
            code="parameter_invalid_integer",
        )
    if "starting_after" in params and "ending_before" in params:
        raise InvalidRequest(
            "You may only specify one of these parameters: starting_after, ending_before."
        )
    forward = "ending_before" not in params
    rows = _beyond_cursor(rows, params, oldest_first=oldest_first)
    ascending = oldest_first if forward else not oldest_first
    found = list(rows.order_by("pk" if ascending else "-pk")[: limit + 1])
    shown = found[:limit] if forward else found[:limit][::-1]
    envelope = {"object": "list", "data": [], "has_more": len(found) > limit, "url": url}
    return shown, envelope


def _beyond_cursor(rows: QuerySet[R], params: dict[str, Any], *, oldest_first: bool) -> QuerySet[R]:
    for param in ("starting_after", "ending_before"):
        if param in params:
            cursor = rows.model._default_manager.filter(stripe_id=params[param]).first()
            if cursor is None:
                name = getattr(rows.first(), "object_type", "event")
                raise no_such(name, params[param], param=param, on_path=False)
            towards_newer = (param == "ending_before") != oldest_first
            return rows.filter(**{"pk__gt" if towards_newer else "pk__lt": cursor.pk})
    return rows
