"""Plain makers of redirects and lost addresses for tests."""

from typing import Any

from redirects import table
from redirects.models import NotFound, Redirect
from tests.factories import NOON

PERMANENT, TEMPORARY, GONE = Redirect.Kind.values


def make_redirect(old: str, new: str = "", *, kind: str = "", source: str = "staff") -> Redirect:
    """A redirect as staff make it; without `new` the page is gone."""
    kind = kind or (PERMANENT if new else GONE)
    return table.add(old, new, kind=kind, source=source, by="ana", now=NOON)


def make_lost(path: str, **fields: Any) -> NotFound:
    """An address that nobody found, once, at noon."""
    return NotFound.objects.create(
        **{"path": path, "first_seen_at": NOON, "last_seen_at": NOON, **fields}
    )


def ways() -> dict[str, str]:
    """Where each old address leads now; "gone" for those that lead nowhere."""
    return {row.old_path: row.new_path or row.kind for row in Redirect.objects.all()}
