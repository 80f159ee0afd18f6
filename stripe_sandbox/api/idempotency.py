"""Idempotency keys as Stripe handles them (facts/stripe.md 6.7).

Same key and same request: the first answer again. Same key and another request: refused. Same key
while the first is under way: 409. Requests refused in validation leave no trace.
"""

import hashlib
from typing import Any

from django.db import transaction

from stripe_sandbox import clock
from stripe_sandbox.errors import IdempotencyMismatch, InvalidRequest, key_in_use
from stripe_sandbox.models import IdempotentAnswer

KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What must be equal for two requests to be the same one."""
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).hexdigest()


def claim(account: str, key: str, print_of_request: str, request_id: str) -> IdempotentAnswer:
    """The row of this account's key: new and without a status, or finished, to be replayed.

    Raises IdempotencyMismatch or Conflict.
    """
    if len(key) > LONGEST_KEY:
        raise InvalidRequest(
            f"Idempotency keys must be at most {LONGEST_KEY} characters long, but you passed"
            f" {len(key)} characters."
        )
    oldest = clock.now() - KEPT_SECONDS
    with transaction.atomic():
        IdempotentAnswer.objects.filter(created__lt=oldest).exclude(status=None).delete()
        row, is_new = IdempotentAnswer.objects.get_or_create(
            account=account,
            key=key,
            defaults={
                "fingerprint": print_of_request,
                "created": clock.now(),
                "request_id": request_id,
            },
        )
    if is_new:
        return row
    if row.fingerprint != print_of_request:
        raise IdempotencyMismatch(
            "Keys for idempotent requests can only be used with the same parameters they were"
            f" first used with. Try using a key other than '{key}' if you meant to execute a"
            " different request."
        )
    if row.status is None:
        raise key_in_use()
    return row


def remember(row: IdempotentAnswer | None, status: int, body: dict[str, Any]) -> None:
    """Keep the first answer; call it inside the transaction of the work itself."""
    if row is not None:
        row.status, row.body = status, body
        row.save(update_fields=["status", "body"])


def forget(row: IdempotentAnswer | None) -> None:
    """Free the key of a request that was refused before it was executed."""
    if row is not None:
        row.delete()


def free_unfinished() -> None:
    """At start: requests of a killed process never finished, and their work was rolled back."""
    IdempotentAnswer.objects.filter(status=None).delete()
