"""manage.py doctor: say what is missing before taking real money; or compare the sandbox with Stripe."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shop.doctor import comparing
from shop.doctor.checkup import diagnose
from shop.doctor.findings import as_text, blocks
from shop.doctor.situation import examine
from shop.doctor.wire import Side


class Command(BaseCommand):
    help = (
        "Say in plain words what is missing before this shop may take real money. With --compare: play "
        "one scenario on the simulated Stripe and, with a test key, at Stripe, and print how they differ "
        "(exit status 1: they do; 2: nothing was compared, or not to the end)."
    )
    # It says itself what is wrong, so Django's own checks must not stop it.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to compare, and with what."""
        parser.add_argument("--compare", action="store_true", help="Compare, and nothing else.")
        parser.add_argument(
            "--key-from-env", metavar="NAME", default="",
            help="Take the test key from this variable, instead of STRIPE_SECRET_KEY.",
        )  # fmt: skip
        parser.add_argument(
            "--against", metavar="URL", default="",
            help="Compare with something else that speaks Stripe's API, not with Stripe.",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the report; exit with what it says."""
        now = timezone.now()
        if options["compare"]:
            comparison = comparing.compare(_other_side(options), now=now)
            self.stdout.write(comparison.as_text())
            if comparison.exit_status:
                sys.exit(comparison.exit_status)
            return
        findings = diagnose(examine(now))
        self.stdout.write(as_text(findings, now))
        if blocks(findings):
            sys.exit(1)


def _other_side(options: dict[str, Any]) -> Side | None:
    """Return what to compare with, None without a key for it."""
    name = options["key_from_env"]
    is_ours = not (settings.USES_SANDBOX or settings.STRIPE_API_BASE)
    key = os.environ.get(name, "") if name else settings.STRIPE_SECRET_KEY * is_ours
    if name and not key:
        msg = f"{name} is not set."
        raise CommandError(msg, returncode=comparing.NOT_COMPARED)
    try:
        if options["against"]:
            return comparing.another(options["against"], key)
        return comparing.real_stripe(key) if key else None
    except comparing.KeyRefused as error:
        raise CommandError(str(error), returncode=comparing.NOT_COMPARED) from error
