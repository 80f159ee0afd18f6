"""The database itself refuses to change what is in the books."""

import pytest
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from books.models import LedgerEntry
from shop.lib.append_only import AppendOnly, guard_sql, missing_guards, unguard_sql
from tests.books.entries import post, post_some
from tests.unguarded import guarded_tables, unguarded

TABLE = "books_ledgerentry"


def refused(act) -> str:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    return str(error.value)


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def rows():
    return list(LedgerEntry.objects.values_list())


RAW = {
    "update": f"UPDATE {TABLE} SET amount_cents = 1",
    "delete": f"DELETE FROM {TABLE}",
    "truncate": f"TRUNCATE {TABLE} CASCADE",
}


@pytest.mark.django_db
@pytest.mark.parametrize("action", RAW)
def test_sql_cannot_change_the_ledger(action):
    if action == "truncate" and connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    post_some(2)
    before = rows()

    text = refused(lambda: run(RAW[action]))

    assert f"{TABLE} is append-only: {action} refused. Correct by adding a row." in text
    assert rows() == before
    with unguarded():
        run(RAW[action])
    assert rows() != before


@pytest.mark.django_db
def test_django_cannot_change_the_ledger():
    entry = post()
    before = rows()
    entry.amount_cents = 1

    for act in (
        entry.save,
        entry.delete,
        LedgerEntry.objects.all().delete,
        lambda: LedgerEntry.objects.update(currency="EUR"),
        lambda: LedgerEntry.objects.bulk_update([entry], ["amount_cents"]),
    ):
        assert "append-only" in refused(act)

    assert rows() == before


@pytest.mark.django_db
def test_a_row_cannot_be_replaced_on_sqlite():
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    post()
    before = rows()
    columns = ", ".join(field.column for field in LedgerEntry._meta.concrete_fields)
    sql = f"INSERT OR REPLACE INTO {TABLE} ({columns}) SELECT {columns} FROM {TABLE}"

    assert "delete refused" in refused(lambda: run(sql))

    assert rows() == before


@pytest.mark.django_db
def test_a_lost_guard_is_noticed():
    assert missing_guards(connection, TABLE) == []
    run(unguard_sql(connection.vendor, TABLE)[1])
    assert missing_guards(connection, TABLE) == ["delete"]
    for statement in guard_sql(connection.vendor, TABLE):
        run(statement)
    assert missing_guards(connection, TABLE) == []


@pytest.mark.django_db
def test_a_disabled_guard_is_noticed():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's triggers cannot be disabled")
    run(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
    assert missing_guards(connection, TABLE) == ["update", "delete", "truncate"]


@pytest.mark.django_db
def test_the_books_of_money_are_guarded():
    assert TABLE in guarded_tables()


# --- as an operation of a migration --------------------------------------------------------------


def state_with_a_table() -> ProjectState:
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("amount", models.IntegerField()),
        ("note", models.CharField(max_length=20, null=True)),
    ]
    migrations.CreateModel("Row", fields).state_forwards("books", state)
    return state


def apply(operation, *, backwards=False):
    state = state_with_a_table()
    with connection.schema_editor(atomic=False) as editor:
        move = operation.database_backwards if backwards else operation.database_forwards
        move("books", editor, state, state)


# SQLite's schema editor will not work inside a test's transaction.
@pytest.fixture
def operation_table(transactional_db):
    run("CREATE TABLE books_row (id integer PRIMARY KEY, amount integer, note varchar(20))")
    run("INSERT INTO books_row VALUES (1, 5, 'first')")
    yield "books_row"
    run("DROP TABLE books_row")
    if connection.vendor == "postgresql":
        run("DROP FUNCTION IF EXISTS books_row_refuse")


def test_a_migration_guards_all_columns_but_the_free_ones_and_goes_back(operation_table):
    operation = AppendOnly("Row", free_columns=("note",))
    change, erase = "UPDATE books_row SET amount = 6", "DELETE FROM books_row"

    apply(operation)
    apply(operation)  # a later migration puts it on again

    run("UPDATE books_row SET note = NULL")
    assert "update refused" in refused(lambda: run(change))
    assert "update refused" in refused(lambda: run("UPDATE books_row SET note = '', amount = 5"))
    assert "delete refused" in refused(lambda: run(erase))

    apply(operation, backwards=True)

    assert missing_guards(connection, "books_row")
    run(change)
    run(erase)


def test_a_free_column_that_there_is_not_stops_the_migration(operation_table):
    with pytest.raises(ValueError, match="books_row has no column nte"):
        apply(AppendOnly("Row", free_columns=("nte",)))
    assert missing_guards(connection, "books_row")


def test_an_erasable_column_may_be_emptied_and_never_rewritten(operation_table):
    rewrite = "UPDATE books_row SET note = 'second'"

    apply(AppendOnly("Row", erasable_columns=("note",)))

    assert missing_guards(connection, "books_row", has_erasable=True) == []
    assert "rewrite refused" in refused(lambda: run(rewrite))
    assert "update refused" in refused(lambda: run("UPDATE books_row SET note = '', amount = 6"))
    run("UPDATE books_row SET note = 'first'")  # what stands there already changes nothing
    run("UPDATE books_row SET note = ''")
    assert "rewrite refused" in refused(lambda: run(rewrite))
    assert "delete refused" in refused(lambda: run("DELETE FROM books_row"))


def test_a_lost_guard_of_erasable_columns_is_noticed_and_put_back(operation_table):
    operation = AppendOnly("Row", erasable_columns=("note",))
    apply(operation)
    run(unguard_sql(connection.vendor, "books_row")[-1 if connection.vendor == "sqlite" else -2])
    assert missing_guards(connection, "books_row") == []
    assert missing_guards(connection, "books_row", has_erasable=True) == ["rewrite"]

    apply(operation)
    assert missing_guards(connection, "books_row", has_erasable=True) == []
    apply(operation, backwards=True)
    run("UPDATE books_row SET note = 'second'")

    # A later migration that no longer names the column guards it whole.
    apply(operation)
    apply(AppendOnly("Row"))
    assert "update refused" in refused(lambda: run("UPDATE books_row SET note = ''"))
    assert missing_guards(connection, "books_row", has_erasable=True) == ["rewrite"]


def test_no_other_database_is_promised_anything():
    with pytest.raises(KeyError):
        guard_sql("mysql", TABLE)
