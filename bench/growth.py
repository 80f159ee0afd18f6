"""`make bench-growth`: what pages cost with few rows and with many, measured in turn in the same seconds.

Two shops run side by side, one with a small blog and one with a large one whose newest posts are the same.
For each page and repetition the small one is loaded for two seconds, then the large one, each served by
gunicorn with two workers of four threads. CPU is that of the workers and of PostgreSQL's processes.
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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Ours first: scripts has a module `run` too.
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "scripts")]

import django  # noqa: E402
from run import Server, gunicorn, measure, postgres_database  # noqa: E402

from tests.browser import live_shop  # noqa: E402
from tests.sandbox.server import fetch  # noqa: E402

FEW, MANY = 100, 10_000
PAGES = {
    "blog index": "/blog/",
    "second page": "/blog/page/2/",
    "tag": "/blog/tag/tag-0/",
    "category": "/blog/category/shelf-0/",
    "month": "/blog/2026/10/",
    "post": "/blog/post-3/",
    "feed": "/blog/feed/",
    "search, rare word": "/search/?q=salmon",
    "search, word of every post": "/search/?q=vitamin",
    "home": "/",
}
MAX_GROWTH = 1.2
MAX_OTHER_BYTES = 0.02
WARM = 10


@dataclass(frozen=True)
class Bench:
    """What is measured: `script` fills the shops with `rows`; `pages` holds the path in the small and the large one."""

    make: str
    rows: str
    many: int
    script: str
    pages: dict[str, tuple[str, str]]
    told: str  # the module's docstring: what was measured, and how
    bytes_aim: str = "two percent more or less"

    @property
    def output(self) -> Path:
        """Where the tables are written."""
        return ROOT / f"{self.make.replace('bench-growth', 'bench/growth')}.md"


@dataclass(frozen=True)
class Shop:
    """One of the two shops: its server, and what its pages ask of the database."""

    server: Server
    asked: dict[str, Any]


@contextlib.contextmanager
def shop_with(
    rows: int,
    database: str | None,
    folder: Path,
    shared: Path,
    *,
    script: str,
    paths: Sequence[str],
) -> Iterator[Shop]:
    """Serve a demo shop that `script` has filled, on `database` or, without one, on SQLite."""
    home = folder / f"{'postgres' if database else 'sqlite'}-{rows}"
    home.mkdir()
    environment = live_shop.environment_of(home, shared)
    name = ""
    if database:
        environment["DATABASE_URL"] = database
        name = database.rsplit("/", 1)[1]
    environment["MEDIA_ROOT"] = str(shared / "media")  # the same pictures everywhere, made once
    live_shop.manage(environment, "prepare")
    run(script, environment, str(rows))
    asked = json.loads(
        run(
            "count_queries.py",
            environment,
            told=json.dumps({"paths": list(paths), "cart": ""}),
        )
    )
    with gunicorn("shop.wsgi", environment, home, name) as server:
        yield Shop(server, asked)


def run(script: str, environment: dict[str, str], *arguments: str, told: str = "") -> str:
    """Run one of the scripts beside this one in a process of its own; return what it printed."""
    return subprocess.run(
        [sys.executable, str(ROOT / "bench" / script), *arguments],
        input=told,
        env={**environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def cost(shop: Shop, path: str, seconds: float) -> tuple[float, float]:
    """Return the CPU milliseconds of one request, and the foreign cores meanwhile."""
    loaded, workers, postgres, foreign = measure(
        shop.server, f"{shop.server.url}{path}", seconds, ""
    )
    if loaded.bad:
        raise RuntimeError(f"{path}: {loaded.bad} bad answers")
    return (workers + postgres) * 1000 / loaded.answers, foreign


def compare(name: str, paths: tuple[str, str], shops: tuple[Shop, Shop], options: Any) -> str:
    """Measure one page in both shops in turn; return its row. `paths` are those in the small and the large one."""
    (path, there), (small, large) = paths, shops
    for shop, address in ((small, path), (large, there)):
        for _ in range(WARM):  # templates get compiled, caches filled, in each worker
            fetch(f"{shop.server.url}{address}")
    runs = []
    for _ in range(options.repetitions):
        few, foreign_before = cost(small, path, options.seconds)
        many, foreign = cost(large, there, options.seconds)
        runs.append((foreign_before + foreign, few, many))
    kept = sorted(runs)[: max(1, options.repetitions - 2)]
    ratios = [many / few for _, few, many in kept]
    before, after = small.asked[path], large.asked[there]
    told = [
        text
        for text, is_so in (
            (f"over {MAX_GROWTH}×", statistics.median(ratios) > MAX_GROWTH),
            ("other number of queries", before["queries"] != after["queries"]),
            ("other size", abs(after["bytes"] / before["bytes"] - 1) > MAX_OTHER_BYTES),
            (f"status {after['status']}", after["status"] != 200 or before["status"] != 200),
        )
        if is_so
    ]
    cells = (
        name,
        f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})",
        f"{statistics.median(few for _, few, _ in kept):.2f}",
        f"{statistics.median(many for _, _, many in kept):.2f}",
        f"{before['queries']} / {after['queries']}",
        f"{before['bytes']} / {after['bytes']}",
        ", ".join(told) or "ok",
    )
    return f"| {' | '.join(cells)} |"


def table(
    urls: tuple[str | None, str | None], folder: Path, options: Any, bench: Bench
) -> list[str]:
    """Measure all pages on one database; return the rows of its table."""
    few, many = urls
    kind = "PostgreSQL" if few else "SQLite"
    rows = []
    here, there = zip(*bench.pages.values(), strict=True)
    with (
        shop_with(FEW, few, folder, folder, script=bench.script, paths=here) as small,
        shop_with(options.many, many, folder, folder, script=bench.script, paths=there) as large,
    ):
        for name, paths in bench.pages.items():
            row = compare(f"{name}, {kind}", paths, (small, large), options)
            print(row, flush=True)
            rows.append(row)
    return rows


HEADER = (
    "| page | CPU with many / with few (range) | ms few | ms many | queries | bytes | |",
    "|---|---|---|---|---|---|---|",
)


def run_bench(bench: Bench) -> int:
    """Measure on SQLite and, where there is one, on PostgreSQL; write the tables beside this file."""
    parser = argparse.ArgumentParser(description=bench.told)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--many", type=int, default=bench.many)
    parser.add_argument("--output", type=Path, default=bench.output)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="shop-bench-"))
    print("\n".join(HEADER))
    try:
        rows = table((None, None), folder, options, bench)
        with postgres_database("few") as few, postgres_database("many") as many:
            if few and many:
                rows += table((few, many), folder, options, bench)
            else:
                print("No PostgreSQL found; see make test for how to get one.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    options.output.write_text(report(rows, options, bench))
    return 0


def report(rows: list[str], options: Any, bench: Bench) -> str:
    """Return the text of the file."""
    return "\n".join(
        (
            f"# What {options.many:,} {bench.rows} cost, beside {FEW}",
            "",
            f"Written by `make {bench.make}` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}: "
            f"{os.cpu_count()} cores, Python {platform.python_version()}, Django {django.__version__}, "
            f"{options.repetitions} repetitions of {options.seconds:g} s.",
            "",
            *HEADER,
            *rows,
            "",
            *bench.told.split("\n\n", 1)[1].strip().split("\n"),
            "",
            f"Aims: the same number of queries, the same bytes ({bench.bytes_aim}), at most {MAX_GROWTH} × the CPU.",
            "",
        )
    )


POSTS = Bench(
    make="bench-growth",
    rows="posts",
    many=MANY,
    script="many_posts.py",
    pages={name: (path, path) for name, path in PAGES.items()},
    told=__doc__ or "",
)

if __name__ == "__main__":
    sys.exit(run_bench(POSTS))
