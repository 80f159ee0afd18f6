"""Log-in for staff, with a limit on guessing."""

from datetime import timedelta
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from throttle.limits import address_block, hit

PERIOD = timedelta(minutes=15)
# A whole office may sit behind one address; one person types one name.
TRIES_PER_ADDRESS = 30
TRIES_PER_NAME = 10


class StaffLoginForm(AdminAuthenticationForm):
    """Django's log-in form, which looks at the limits before it looks at the password.

    `was_limited` says afterwards whether the limits were what refused it.
    """

    was_limited = False

    def clean(self) -> dict[str, Any]:
        """Refuse when too many tries came from this network or for this user name."""
        username = self.cleaned_data.get("username")
        if self.request is not None and username and not _is_allowed(self.request, username):
            self.was_limited = True
            minutes = int(PERIOD.total_seconds() // 60)
            message = f"Too many tries to log in. Wait {minutes} minutes, then try again."
            raise ValidationError(message, code="limited")
        return super().clean()


def _is_allowed(request: HttpRequest, username: str) -> bool:
    now = timezone.now()
    # Both are counted every time: stopping at the first would let one limit hide the other.
    by_address = hit(
        kind="staff_login_address",
        key=address_block(request),
        limit=TRIES_PER_ADDRESS,
        period=PERIOD,
        now=now,
    )
    by_name = hit(
        kind="staff_login_name",
        key=username.strip().casefold(),
        limit=TRIES_PER_NAME,
        period=PERIOD,
        now=now,
    )
    return by_address and by_name
