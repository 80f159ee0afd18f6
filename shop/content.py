"""Put the shop's content into the database: what every shop starts with, and what a demo shows on top.

Each app keeps its own in `<app>/starter_content.py` and `<app>/demo.py`, as `load(now) -> str`.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from search.indexing import paused, rebuild

# From the ground floor upwards: later rooms point to rows of earlier ones. The statements of `references`
# rest on sources that come with the pages.
APPS = (
    *("policies", "products", "orders", "pages", "references", "blog", "reviews", "affiliates"),
)

STAFF_NAME = "staff"


class NotADemoError(Exception):
    """Invented customers and orders do not belong into a real shop."""


def load_starter_content(now: datetime) -> str:
    """Load what every shop needs (pages, policies, questions); returns one line for people.

    Safe to repeat, also in production: rows that staff have edited stay as they are.
    """
    with paused():
        told = list(_load("starter_content", now))
    return _joined([*told, _searchable()])


def load_demo_content(now: datetime, staff_password: str) -> str:
    """Load starter and demo content and the staff log-in; returns one line for people.

    Safe to repeat. Raises NotADemoError unless settings.DEMO, ImproperlyConfigured without a password.
    """
    if not settings.DEMO:
        msg = "Demo content is only for demo shops: set DEMO=True first."
        raise NotADemoError(msg)
    if not staff_password:
        msg = "DEMO_STAFF_PASSWORD is missing: `make run` writes one to .env."
        raise ImproperlyConfigured(msg)
    with transaction.atomic(), paused():
        told = [*_load("starter_content", now), *_load("demo", now)]
        _keep_staff_log_in(staff_password)
    return _joined([*told, _searchable()])


def _load(module: str, now: datetime) -> Iterator[str]:
    for app in APPS:
        name = f"{app}.{module}"
        if find_spec(name):
            yield import_module(name).load(now)


def _searchable() -> str:
    """Let /search/ know what has been loaded, all of it at once instead of row by row."""
    return f"Search: {rebuild()}."


def _joined(told: Iterator[str] | list[str]) -> str:
    return "; ".join(part for part in told if part) or "nothing to load"


def _keep_staff_log_in(password: str) -> None:
    user, _ = get_user_model().objects.get_or_create(
        username=STAFF_NAME,
        defaults={"is_staff": True, "is_superuser": True, "email": settings.STAFF_EMAIL},
    )
    # Hashing anew would change the row and end running sessions, so only when it does not fit.
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
