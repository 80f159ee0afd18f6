"""Where statements are cited. The apps that cite them stand above this one and are registered at the roof."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from references.models import Statement


@dataclass(frozen=True)
class Use:
    """A text that cites a statement. `edit_path` is where staff change it."""

    key: str
    label: str
    edit_path: str
    is_public: bool


Finder = Callable[[Collection[str], datetime], list[Use]]

_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Let `finder(keys, now)` say which texts cite these statements; the same name again replaces it."""
    _finders[name] = finder


def uses_of(keys: Collection[str], now: datetime) -> list[Use]:
    """Return the texts that cite these statements: one query for each registered app, none for no key."""
    return [use for finder in _finders.values() for use in finder(keys, now)] if keys else []


def lapsed_and_cited(now: datetime) -> list[Use]:
    """Return the public texts that cite a statement that stood once and does not now."""
    keys = list(Statement.objects.lapsed(now).values_list("key", flat=True))
    return [use for use in uses_of(keys, now) if use.is_public]
