"""Emptying the test database after a test with real transactions, as fast as the test left it full.

Django would empty every table (on PostgreSQL by a TRUNCATE of them all, which takes half a second) and
then make all content types and permissions anew. Here the tables with rows in them are emptied, and
those two are kept, they follow from the models, as are the groups that migrations made. Tables that only grow (shop.lib.append_only) give way.
"""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

from tests.unguarded import guarded_tables, unguarded


def flush_only_what_is_full() -> None:
    """Have Django's tests with real transactions end in this process with `empty_tables`."""
    TransactionTestCase._fixture_teardown = lambda _test: empty_tables()


def empty_tables() -> None:
    """Delete every row but content types, permissions and groups. Sequences go on counting."""
    filled = _filled_tables()
    with transaction.atomic(), unguarded(sorted(set(guarded_tables()) & set(filled))):
        _run(f'DELETE FROM "{table}"' for table in filled)


def _filled_tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    models = (ContentType, Permission, Group, Group.permissions.through)
    kept = {model._meta.db_table for model in models}
    found = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in {*names} - kept)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(found))
        return [name for (name,) in cursor.fetchall()]


def _run(statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
