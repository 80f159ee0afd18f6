"""`python -m stripe_sandbox`: bring the database up to date, then serve."""

import os
import sys

# Not setdefault: the shop's own settings module may be in the environment of whoever starts us.
os.environ["DJANGO_SETTINGS_MODULE"] = "stripe_sandbox.settings"

import django
from django.conf import settings

from stripe_sandbox.settings import LOOPBACK


def main() -> None:
    """Serve until SIGTERM or SIGINT; exits with a message when asked to listen to the outside."""
    if settings.SANDBOX_HOST not in LOOPBACK:
        sys.exit(
            f"stripe_sandbox listens on loopback only, not on {settings.SANDBOX_HOST}."
            " It simulates payments and must not be reachable from outside."
        )
    settings.SANDBOX_DATABASE.parent.mkdir(parents=True, exist_ok=True)
    django.setup()
    from stripe_sandbox.server import prepare, serve  # noqa: PLC0415  (models need the set-up)

    prepare()
    serve()


if __name__ == "__main__":
    main()
