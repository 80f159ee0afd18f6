"""The bell between whoever records an event and the thread that delivers it."""

import threading

_bell = threading.Event()


def wake_deliveries() -> None:
    """Have the delivery thread look at its queue now."""
    _bell.set()


def wait_for_work(seconds: float) -> None:
    """Sleep until somebody rings, at most `seconds`."""
    _bell.wait(seconds)
    _bell.clear()
