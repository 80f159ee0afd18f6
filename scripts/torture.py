"""`make torture`: random histories against shop and sandbox, and processes killed in the middle of them.

    make torture HISTORIES=1000 KILLS=100

HISTORIES=10000 KILLS=500   how many; about one a second for each core, kills a little slower
SEED=…                      play one history again and tell it step by step
BASE=…                      the word from which seeds are made; the same word, the same histories
TORTURE_DATABASE_URL=…      a PostgreSQL server whose user may create databases; otherwise SQLite
TORTURE_WORKERS=…           processes, each with its own database and sandbox; otherwise one per core

Ends with a table of what was tried and what was lost, also after Ctrl-C. Exit status 0: nothing was;
1: something was, and the seeds that show it again are named, or it ended early; 2: it could not run.
"""

import itertools
import multiprocessing
import os
import secrets
import shutil
import signal
import sys
import tempfile
import textwrap
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.chdir(ROOT)

MOST_TOLD = 20
# A shop that is as broken as this needs no more histories.
ENOUGH_FAILED = 200
# About every second history with a kill comes to its point; so many without one, and none will.
FRUITLESS = 50
COULD_NOT_RUN = 2
KILL = "k"  # at the end of a seed: somebody dies in that history


class CouldNotRun(Exception):
    """Nothing was found out about the shop; above stands why."""


@dataclass
class Result:
    """What came of one history."""

    seed: str
    faults: int = 0
    kills: int = 0
    amounts: dict[str, int] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    told: str = ""


