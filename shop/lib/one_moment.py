"""Several reads of the database that all see it as it was at one moment, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Let every query inside see what was there at the first of them. Nothing may be written inside.

    No writer waits for it: PostgreSQL keeps the old rows, SQLite reads the old pages of its write-ahead log.
    Inside a transaction it does nothing: the moment is the caller's matter then.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Django's own transactions take the write lock on SQLite when they begin (shop.lib.databases).
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
