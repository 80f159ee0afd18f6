"""Which address leads where: no chain, no loop. Pure; the table and the import both follow it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from redirects.addresses import NOWHERE, RedirectRefused, Target


class Kind(TextChoices):
    """What a visitor of an old address is told."""

    PERMANENT = "permanent", "Moved for good (301)"
    TEMPORARY = "temporary", "Moved for a while (302)"
    GONE = "gone", "Gone (410)"


class RedirectLoop(RedirectRefused):
    """Following the redirects would come back to where it began."""


@dataclass(frozen=True)
class Pointer:
    """Where one old address leads, and whether for good."""

    target: Target
    kind: Kind


GONE = Pointer(NOWHERE, Kind.GONE)


class Pointers:
    """Old addresses (keys) with where they lead. Every put() leaves them without chains."""

    def __init__(self, known: Mapping[str, Pointer]) -> None:
        self.by_old = dict(known)
        self._leading_to: defaultdict[str, set[str]] = defaultdict(set)
        for old, pointer in known.items():
            self._leading_to[pointer.target.key].add(old)

    def put(self, old: str, pointer: Pointer) -> set[str]:
        """Have `old` lead to where `pointer` ends, and what led to `old` too; return whose pointer changed.

        What leads to a page that is gone goes on leading there: it may come back. Raises RedirectLoop.
        """
        end = self._end_of(old, pointer)
        changed = {old} if self._set(old, end) else set()
        if end.kind != Kind.GONE:
            for other in sorted(self._leading_to[old]):
                before = self.by_old[other]
                self._set(other, Pointer(end.target, _weaker(before.kind, end.kind)))
                changed.add(other)
        return changed

    def _end_of(self, old: str, pointer: Pointer) -> Pointer:
        passed = {old}
        while pointer.target.key:
            if pointer.target.key in passed:
                raise RedirectLoop(f"{old} would lead back to itself.")
            passed.add(pointer.target.key)
            following = self.by_old.get(pointer.target.key)
            if following is None or following.kind == Kind.GONE:
                break
            pointer = Pointer(following.target, _weaker(pointer.kind, following.kind))
        return pointer

    def _set(self, old: str, pointer: Pointer) -> bool:
        before = self.by_old.get(old)
        if before == pointer:
            return False
        if before:
            self._leading_to[before.target.key].discard(old)
        self.by_old[old] = pointer
        self._leading_to[pointer.target.key].add(old)
        return True


def _weaker(one: Kind, other: Kind) -> Kind:
    # A way with one part for a while is no way for good.
    return Kind.TEMPORARY if Kind.TEMPORARY in {one, other} else Kind.PERMANENT
