"""How starter content gets into rows without ever undoing what staff did to them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models

from pages.models import StarterRecord

Row = TypeVar("Row", bound=models.Model)


class StarterLoader:
    """Puts rows in, one by one, and counts what became of them.

    For every field a fingerprint of what we last put in is kept. A row that no longer matches them was
    edited by staff; one that is gone was deleted by staff. Both are left alone.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.added = self.refreshed = self.kept = 0
        self._records = {
            (record.kind, record.key): record for record in StarterRecord.objects.all()
        }

    def put(
        self,
        model: type[Row],
        found_by: dict[str, Any],
        values: dict[str, Any],
        *,
        topics: Sequence[models.Model] = (),
    ) -> Row | None:
        """Add or refresh the row of `model` found by `found_by`; return it, or None if staff deleted it.

        Every value is checked as the admin would. Raises ValidationError for text that it would refuse.
        """
        identity = (model._meta.label_lower, _key(found_by))
        record = self._records.get(identity)
        row = model._default_manager.filter(**found_by).first()
        wanted = _fingerprints({**values, "topics": topics})
        if row is None and record is not None:
            self.kept += 1
            return None
        if row is not None and not _may_refresh(row, record, wanted):
            self.kept += 1
            return row
        self._count(is_new=row is None)
        row = row if row is not None else model(**found_by)
        self._write(row, values, topics)
        self._remember(identity, wanted)
        return row

    def _count(self, *, is_new: bool) -> None:
        if is_new:
            self.added += 1
        else:
            self.refreshed += 1

    def _write(
        self, row: models.Model, values: dict[str, Any], topics: Sequence[models.Model]
    ) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
        if topics:
            row.topics.set(topics)  # type: ignore[attr-defined]

    def _remember(self, identity: tuple[str, str], fingerprints: dict[str, str]) -> None:
        kind, key = identity
        record, _ = StarterRecord.objects.update_or_create(
            kind=kind, key=key, defaults={"fingerprints": fingerprints, "loaded_at": self.now}
        )
        self._records[identity] = record


def _key(found_by: dict[str, Any]) -> str:
    return "/".join(_plain(value) for value in found_by.values())


def _may_refresh(row: models.Model, record: StarterRecord | None, wanted: dict[str, str]) -> bool:
    """Say whether the file has something new for a row that still is as we left it."""
    if record is None or record.fingerprints == wanted:
        return False
    now = _fingerprints({name: _value(row, name) for name in record.fingerprints})
    return bool(now == record.fingerprints)


def _value(row: models.Model, name: str) -> Any:
    if name == "topics":
        return list(row.topics.all()) if hasattr(row, "topics") else []
    return getattr(row, name)


def _fingerprints(values: dict[str, Any]) -> dict[str, str]:
    return {
        name: hashlib.sha256(_plain(value).encode()).hexdigest()[:16]
        for name, value in values.items()
    }


def _plain(value: Any) -> str:
    """Return what identifies `value` the same in a file and in a row."""
    if isinstance(value, models.Model):
        return str(getattr(value, "key", None) or getattr(value, "slug", None) or value.pk)
    if isinstance(value, (list, tuple)):
        return ",".join(sorted(_plain(part) for part in value))
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return f"{float(value):.4f}"
    return str(value).strip()
