"""`make test`: the whole suite on one database; in a browser as well when that is SQLite.

DATABASE=sqlite (the default) or DATABASE=postgresql; on the second every test that asks for a database.
What runs at the same time is shown one after the other. What this machine lacks is left out and named at
the end; with REQUIRE_ALL=1 that is an error.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from throwaway_postgres import running_postgres  # noqa: E402

from tests.browser import chromium  # noqa: E402

WORKERS = os.environ.get("TEST_WORKERS", "2")
# worksteal: who is done early takes from the other's queue, so the long tests do not end alone.
IN_PARALLEL = ("-n", WORKERS, "--dist", "worksteal")
NOTHING_SELECTED = 5
HOW_TO_GET = {
    "browser tests": "no Chromium found: sudo apt-get install chromium, or set CHROME_PATH",
    "PostgreSQL": (
        "no PostgreSQL found: set TEST_POSTGRES_URL to a database whose user may create databases, "
        "or sudo apt-get install postgresql"
    ),
}


@dataclass
class Part:
    """One run of pytest. What it prints goes to a file until its turn to be shown has come."""

    title: str
    arguments: tuple[str, ...]
    environment: dict[str, str]

    def start(self, folder: Path, stack: ExitStack) -> None:
        """Let it run, with a file in `folder`; it ends with the stack at the latest."""
        self._told = folder / f"{self.title}.txt"
        with self._told.open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pytest", "-q", *self.arguments, *sys.argv[1:]],
                cwd=ROOT,
                env={**os.environ, "ENV_FILE": "", **self.environment},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        stack.callback(self._process.wait)
        stack.callback(self._process.terminate)

    def show(self) -> bool:
        """Print what it has told and tells until it ends; return whether it passed."""
        print(f"\n== {self.title}", flush=True)
        with self._told.open("rb") as file:
            is_running = True
            while is_running:
                is_running = self._process.poll() is None
                sys.stdout.buffer.write(file.read())
                sys.stdout.flush()
                if is_running:
                    time.sleep(0.2)
        status = self._process.returncode
        # Who names a file or a test may well name none of this part.
        passed = status == 0 or (status == NOTHING_SELECTED and len(sys.argv) > 1)
        self.verdict = "passed" if passed else f"FAILED (pytest's exit status {status})"
        return passed


@contextmanager
def without_database_url() -> Iterator[None]:
    """Keep the shell's own DATABASE_URL, perhaps a real shop's, away from the tests."""
    kept = os.environ.pop("DATABASE_URL", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["DATABASE_URL"] = kept


def compiled_once(folder: Path) -> dict[str, str]:
    """Environment with which what is compiled is kept for the run, even where none of it may be written here.

    Images of machines often set PYTHONDONTWRITEBYTECODE. Then each of the hundred processes that tests
    start compiles Django, the shop and itself anew, a second of work each time.
    """
    if not sys.dont_write_bytecode:
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def browser_tests() -> list[str]:
    """Return the files and folders of tests for a browser: to read all others as well takes seconds."""
    marking = [
        path for path in (ROOT / "tests").rglob("*.py") if "mark.browser" in path.read_text()
    ]
    return sorted(str(path.parent if path.name == "conftest.py" else path) for path in marking)


def parts(postgres_url: str | None, browser: str | None, shared: Path) -> list[Part]:
    """What to run: on PostgreSQL with a URL, else on SQLite. In `shared` they keep what is made once."""
    common = {"SHOP_TESTS_SHARED": str(shared), **compiled_once(shared)}
    if sys.stdout.isatty():
        common["PY_COLORS"] = "1"
    without_browser = (*IN_PARALLEL, "-m", "not browser")
    if postgres_url:
        database = {"DATABASE_URL": postgres_url, "ONLY_DATABASE_TESTS": "1"}
        return [Part("PostgreSQL", without_browser, common | database)]
    found = [Part("SQLite", without_browser, common)]
    if browser:
        # Who names tests means those.
        where = () if sys.argv[1:] else browser_tests()
        arguments = ("-m", "browser", *where)
        found.append(Part("Browser", arguments, common | {"CHROME_PATH": browser}))
    return found


def run(running: list[Part]) -> bool:
    """Run them at the same time and show each; return whether all passed."""
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shop-make-test-")))
        for part in running:
            part.start(folder, stack)
        passed = [part.show() for part in running]
    print(f"\n== make test: {time.monotonic() - began:.0f} s")
    for part in running:
        print(f"{part.title}: {part.verdict}")
    return all(passed)


def main() -> int:
    """Run what can be run; return 1 when anything failed or, with REQUIRE_ALL, is missing."""
    database = os.environ.get("DATABASE") or "sqlite"
    if database not in ("sqlite", "postgresql"):
        print(f"DATABASE={database}: only sqlite and postgresql are known")
        return 1
    with ExitStack() as stack:
        stack.enter_context(without_database_url())
        shared = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shop-make-shared-")))
        if database == "sqlite":
            browser = chromium.find()
            left_out = None if browser else "browser tests"
            good = run(parts(None, browser, shared))
        else:
            postgres_url = stack.enter_context(running_postgres())
            left_out = None if postgres_url else "PostgreSQL"
            # Asked for by name: nothing may pass for it.
            good = postgres_url is not None and run(parts(postgres_url, None, shared))
    if left_out:
        print(f"Left out: {left_out}; {HOW_TO_GET[left_out]}")
    if left_out and os.environ.get("REQUIRE_ALL") == "1":
        print("REQUIRE_ALL=1: nothing may be left out")
        good = False
    print("All of it passed" if good else "FAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
