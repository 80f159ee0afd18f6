"""A form that acts once, however often its button is pressed."""

import secrets
from datetime import datetime, timedelta

from throttle.limits import hit

FIELD = "form_token"
KEEP = timedelta(days=1)
LONGEST = 64


def new_token() -> str:
    """Return the mark of one showing of a form."""
    return secrets.token_urlsafe(16)


def claim(token: str, *, now: datetime) -> bool:
    """Say whether the form shown with `token` may act: True for its first sending only.

    Of two at the very same moment one is let through. A missing or overlong token is refused.
    """
    if not 0 < len(token) <= LONGEST:
        return False
    return hit(kind="staff_form", key=token, limit=1, period=KEEP, now=now)