def configure(folder: Path, database_url: str) -> None:
    """Let this process be a shop with a database of its own."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tests.settings",
        SHOP_TESTS_FOLDER=str(folder),
        DATABASE_URL=database_url,
        # Processes die here, the database server does not: a commit need not reach the disk.
        PGOPTIONS="-c synchronous_commit=off",
    )
    import django  # noqa: PLC0415 (settings are read now)

    django.setup()
    import logging  # noqa: PLC0415

    logging.disable(logging.CRITICAL)


def database_urls(folder: Path) -> Callable[[str], str]:
    """Return a function: name → address of a database of this run."""
    server = os.environ.get("TORTURE_DATABASE_URL", "")
    if not server:
        return lambda name: f"sqlite:///{folder / f'{name}.sqlite3'}"
    run = secrets.token_hex(4)
    parts = urlsplit(server)
    return lambda name: urlunsplit(parts._replace(path=f"/torture_{run}_{name}"))


def name_in(url: str) -> str:
    """The name of the database in an address: a path for SQLite."""
    path = urlsplit(url).path
    return path.lstrip("/") if not url.startswith("sqlite") else path[1:]


def make_template(folder: Path, url: str) -> None:
    """In a process of its own: migrate once."""
    configure(folder, url)
    from tests.histories import stages  # noqa: PLC0415

    stages.prepare()


def drop_databases(folder: Path, urls: list[str]) -> None:
    """In a process of its own: leave nothing on the server."""
    configure(folder, urls[0])
    from tests.histories import stages  # noqa: PLC0415

    stages.drop([name_in(url) for url in urls])


def work(folder: Path, url: str, template: str, seeds: Any, results: Any) -> None:
    """Play the histories that come out of `seeds` until it is told to end."""
    # Ctrl-C reaches everybody at the terminal; when the others end is for the first process to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    configure(folder, url)
    from tests.histories import stages  # noqa: PLC0415

    stage = stages.Stage(template, folder)
    try:
        for number in itertools.count():
            seed = seeds.get()
            if number % stages.HISTORIES_PER_DATABASE == 0:
                stage.clear()
            result = play_one(stage.sandbox, seed)
            if result.told:
                stage.clear()  # what is broken must not break the next one
            results.put(result)
    finally:
        stage.close()


def play_one(sandbox: Any, seed: str, *, tell: bool = False) -> Result:
    """Play the history that `seed` names. An exception counts as a lost order: nobody was served."""
    from tests.histories import history as histories  # noqa: PLC0415

    steps = histories.drawn(seed, with_kill=seed.endswith(KILL))
    result = Result(seed)
    try:
        with histories.stage(sandbox) as history:
            for step in steps:
                if tell:
                    print(f"  {step}")
                history.do(step)
                if tell:
                    print("     ", [f"{one}: {one.status}" for one in history.orders()])
            found = history.come_to_rest()
            result.faults, result.kills = history.faults, history.kills
            result.reached = dict(history.reached())
    except Exception:  # noqa: BLE001 (whatever it is, it is told, and the run goes on)
        result.amounts, result.told = {"orders lost": 1}, traceback.format_exc()
        return result
    for finding in found:
        result.amounts[finding.kind] = result.amounts.get(finding.kind, 0) + abs(finding.amount)
    if found:
        lines = [f"  {step}" for step in steps] + [f"  ! {finding}" for finding in found]
        result.told = "\n".join(lines)
    return result


class Torture:
    """The run as a whole: hands out seeds, adds up results."""

    def __init__(self, histories: int, kills: int) -> None:
        self.histories, self.kills = histories, kills
        self.base = os.environ.get("BASE") or secrets.token_hex(3)
        self.count, self.sums, self.reached = Counter[str](), Counter[str](), Counter[str]()
        self.failed: list[Result] = []
        self.fruitless = 0
        self._numbers = itertools.count(1)

    def next_seed(self) -> str | None:
        """Histories first, then with kills until enough have died; None when it is done or hopeless."""
        if len(self.failed) >= ENOUGH_FAILED or self.fruitless >= FRUITLESS:
            return None
        if self.count["asked"] < self.histories:
            self.count["asked"] += 1
            return f"{self.base}-{next(self._numbers)}"
        # Not every history comes to the point at which its process is to die.
        if self.count["kills"] < self.kills:
            return f"{self.base}-{next(self._numbers)}{KILL}"
        return None

    def take(self, result: Result) -> None:
        """Add one result."""
        self.count["histories"] += 1
        self.count["faults"] += result.faults
        self.count["kills"] += result.kills
        self.sums.update(result.amounts)
        self.reached.update(result.reached)
        if result.seed.endswith(KILL):
            self.fruitless = 0 if result.kills else self.fruitless + 1
        if result.told:
            self.failed.append(result)
            if len(self.failed) <= MOST_TOLD:
                print(f"\n== SEED={result.seed}\n{result.told}", flush=True)

    def run(self) -> int:
        """Play it all on every core; return the exit status."""
        cores = int(os.environ.get("TORTURE_WORKERS") or os.cpu_count() or 1)
        folder = Path(tempfile.mkdtemp(prefix="shop-torture-"))
        url_of = database_urls(folder)
        urls = [url_of(f"w{place}") for place in range(cores)]
        context = multiprocessing.get_context("spawn")
        seeds, results = context.Queue(cores), context.Queue()
        began = time.monotonic()
        try:
            _alone(context, make_template, folder, url_of("template"))
            template = name_in(url_of("template"))
            workers = [
                context.Process(target=work, args=(folder, url, template, seeds, results))
                for url in urls
            ]
            with at_work(workers):
                try:
                    self._feed(seeds, results, workers, began)
                except KeyboardInterrupt:
                    print("Interrupted. Until then:", flush=True)
        finally:
            with suppress(Exception):
                _alone(context, drop_databases, folder, [*urls, url_of("template")])
            shutil.rmtree(folder, ignore_errors=True)
        return self._report(time.monotonic() - began)

    def _feed(self, seeds: Any, results: Any, workers: list[Any], began: float) -> None:
        under_way = 0
        told_at = began
        while True:
            while under_way < 2 * len(workers) and (seed := self.next_seed()):
                seeds.put(seed)
                under_way += 1
            if not under_way:
                break
            self.take(self._next_result(results, workers))
            under_way -= 1
            if time.monotonic() - told_at > 5:
                told_at = time.monotonic()
                self._tell_progress(told_at - began)

    def _next_result(self, results: Any, workers: list[Any]) -> Result:
        while True:
            with suppress(Exception):
                taken: Result = results.get(timeout=10)
                return taken
            if not all(worker.is_alive() for worker in workers):
                msg = "A process that plays histories has died; see above."
                raise CouldNotRun(msg)

    def _tell_progress(self, seconds: float) -> None:
        rate = self.count["histories"] / seconds
        print(
            f"{self.count['histories']} histories, {self.count['kills']} kills,"
            f" {self.count['faults']} faults, {len(self.failed)} failed; {rate:.1f} a second",
            flush=True,
        )

    def _report(self, seconds: float) -> int:
        rows = {
            "histories tried": self.count["histories"],
            "faults injected": self.count["faults"],
            "kills": self.count["kills"],
            "money lost": f"{self.sums['money lost'] / 100:.2f}",
            "orders lost": self.sums["orders lost"],
            "units oversold": self.sums["units oversold"],
            "double effects": self.sums["double effects"],
        }
        print(f"\n== make torture, BASE={self.base}, {seconds:.0f} s. What the histories came to:")
        words = [f"{what} {many}" for what, many in sorted(self.reached.items())]
        print(textwrap.fill(", ".join(words), initial_indent="  ", subsequent_indent="  "))
        for name, value in rows.items():
            print(f"  {name:<16} {value:>10}")
        for result in self.failed[:MOST_TOLD]:
            print(f"Again: make torture SEED={result.seed}")
        is_short = self.count["histories"] < self.histories or self.count["kills"] < self.kills
        if self.failed:
            print(f"FAILED: {len(self.failed)} of the histories")
        else:
            print("Nothing was lost, nothing happened twice.")
        if is_short:
            print(f"But it ended before {self.histories} histories and {self.kills} kills.")
        return 1 if self.failed or is_short else 0


@contextmanager
def at_work(workers: list[Any]) -> Iterator[None]:
    """Let processes work until the block is left, in whatever way: one that waits on would keep us."""
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(30)


def _alone(context: Any, act: Any, *arguments: Any) -> None:
    process = context.Process(target=act, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        msg = f"{act.__name__} failed; see above."
        raise CouldNotRun(msg)


def replay(seed: str) -> int:
    """Play one history again, in this process, and tell it."""
    folder = Path(tempfile.mkdtemp(prefix="shop-torture-"))
    url_of = database_urls(folder)
    urls = [url_of("template"), url_of("w0")]
    context = multiprocessing.get_context("spawn")
    try:
        _alone(context, make_template, folder, urls[0])
        configure(folder, urls[1])
        from tests.histories import stages  # noqa: PLC0415

        stage = stages.Stage(name_in(urls[0]), folder)
        try:
            stage.clear()
            result = play_one(stage.sandbox, seed, tell=True)
        finally:
            stage.close()
        print(result.told or "Nothing is wrong at its end.")
        return 1 if result.told else 0
    finally:
        with suppress(Exception):
            _alone(context, drop_databases, folder, urls)
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Read the environment, torture, return the exit status."""
    if arguments:
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else COULD_NOT_RUN
    counts = os.environ.get("HISTORIES", "10000"), os.environ.get("KILLS", "500")
    if not all(count.isdecimal() for count in counts):
        print("HISTORIES and KILLS are whole numbers, zero or more.")
        return COULD_NOT_RUN
    # Who is killed in mid-mail leaves a semaphore to be cleaned up, which is done: no word about it.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = os.environ.get("SEED")
    try:
        return replay(seed) if seed else Torture(*map(int, counts)).run()
    except CouldNotRun as error:
        print(error)
        return COULD_NOT_RUN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
