"""The way around append-only tables that tests need and the shop does not have.

Django empties the tables after a transactional test, and a test that plants a fault has to plant it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def guarded_tables() -> list[str]:
    """Return the append-only tables, as the database has them."""
    if connection.vendor == "sqlite":
        query = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(table for (table,) in cursor.fetchall())


@contextmanager
def unguarded(tables: list[str] | None = None) -> Iterator[None]:
    """Let rows of append-only tables (of these, or of all) be changed and deleted inside the block."""
    tables = guarded_tables() if tables is None else tables
    around = _without_triggers_on_sqlite if connection.vendor == "sqlite" else _without_triggers
    if not tables:
        yield
        return
    with around(tables):
        yield


@contextmanager
def _without_triggers_on_sqlite(tables: list[str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, sql) for name, sql, table in cursor.fetchall() if table in tables]
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, sql in triggers:
                cursor.execute(sql)


@contextmanager
def _without_triggers(tables: list[str]) -> Iterator[None]:
    _switch(tables, "DISABLE")
    try:
        yield
    finally:
        _switch(tables, "ENABLE")


def _switch(tables: list[str], verb: str) -> None:
    with connection.cursor() as cursor:
        # A table with checks still to come cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" {verb} TRIGGER USER')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
