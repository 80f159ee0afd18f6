"""Database settings from one address: SQLite made into a real database, PostgreSQL with kept connections."""

from typing import Any

SQLITE_OPTIONS: dict[str, Any] = {
    # A transaction takes the write lock when it begins, so it can wait for its turn. With SQLite's
    # default (deferred) a reader that turns writer fails at once: "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
        # Without it INSERT OR REPLACE deletes rows behind the back of shop.lib.append_only.
        "PRAGMA recursive_triggers=ON"
    ),
}


def with_engine_options(
    config: dict[str, Any], *, conn_max_age: int, pool_size: int
) -> dict[str, Any]:
    """Return Django's DATABASES entry for `config` with the options our shop relies on.

    `conn_max_age` is in seconds; a `pool_size` above 0 uses psycopg's connection pool instead of
    kept connections (Django allows only one of the two).
    """
    options = dict(config.get("OPTIONS", {}))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # Tests use a file as well: threads cannot race on an in-memory database.
        name = str(config["NAME"])
        test = {"NAME": f"{name}.test"}
        # Opening the file and setting its pragmas costs a millisecond, so threads keep theirs.
        return {
            **config,
            "CONN_MAX_AGE": None,
            "OPTIONS": {**SQLITE_OPTIONS, **options},
            "TEST": test,
        }
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
        return {**config, "CONN_MAX_AGE": 0, "OPTIONS": options}
    return {
        **config,
        "CONN_MAX_AGE": conn_max_age,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
