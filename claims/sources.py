"""Where published texts come from: each app describes its own, the roof registers them, the check reads them.

A source yields what visitors can read now, the texts of one subject in a row. A resolver gives the stored
texts of one subject, public or not, for whoever asks to let a sentence stand.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from django.db.models import Model, Q, QuerySet

from claims.desk import PublishedText
from claims.row_texts import RowTexts

Source = Callable[[], Iterable[PublishedText]]
Resolver = Callable[[str], Iterable[PublishedText]]

Row = TypeVar("Row", bound=Model)

_sources: dict[str, Source] = {}
_resolvers: dict[str, Resolver] = {}
_permissions: dict[str, str] = {}


class Reader(Protocol):
    """Somebody who may or may not read a text: a user."""

    def has_perm(self, permission: str, /) -> bool:
        """Say whether they have the permission, such as "pages.view_contactmessage"."""


def register(name: str, source: Source) -> None:
    """Let the check read what `source()` yields; the same name again replaces it."""
    _sources[name] = source


def register_subject(prefix: str, resolver: Resolver) -> None:
    """Let `resolver(key)` give the stored texts of the subject "prefix:key", drafts included.

    It returns nothing for a key that there is not.
    """
    _resolvers[prefix] = resolver


def register_rows(rows: RowTexts[Any]) -> None:
    """Do both for rows that are described as RowTexts."""
    register(rows.prefix, rows.public)
    register_subject(rows.prefix, rows.of_key)


def keep_private(prefix: str, permission: str) -> None:
    """Show findings in these subjects only to who has the permission: what one customer was written."""
    _permissions[prefix] = permission


def may_read(subject: str, reader: Reader) -> bool:
    """Say whether this member of staff may read the texts of the subject."""
    permission = _permissions.get(subject.partition(":")[0])
    return permission is None or reader.has_perm(permission)


def readable(rows: QuerySet[Row], reader: Reader) -> QuerySet[Row]:
    """Return the findings or overrides whose texts this member of staff may read."""
    hidden = Q()
    for prefix, permission in _permissions.items():
        if not reader.has_perm(permission):
            hidden |= Q(subject__startswith=f"{prefix}:")
    return rows.exclude(hidden) if hidden else rows


def unregister(name: str) -> None:
    """Forget a source and the resolver of the same name; its findings go with the next run."""
    _sources.pop(name, None)
    _resolvers.pop(name, None)
    _permissions.pop(name, None)


def published_texts() -> Iterator[PublishedText]:
    """Yield every registered text that visitors can read now."""
    for source in _sources.values():
        yield from source()


def texts_of(subject: str) -> list[PublishedText]:
    """Return the stored texts of one subject; none where nobody knows it."""
    prefix, _, key = subject.partition(":")
    resolver = _resolvers.get(prefix)
    return list(resolver(key)) if resolver else []
