"""Keeping and finding Stripe's objects."""

from typing import Any

from stripe_sandbox.errors import no_such
from stripe_sandbox.models import StoredObject


def keep(
    body: dict[str, Any],
    *,
    parent_id: str = "",
    expires_at: int | None = None,
    hidden: dict[str, Any] | None = None,
    created: int | None = None,
) -> StoredObject:
    """Store a new object as the JSON that Stripe would send, unexpanded."""
    return StoredObject.objects.create(
        stripe_id=body["id"],
        object_type=body["object"],
        parent_id=parent_id,
        created=body["created"] if created is None else created,
        expires_at=expires_at,
        body=body,
        hidden=hidden or {},
    )


def find(object_type: str, stripe_id: str, *, param: str, on_path: bool = True) -> StoredObject:
    """The object with this id; raises `resource_missing` in Stripe's words."""
    stored = StoredObject.objects.filter(object_type=object_type, stripe_id=stripe_id).first()
    if stored is None:
        raise no_such(object_type, stripe_id, param=param, on_path=on_path)
    return stored


def body_of(stripe_id: str) -> dict[str, Any] | None:
    """The body of any object by its id alone, for expansion; None when unknown."""
    stored = StoredObject.objects.filter(stripe_id=stripe_id).first()
    return stored.body if stored else None
