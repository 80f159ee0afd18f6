"""Many threads that begin at the same moment, each with a database connection of its own."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

from django.db import connection

PATIENCE_SECONDS = 60


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all of `acts` together; return for each what it returned or the exception it raised."""
    outcomes: list[Any] = [None] * len(acts)
    start = Barrier(len(acts), timeout=PATIENCE_SECONDS)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            start.wait()
            outcomes[place] = act()
        except Exception as error:  # noqa: BLE001 (every outcome is looked at)
            outcomes[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
