"""A copy of the shop's database that lives as long as a drill. The original is read and nothing else."""

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg

SQLITE = "django.db.backends.sqlite3"
NAME = "drill_"  # with the process that made it, so that one left by a power cut can be told
LIBPQ = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
SSL_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey")


class CopyRefused(Exception):
    """No copy could be made; the message says why and what is needed, in plain words."""


@contextmanager
def copy_of(database: Mapping[str, Any], folder: Path, server: str = "") -> Iterator[str]:
    """Copy `database` (an entry of settings.DATABASES); yield the copy's address, remove it afterwards.

    SQLite is copied into `folder` by its own backup, while the shop runs. PostgreSQL is dumped and
    restored into a new database of the same server, or of `server` (postgres://…). Raises CopyRefused.
    """
    if database["ENGINE"] == SQLITE:
        yield _copy_of_file(Path(database["NAME"]), folder / "copy.sqlite3")
        return
    holder = _server_of(server) if server else database
    name = f"{NAME}{os.getpid()}_{secrets.token_hex(6)}"
    target = {**holder, "NAME": name}
    _refuse_missing_tools()
    _create(name, holder)
    try:
        _fill(database, target)
        yield url_of(target)
    finally:
        _drop(name, holder)


def _copy_of_file(original: Path, copy: Path) -> str:
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(original))}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        msg = f"{original} cannot be read: {error}."
        raise CopyRefused(msg) from error
    copy.chmod(0o600)
    return url_of({"ENGINE": SQLITE, "NAME": str(copy)})


def _refuse_missing_tools() -> None:
    missing = [tool for tool in ("pg_dump", "pg_restore") if not shutil.which(tool)]
    if missing:
        msg = (
            f"{' and '.join(missing)} not found. They copy a PostgreSQL database without stopping the "
            "shop: install PostgreSQL's client tools (Debian: postgresql-client), of the server's "
            "version or newer."
        )
        raise CopyRefused(msg)


def _create(name: str, holder: Mapping[str, Any]) -> None:
    try:
        with _connected(holder) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            # A copy need not survive a power cut, and its drill is done sooner.
            connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    except psycopg.errors.InsufficientPrivilege as error:
        msg = (
            f"The database user {holder['USER']} may not create databases. Let another server "
            "hold the copy: --server postgres://user:password@host/postgres, or allow it once: "
            f'ALTER ROLE "{holder["USER"]}" CREATEDB.'
        )
        raise CopyRefused(msg) from error
    except psycopg.Error as error:
        msg = f"No database can be made for the copy: {_first_line(error)}"
        raise CopyRefused(msg) from error


def _drop(name: str, holder: Mapping[str, Any]) -> None:
    with _connected(holder) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _fill(source: Mapping[str, Any], target: Mapping[str, Any]) -> None:
    dump = subprocess.Popen(
        ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments"],  # noqa: S607
        # Not even by mistake: whoever dumps may not write.
        env=_libpq(source) | {"PGOPTIONS": "-c default_transaction_read_only=on"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    into = [
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        "--dbname",
        str(target["NAME"]),
    ]
    restore = subprocess.run(  # noqa: S603 (a random name of our own)
        ["pg_restore", *into],  # noqa: S607
        env=_libpq(target),
        stdin=dump.stdout,
        capture_output=True,
        check=False,
    )
    _, complaint = dump.communicate()
    for tool, status, told in (
        ("pg_dump", dump.returncode, complaint),
        ("pg_restore", restore.returncode, restore.stderr),
    ):
        if status:
            lines = told.decode("utf-8", "replace").strip().splitlines()
            msg = f"{tool} failed: {lines[0] if lines else status}"
            raise CopyRefused(msg)


def _connected(database: Mapping[str, Any]) -> "psycopg.Connection[Any]":
    return psycopg.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname=database["NAME"],
        autocommit=True,
        connect_timeout=10,
        **_ssl_of(database),
    )


def _ssl_of(database: Mapping[str, Any]) -> dict[str, Any]:
    options = database.get("OPTIONS") or {}
    return {name: str(options[name]) for name in SSL_OPTIONS if name in options}


def _libpq(database: Mapping[str, Any]) -> dict[str, str]:
    """Return an environment for PostgreSQL's tools: a password on a command line everybody can read."""
    named = {variable: str(database[key]) for key, variable in LIBPQ.items() if database[key]}
    secured = {f"PG{name.upper()}": value for name, value in _ssl_of(database).items()}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, **named, **secured, "PGDATABASE": str(database["NAME"])}


def _server_of(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        msg = "Give the server as postgres://user:password@host:5432/postgres."
        raise CopyRefused(msg)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "NAME": parts.path.strip("/"),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def url_of(database: Mapping[str, Any]) -> str:
    """Return an entry of settings.DATABASES as the address from which it is made."""
    if database["ENGINE"] == SQLITE:
        return f"sqlite:///{database['NAME']}"
    host = str(database["HOST"])
    where = f"[{host}]" if ":" in host else quote(host, safe="")
    port = f":{database['PORT']}" if database["PORT"] else ""
    who = quote(str(database["USER"]), safe="")
    if database["PASSWORD"]:
        who += f":{quote(str(database['PASSWORD']), safe='')}"
    secured = _ssl_of(database)
    query = f"?{urlencode(secured)}" if secured else ""
    return f"postgres://{who}@{where}{port}/{database['NAME']}{query}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
