"""Find a PostgreSQL for tests: one that is named, one that runs, or one started for this run only."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

LOCAL = "postgres://postgres@127.0.0.1:5432/postgres"


@contextmanager
def running_postgres() -> Iterator[str | None]:
    """Yield the URL of a server where databases can be made, None when there is none to be had."""
    named = os.environ.get("TEST_POSTGRES_URL")
    if named or _answers(LOCAL):
        yield named or LOCAL
        return
    binaries = _server_binaries()
    if not binaries:
        yield None
        return
    with _cluster(binaries) as url:
        yield url


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server_binaries() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((folder for folder in folders if (folder / "initdb").exists()), None)
    if found is None and (initdb := shutil.which("initdb")):
        return Path(initdb).resolve().parent
    return found


@contextmanager
def _cluster(binaries: Path) -> Iterator[str]:
    """Run a server in a temporary folder, reached from this machine only, and take it away again."""
    folder = Path(tempfile.mkdtemp(prefix="shop-postgres-"))
    # PostgreSQL refuses to run as root, so root lends it to the user that Debian's package makes.
    user = "postgres" if os.getuid() == 0 else None
    if user:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    data = folder / "data"
    try:
        run(
            str(binaries / "initdb"),
            *("-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"),
        )
        port = _free_port()
        options = f"-k {folder} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        log = str(folder / "log")
        run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", log, "-o", options, "start")
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
