"""`python -m stripe_sandbox`: bring the database up to date, then serve."""

import os
import sys

# Not setdefault: the shop's own settings module may be in the environment of whoever starts us.
os.environ["DJANGO_SETTINGS_MODULE"] = "stripe_sandbox.settings"

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402


def main() -> None:
    """Serve until SIGTERM or SIGINT; exits with a message when asked to listen to the outside."""
    from stripe_sandbox.settings import LOOPBACK

    if settings.SANDBOX_HOST not in LOOPBACK:
        sys.exit(
            f"stripe_sandbox listens on loopback only, not on {settings.SANDBOX_HOST}."
            " It simulates payments and must not be reachable from outside."
        )
    settings.SANDBOX_DATABASE.parent.mkdir(parents=True, exist_ok=True)
    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)

    from stripe_sandbox.api.calls import known_endpoints
    from stripe_sandbox.api.idempotency import free_unfinished
    from stripe_sandbox.server import SandboxServer
    from stripe_sandbox.webhook_setup import set_webhook

    free_unfinished()
    if settings.SANDBOX_WEBHOOK_URL:
        set_webhook(
            settings.SANDBOX_WEBHOOK_URL,
            settings.SANDBOX_WEBHOOK_SECRETS,
            settings.SANDBOX_WEBHOOK_EVENTS,
        )
    known_endpoints()
    connections.close_all()  # SQLite connections must not be carried over a fork
    print(
        f"Stripe sandbox (simulation, no money moves) on {settings.SANDBOX_PUBLIC_URL}/", flush=True
    )
    SandboxServer().run()


if __name__ == "__main__":
    main()
