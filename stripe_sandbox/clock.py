"""The sandbox's own time, which tests may move forward; Stripe's rules about time follow it."""

import time

from stripe_sandbox.models import Switch

OFFSET = "clock_offset_seconds"
FARTHEST = 100 * 366 * 24 * 3600


def precise_now() -> float:
    """Unix seconds, moved by what the control route asked for."""
    return time.time() + offset()


def offset() -> float:
    """By how many seconds the clock is ahead of the machine's."""
    return Switch.read(OFFSET)


def now() -> int:
    """Whole Unix seconds, as Stripe's timestamps are."""
    return int(precise_now())


def span(text: str) -> float:
    """What somebody typed, in seconds; raises ValueError for no number, or for a century and more."""
    seconds = float(text)
    if not abs(seconds) <= FARTHEST:  # so put, it holds off `nan` too
        raise ValueError(f"{text} is too far away")
    return seconds


def advance(seconds: float) -> None:
    """Move the clock; negative values bring it back."""
    Switch.write(OFFSET, offset() + seconds)


def reset() -> None:
    """Back to the machine's time."""
    Switch.write(OFFSET, 0)
