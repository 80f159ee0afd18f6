"""Rows that took long to make, put in again by copying them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models

Copies = list[tuple[str, Any]]


def take(labels: Iterable[str] | None = None) -> Copies:
    """Return what puts in every row of the apps with these labels (of all, without them) again.

    They are the statements that Django would write: to write them anew takes ten times as long as to
    execute them.
    """
    written: Copies = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> None:
        written.append((sql, params))

    for model in _in_order(labels):
        rows = list(model._base_manager.all())
        with _times_as_copied(model), connection.execute_wrapper(keep):
            model._base_manager.bulk_create(rows, ignore_conflicts=True)
    return written


def put(copies: Copies) -> None:
    """Store the rows again, with their keys and times; rows that are there already stay."""
    with connection.cursor() as cursor:
        for sql, params in copies:
            cursor.execute(sql, params)


@contextmanager
def _times_as_copied(model: type[models.Model]) -> Iterator[None]:
    """Let no auto_now date a copy anew: whoever compares times, as the search does, would see a change."""
    names = ("auto_now", "auto_now_add")
    fields = [field for field in model._meta.concrete_fields if hasattr(field, "auto_now")]
    before = [{name: getattr(field, name) for name in names} for field in fields]
    for field in fields:
        vars(field).update(dict.fromkeys(names, False))
    try:
        yield
    finally:
        for field, values in zip(fields, before, strict=True):
            vars(field).update(values)


def _in_order(labels: Iterable[str] | None) -> Iterator[type[models.Model]]:
    wanted = set(labels) if labels is not None else None
    left = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and (wanted is None or model._meta.app_label in wanted)
    ]
    while left:
        for model in list(left):
            # A key that may be empty can point back, as a review's to its version; no database looks at
            # keys before the transaction ends, so the order need not follow it.
            needs = {
                field.related_model
                for field in model._meta.concrete_fields
                if field.related_model and field.related_model is not model and not field.null
            }
            if not needs & set(left):
                left.remove(model)
                yield model
