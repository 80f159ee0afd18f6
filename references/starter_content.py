"""The statements that a shop starts with: `references/content/statements.toml`. Nobody has signed them."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from references import statements
from references.models import Reference, Statement
from references.statements import Words

FILE = Path(__file__).parent / "content" / "statements.toml"
NOBODY = ""


@transaction.atomic
def load(now: datetime) -> str:
    """Add what is not there, and refresh what nobody has signed or edited; returns one line for people.

    Their sources are loaded with the information pages, which comes first.
    """
    standing = {row.key: row for row in Statement.objects.all()}
    added = 0
    for key, values in entries().items():
        row = standing.get(key)
        if row is None:
            statements.write(key, _words(values), by=NOBODY, now=now)
            added += 1
        elif not row.written_by and not row.first_approved_at:
            statements.revise(row, _words(values), by=NOBODY, now=now)
    return f"statements: {added} added"


def entries() -> dict[str, dict[str, Any]]:
    """Return the file's statements by their keys."""
    return tomllib.loads(FILE.read_text("utf-8"))


def _words(values: dict[str, Any]) -> Words:
    known = Reference.objects.in_bulk(values["references"], field_name="key")
    # A source that staff have taken out is left out here; without any it cannot be approved.
    sources = tuple(known[key] for key in values["references"] if key in known)
    return Words(**{**values, "references": sources})
