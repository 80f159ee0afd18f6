"""Doing something in a process that dies without warning at a fault point, and looking at what is left.

assert killed_at("settle.committed", lambda: deliver(body))
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from django.db import connections

from orders.gateways import gateway
from shop.lib import fault_points

FAILED, SURVIVED = 97, 0


def killed_at(point: str, act: Callable[[], Any], *, times: int = 1) -> bool:
    """Do `act` in a child process that SIGKILLs itself when `point` is reached the `times`-th time.

    Returns whether it died there: False when `act` never came so far. A failure of `act` is raised.
    The child works on the same database, with connections of its own; nothing of it outlives it but
    what the database and the outside world have.
    """
    assert point in fault_points.POINTS, point
    # A connection that two processes share would be no connection.
    connections.close_all()
    gateway.cache_clear()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _live(point, act, times)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, f"signal {os.WTERMSIG(status)}"
        return True
    code = os.WEXITSTATUS(status)
    assert code == SURVIVED, f"the process failed before {point}: see above"
    return False


def _live(point: str, act: Callable[[], Any], times: int) -> NoReturn:
    left = times

    def die(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    code = FAILED
    try:
        fault_points.reached = die
        act()
        connections.close_all()
        code = SURVIVED
    except BaseException:  # noqa: BLE001 (told, and the parent fails)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        # Not sys.exit: nothing of pytest may run twice.
        os._exit(code)
