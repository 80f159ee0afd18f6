"""Codes that somebody was promised: nobody of the shop takes one back, or makes it worth less.

Apps that promise codes stand above this one and are registered at the roof.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """What was promised, in words for staff, and the `path` where they read more of it."""

    words: str
    name: str
    path: str


class CodePromised(Exception):
    """The code stays as it was promised; the message says by what, to staff."""


Finder = Callable[[int], Promise | None]

_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Let `finder(key)` say what promised the code with this key; the same name again replaces it."""
    _finders[name] = finder


def promise_of(key: int) -> Promise | None:
    """Return what promised the code with this key, None for a code that staff may change."""
    return next(filter(None, (finder(key) for finder in _finders.values())), None)
