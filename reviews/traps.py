"""Two traps for programs that fill in forms: a field that stays empty, and a form sent faster than one can read.

Neither sets a cookie, and the page that holds them may be kept by any cache: the time in it is the time at
which it was made, for everybody alike.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils import timezone

FEWEST_SECONDS = timedelta(seconds=4)


class EmptyInput(forms.TextInput):
    """A field that never shows what was sent with it."""

    def format_value(self, value: Any) -> None:
        """Forget the value."""


class TimeInput(forms.HiddenInput):
    """Carries when the form was made. What is not ours is replaced, so that pressing again works."""

    def format_value(self, value: Any) -> str:
        """Return the value if it is one of ours, else a fresh one."""
        now = timezone.now()
        made_at = _made_at(str(value or ""))
        return str(value) if made_at is not None and made_at <= now else stamp(now)


def stamp(now: datetime) -> str:
    """Return `now`, signed, for the hidden field."""
    return _signer().sign(str(int(now.timestamp())))


def is_too_fast(value: str, *, now: datetime) -> bool:
    """Say whether a form with this stamp was sent too fast, or with a stamp that is none of ours.

    However old it is does not matter.
    """
    made_at = _made_at(value)
    return made_at is None or now - made_at < FEWEST_SECONDS


def _made_at(value: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(_signer().unsign(value)), UTC)
    except BadSignature:
        return None


def _signer() -> Signer:
    return Signer(sep=".", salt="reviews.form_made_at")
