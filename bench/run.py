"""`make bench`: CPU per request of our pages, as a multiple of a bare Django view measured in the same seconds.

For each page and repetition the bare view is loaded for two seconds, then the page; both are served by
gunicorn with two workers of four threads. CPU time of the workers is what a busy machine disturbs least. Of
seven repetitions the five with the least foreign CPU count; the median and its range are shown.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "bench")]

import cpu  # noqa: E402
import django  # noqa: E402
import psycopg  # noqa: E402
from load import Load, send  # noqa: E402
from throwaway_postgres import running_postgres  # noqa: E402

from tests.browser import live_shop  # noqa: E402
from tests.sandbox.server import fetch, free_port  # noqa: E402

PAGES = {
    "home": "/",
    "product page": "/product-information/",
    "order": "/order/",
    "FAQ": "/faq/",
    "blog": "/blog/",
    "post": "/blog/how-b12-is-absorbed/",
    "search": "/search/?q=absorption",
    "cart, one pack": "/cart/",
    "checkout, one pack": "/checkout/",
    "health check": "/healthz/",
}
CONNECTIONS = 8
MAX_RATIO, MAX_QUERIES = 20, 12


@dataclass(frozen=True)
class Server:
    """A running gunicorn, and the name of its PostgreSQL database, empty where it has none."""

    url: str
    pid: int
    database: str = ""

    def spent(self) -> tuple[float, float]:
        """Return the CPU seconds so far of its workers and of its database."""
        return cpu.of_tree(self.pid), cpu.of_postgres(self.database) if self.database else 0.0


@dataclass(frozen=True)
class Repetition:
    """One pair: the bare view, then the page. CPU is milliseconds per request; foreign is in cores."""

    bare_cpu: float
    page_cpu: float
    postgres_cpu: float
    bare_rate: float
    page_rate: float
    foreign: float
    bad: int


@contextlib.contextmanager
def gunicorn(
    application: str, environment: dict[str, str], folder: Path, database: str = ""
) -> Iterator[Server]:
    """Serve `application` as gunicorn.conf.py says until the end of the block."""
    port = free_port()
    log = folder / f"{application.split('.', maxsplit=1)[0].split(':', maxsplit=1)[0]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _ready(Server(f"http://127.0.0.1:{port}", process.pid, database), log)
    finally:
        process.terminate()
        process.wait(10)


def _ready(server: Server, log: Path) -> Server:
    for _ in range(200):
        try:
            fetch(f"{server.url}/")
        except OSError:
            time.sleep(0.1)
        else:
            return server
    raise RuntimeError(log.read_text())


def measure(
    server: Server, url: str, seconds: float, cookie: str
) -> tuple[Load, float, float, float]:
    """Load `url`; return what came back, the workers' and PostgreSQL's CPU, and the foreign cores."""
    before = (*server.spent(), cpu.of_machine(), cpu.of_ourselves())
    headers = {"Cookie": cookie} if cookie else {}
    loaded = send(url, seconds=seconds, connections=CONNECTIONS, headers=headers)
    after = (*server.spent(), cpu.of_machine(), cpu.of_ourselves())
    workers, postgres, machine, ours = (now - then for now, then in zip(after, before, strict=True))
    return (
        loaded,
        workers,
        postgres,
        max(0.0, (machine - workers - postgres - ours) / loaded.seconds),
    )


def repeat(bare: Server, shop: Server, path: str, cookie: str, seconds: float) -> Repetition:
    """Measure the bare view, then one of our pages."""
    reference, bare_cpu, _, foreign_before = measure(bare, f"{bare.url}/", seconds, "")
    page, page_cpu, postgres_cpu, foreign = measure(shop, f"{shop.url}{path}", seconds, cookie)
    return Repetition(
        bare_cpu=bare_cpu * 1000 / reference.answers,
        page_cpu=page_cpu * 1000 / page.answers,
        postgres_cpu=postgres_cpu * 1000 / page.answers,
        bare_rate=reference.answers / reference.seconds,
        page_rate=page.answers / page.seconds,
        foreign=(foreign_before + foreign) / 2,
        bad=page.bad,
    )


def cart_cookie(url: str) -> str:
    """Put a pack into a new cart; return the cookie header that finds it."""
    request = urllib.request.Request(
        f"{url}/cart/add/",
        data=urlencode({"sku": "B12-12", "quantity": 1}).encode(),
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    opener = urllib.request.build_opener(_Stay())
    with contextlib.suppress(urllib.error.HTTPError):
        opener.open(request)
    return "; ".join(cookie.split(";")[0] for cookie in _Stay.cookies)


class _Stay(urllib.request.HTTPRedirectHandler):
    cookies: tuple[str, ...] = ()

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        _Stay.cookies = tuple(headers.get_all("Set-Cookie") or ())


def queries(environment: dict[str, str], cookie: str) -> dict[str, Any]:
    """Return what each page asks of the database, counted in a process of its own."""
    result = subprocess.run(
        [sys.executable, str(ROOT / "bench/count_queries.py")],
        input=json.dumps({"paths": list(PAGES.values()), "cart": cookie}),
        env={**environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(result.stdout)


def table(
    database: str, bare: Server, environment: dict[str, str], folder: Path, options: Any
) -> list[str]:
    """Measure all pages on one database; return the rows of its table."""
    live_shop.manage(environment, "prepare")
    rows = []
    url = environment["DATABASE_URL"]
    name = url.rsplit("/", 1)[1] if url.startswith("postgres") else ""
    with gunicorn("shop.wsgi", environment, folder, name) as shop:
        cookie = cart_cookie(shop.url)
        asked = queries(environment, cookie)
        for name, path in PAGES.items():
            measure(shop, f"{shop.url}{path}", 1, cookie)  # templates get compiled, caches filled
            runs = [
                repeat(bare, shop, path, cookie, options.seconds)
                for _ in range(options.repetitions)
            ]
            kept = sorted(runs, key=lambda run: run.foreign)[: max(1, options.repetitions - 2)]
            row = as_row(f"{name}, {database}", kept, asked[path])
            print(row, flush=True)
            rows.append(row)
    return rows


def as_row(name: str, runs: list[Repetition], asked: dict[str, Any]) -> str:
    """Return one row of the table."""
    ratios = [run.page_cpu / run.bare_cpu for run in runs]
    median = statistics.median(ratios)
    flags = [
        text
        for text, is_so in (
            ("over 20×", median > MAX_RATIO),
            ("over 12 queries", asked["queries"] > MAX_QUERIES),
            ("repeats a query", asked["repeated"] > 0),
            (f"status {asked['status']}", asked["status"] != 200),
            ("bad answers", any(run.bad for run in runs)),
        )
        if is_so
    ]
    cells = (
        name,
        f"{median:.1f} ({min(ratios):.1f}–{max(ratios):.1f})",
        f"{statistics.median(run.page_cpu for run in runs):.2f}",
        f"{statistics.median(run.postgres_cpu for run in runs):.2f}",
        f"{statistics.median(run.page_rate for run in runs):.0f}",
        f"{asked['queries']}",
        f"{asked['bytes'] / 1000:.0f}",
        f"{statistics.median(run.foreign for run in runs):.2f}",
        ", ".join(flags) or "ok",
    )
    return f"| {' | '.join(cells)} |"


@contextlib.contextmanager
def postgres_database(purpose: str = "pages") -> Iterator[str | None]:
    """Yield the URL of a new database, gone at the end; None where there is no server."""
    with running_postgres() as server:
        if server is None:
            yield None
            return
        name = f"shop_bench_{purpose}_{os.getpid()}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            yield server.rsplit("/", 1)[0] + f"/{name}"
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


HEADER = (
    "| page | CPU × bare view (range) | CPU ms/request | PostgreSQL CPU ms | requests/s | queries | KB | foreign cores | |",
    "|---|---|---|---|---|---|---|---|---|",
)


def main() -> int:
    """Measure on SQLite and, where there is one, on PostgreSQL; write bench/results.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--output", type=Path, default=ROOT / "bench/results.md")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="shop-bench-"))
    rows: list[str] = []
    print("\n".join(HEADER))
    try:
        environment = live_shop.environment_of(folder, folder)
        bare_environment = {**os.environ, "PYTHONPATH": str(ROOT / "bench")}
        with gunicorn("bare:application", bare_environment, folder) as bare:
            rows += table("SQLite", bare, environment, folder, options)
            with postgres_database() as url:
                if url:
                    environment |= {"DATABASE_URL": url}
                    rows += table("PostgreSQL", bare, environment, folder, options)
                else:
                    print("No PostgreSQL found; see make test for how to get one.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    options.output.write_text(report(rows, options))
    return 0


def report(rows: list[str], options: Any) -> str:
    """Return the text of results.md."""
    tool = "wrk" if shutil.which("wrk") else "threads of bench/load.py"
    return "\n".join(
        (
            "# Speed against a bare Django view",
            "",
            f"Written by `make bench` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}: "
            f"{os.cpu_count()} cores, Python {platform.python_version()}, Django {django.__version__}, "
            f"{tool}, {CONNECTIONS} connections, {options.repetitions} repetitions of {options.seconds:g} s. "
            "Nothing is cached between browser and view.",
            "",
            *HEADER,
            *rows,
            "",
            *(line for line in (__doc__ or "").split("\n\n", 1)[1].strip().split("\n")),
            "",
            "Aims: at most 20 × the bare view and 12 queries, none repeated. Foreign cores is the CPU that other "
            "programs used meanwhile: the higher, the less a row is worth.",
            "",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
