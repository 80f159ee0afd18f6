"""Races: many threads at once, made to meet, and what came of them."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Barrier
from typing import Any

from django.db import connection

from shop.lib.at_once import PATIENCE_SECONDS as PATIENCE
from shop.lib.at_once import at_once as all_together
from tests.once import alone

__all__ = ["PATIENCE", "at_once", "errors_in", "meeting"]


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all of `acts` together; return for each what it returned or the exception it raised.

    One crowd of a test run at a time: two crowds of fifty, each with connections of its own, are more
    than PostgreSQL admits unless told otherwise (max_connections, 100).
    """
    with alone(Path(os.environ["SHOP_TESTS_FOLDER"]) / "crowd.lock"):
        outcomes = all_together(acts)
        _wait_until_gone()
    return outcomes


def _wait_until_gone() -> None:
    """On PostgreSQL, let the crowd's connections end: its server counts a closed one for a moment more."""
    until = time.monotonic() + PATIENCE
    while connection.vendor == "postgresql" and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.01)


def meeting(people: int) -> Callable[[], None]:
    """A point that nobody passes before all `people` are there: makes a race certain."""
    barrier = Barrier(people, timeout=PATIENCE)
    return lambda: (barrier.wait(), None)[1]


def errors_in(outcomes: Sequence[Any]) -> list[str]:
    """The kinds of the exceptions among outcomes."""
    return [type(outcome).__name__ for outcome in outcomes if isinstance(outcome, Exception)]
