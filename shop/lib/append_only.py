"""Tables that only grow: triggers by which the database itself refuses to change or remove a row.

    operations = [
        migrations.CreateModel(...),
        AppendOnly("LedgerEntry"),                                # every column
        AppendOnly("StockMovement", free_columns=("actor_id",)),  # this one may be updated
        AppendOnly("ReviewVersion", erasable_columns=("body",)),  # this one may be emptied
    ]

Put it last: on SQLite Django changes a table by building it anew, and its triggers are gone. So a later
migration that alters the table ends with `AppendOnly` again; it replaces what is there, and takes in
columns that are new. `missing_guards()` says when somebody forgot.

A refusal is a `django.db.IntegrityError` on both databases. SQLite deletes silently in `INSERT OR
REPLACE` unless `PRAGMA recursive_triggers` is on, so `shop.lib.databases` switches it on.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations.base import Operation

ACTIONS = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}
# Guards the columns of text that may be emptied and never rewritten, where a table has such.
REWRITE = "rewrite"


def guard_sql(
    vendor: str, table: str, columns: Sequence[str] | None = None, erasable: Sequence[str] = ()
) -> list[str]:
    """Return the statements that guard `table`, replacing guards that are there.

    With `columns` only an UPDATE that names one of them is refused; one of a column in `erasable` (text,
    never NULL) is refused unless it empties it. Raises KeyError for a `vendor` other than "sqlite" and
    "postgresql".
    """
    updates = "UPDATE" if columns is None else f"UPDATE OF {_listed(columns)}"
    events = {"update": updates, "delete": "DELETE", "truncate": "TRUNCATE"}
    make = {"sqlite": _sqlite_trigger, "postgresql": _postgresql_trigger}[vendor]
    statements = [_postgresql_function(table)] if vendor == "postgresql" else []
    for action in ACTIONS[vendor]:
        statements += [_drop(vendor, table, action), make(table, action, events[action])]
    statements.append(_drop(vendor, table, REWRITE))
    if erasable:
        when = " OR ".join(
            f"(NEW.{name} <> '' AND NEW.{name} <> OLD.{name})" for name in map(_quoted, erasable)
        )
        statements.append(make(table, REWRITE, f"UPDATE OF {_listed(erasable)}", when))
    return statements


def unguard_sql(vendor: str, table: str) -> list[str]:
    """Return the statements that take the guards of `table` away."""
    statements = [_drop(vendor, table, action) for action in (*ACTIONS[vendor], REWRITE)]
    if vendor == "postgresql":
        statements.append(f"DROP FUNCTION IF EXISTS {_quoted(_function(table))}()")
    return statements


def missing_guards(
    connection: BaseDatabaseWrapper, table: str, *, has_erasable: bool = False
) -> list[str]:
    """Return what nothing refuses on `table` though it should be append-only: "update", "delete" …

    `has_erasable`: columns may be emptied there, so to rewrite them has to be refused as well.
    """
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    else:
        query = (
            "SELECT tgname FROM pg_trigger"
            " WHERE tgrelid = to_regclass(%s) AND tgenabled IN ('O', 'A')"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        present = {name for (name,) in cursor.fetchall()}
    actions = (*ACTIONS[connection.vendor], *((REWRITE,) if has_erasable else ()))
    return [action for action in actions if _trigger(table, action) not in present]


class AppendOnly(Operation):
    """Guard the table of `model_name`; `free_columns` may still be updated, `erasable_columns` emptied.

    Can be reversed.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self,
        model_name: str,
        free_columns: Sequence[str] = (),
        erasable_columns: Sequence[str] = (),
    ) -> None:
        self.model_name = model_name
        self.free_columns = tuple(free_columns)
        self.erasable_columns = tuple(erasable_columns)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing: Django's models know no triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Put the triggers on the table. Raises ValueError for a free column that there is not."""
        model = to_state.apps.get_model(app_label, self.model_name)
        statements = guard_sql(_vendor(schema_editor), *self._guarded(model), self.erasable_columns)
        self._execute(schema_editor, model, statements)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Take the triggers off the table."""
        model = from_state.apps.get_model(app_label, self.model_name)
        self._execute(schema_editor, model, unguard_sql(_vendor(schema_editor), _table(model)))

    def describe(self) -> str:
        """Return a line for `sqlmigrate` and the log."""
        return f"Let {self.model_name} only grow"

    def _guarded(self, model: Any) -> tuple[str, list[str] | None]:
        fields = model._meta.local_concrete_fields
        open_columns = {*self.free_columns, *self.erasable_columns}
        if unknown := open_columns - {field.column for field in fields}:
            msg = f"{_table(model)} has no column {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        if not open_columns:
            return _table(model), None
        # What the database computes itself nobody else can write; SQLite does not take it in a list.
        own = [field.column for field in fields if not field.generated]
        return _table(model), [column for column in own if column not in open_columns]

    def _execute(self, schema_editor: Any, model: Any, statements: list[str]) -> None:
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in statements:
                schema_editor.execute(statement, params=None)


def _vendor(schema_editor: Any) -> str:
    return str(schema_editor.connection.vendor)


def _table(model: Any) -> str:
    return str(model._meta.db_table)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(_quoted, columns))


def _trigger(table: str, action: str) -> str:
    return f"{table}_refuse_{action}"


def _function(table: str) -> str:
    return f"{table}_refuse"


def _refusal(table: str, action: str) -> str:
    return f"{table} is append-only: {action} refused. Correct by adding a row."


def _drop(vendor: str, table: str, action: str) -> str:
    on_table = f" ON {_quoted(table)}" if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {_quoted(_trigger(table, action))}{on_table}"


def _sqlite_trigger(table: str, action: str, event: str, when: str = "") -> str:
    condition = f"WHEN {when} " if when else ""
    return (
        f"CREATE TRIGGER {_quoted(_trigger(table, action))} BEFORE {event} ON {_quoted(table)} "
        f"{condition}BEGIN SELECT RAISE(ABORT, '{_refusal(table, action)}'); END"
    )


def _postgresql_trigger(table: str, action: str, event: str, when: str = "") -> str:
    each = "STATEMENT" if action == "truncate" else "ROW"
    condition = f"WHEN ({when}) " if when else ""
    return (
        f"CREATE TRIGGER {_quoted(_trigger(table, action))} BEFORE {event} ON {_quoted(table)} "
        f"FOR EACH {each} {condition}EXECUTE FUNCTION {_quoted(_function(table))}()"
    )


def _postgresql_function(table: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {_quoted(_function(table))}() RETURNS trigger"
        " LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
        f" '{_refusal(table, '%')}',"
        f" CASE WHEN TG_NAME = '{_trigger(table, REWRITE)}' THEN '{REWRITE}' ELSE lower(TG_OP) END"
        " USING ERRCODE = 'restrict_violation'; END $$"
    )
