"""Who did something, and when, as staff read it."""

from datetime import datetime

from django.utils.timezone import localtime


def by_whom(name: str, moment: datetime | None) -> str:
    """Return "ann, November 21, 2026, 8:05 PM", a dash where nobody has done it."""
    if moment is None:
        return "–"
    return f"{name}, {localtime(moment):%B %-d, %Y, %-I:%M %p}"
