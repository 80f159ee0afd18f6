"""Secrets in links and cookies: made here, and compared here without telling how far a guess was right.

A row is looked up by the beginning of its token, which alone opens nothing; the whole of it is then
compared in constant time. So neither an index nor a comparison tells a guesser more than yes or no.
"""

import secrets
from typing import Any, TypeVar

from django.db import models
from django.db.models.functions import Substr

Row = TypeVar("Row", bound=models.Model)

# 96 of the 256 bits find the row; the other 160 have to be right as well.
START = 16
# What is compared with where no row is found: as long as a token, so as much work.
_NOBODYS = "-" * 43


def new_token() -> str:
    """Return an unguessable part of an address or a cookie (256 bits, 43 letters)."""
    return secrets.token_urlsafe(32)


def new_nonce() -> str:
    """Return what makes a signed link one of its own, and one that ends when its row gets another."""
    return secrets.token_urlsafe(12)


def start_of_token() -> Any:
    """Return the field by which a row with a `token` is found; the database keeps it in step."""
    return models.GeneratedField(
        expression=Substr("token", 1, START),
        output_field=models.CharField(max_length=START),
        db_persist=True,
        unique=True,
    )


def find_by_token(rows: "models.QuerySet[Row]", token: str) -> Row | None:
    """Return the one of `rows` that `token`, sent by a visitor, opens; None when there is none.

    The model has a `token` and a `token_start` made by start_of_token(). One query either way.
    """
    row = rows.filter(token_start=token[:START]).first()
    known: str = _NOBODYS if row is None else getattr(row, "token")  # noqa: B009 (any model with one)
    is_right = secrets.compare_digest(known.encode(), token.encode())
    return row if is_right else None
