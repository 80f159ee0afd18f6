"""`make test`: the whole suite on SQLite, then all but the browser tests on PostgreSQL.

What this machine lacks is left out and named at the end; with REQUIRE_ALL=1 that is an error.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from throwaway_postgres import running_postgres  # noqa: E402

from tests.browser import chromium  # noqa: E402

PYTEST = (sys.executable, "-m", "pytest", "-q", "-n", os.environ.get("TEST_WORKERS", "2"))
HOW_TO_GET = {
    "browser tests": "no Chromium found: sudo apt-get install chromium, or set CHROME_PATH",
    "PostgreSQL": (
        "no PostgreSQL found: set TEST_POSTGRES_URL to a database whose user may create databases, "
        "or sudo apt-get install postgresql"
    ),
}


@dataclass
class Outcome:
    """What ran and how, what was left out."""

    lines: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    failed: bool = False

    def run(self, title: str, arguments: list[str], extra_env: dict[str, str]) -> None:
        """Run pytest once and remember how it went."""
        print(f"\n== {title}", flush=True)
        began = time.monotonic()
        environment = {**os.environ, "ENV_FILE": "", **extra_env}
        status = subprocess.run(
            [*PYTEST, *arguments, *sys.argv[1:]], cwd=ROOT, env=environment, check=False
        ).returncode
        verdict = "passed" if status == 0 else f"FAILED (pytest's exit status {status})"
        self.lines.append(f"{title}: {verdict} in {time.monotonic() - began:.0f} s")
        self.failed |= status != 0


@contextmanager
def without_database_url() -> Iterator[None]:
    """Keep the shell's own DATABASE_URL, perhaps a real shop's, away from the tests."""
    kept = os.environ.pop("DATABASE_URL", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["DATABASE_URL"] = kept


def main() -> int:
    """Run what can be run; return 1 when anything failed or, with REQUIRE_ALL, is missing."""
    outcome = Outcome()
    browser = chromium.find()
    if not browser:
        outcome.left_out.append("browser tests")
    with without_database_url(), running_postgres() as postgres_url:
        outcome.run(
            "SQLite" + (", with browser tests" if browser else ""),
            [] if browser else ["-m", "not browser"],
            {"CHROME_PATH": browser} if browser else {},
        )
        if postgres_url:
            outcome.run("PostgreSQL", ["-m", "not browser"], {"DATABASE_URL": postgres_url})
        else:
            outcome.left_out.append("PostgreSQL")
    print("\n== make test")
    for line in outcome.lines:
        print(line)
    for name in outcome.left_out:
        print(f"Left out: {name}; {HOW_TO_GET[name]}")
    missing = bool(outcome.left_out) and os.environ.get("REQUIRE_ALL") == "1"
    if missing:
        print("REQUIRE_ALL=1: nothing may be left out")
    print("FAILED" if outcome.failed or missing else "All of it passed")
    return 1 if outcome.failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
