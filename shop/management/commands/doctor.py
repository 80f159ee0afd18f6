"""manage.py doctor: say what is missing before taking real money."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop.doctor.checkup import diagnose
from shop.doctor.findings import as_text, blocks
from shop.doctor.situation import examine


class Command(BaseCommand):
    help = "Say in plain words what is missing before this shop may take real money."
    # It says itself what is wrong, so Django's own checks must not stop it.
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print the report; exit with 1 when something blocks."""
        now = timezone.now()
        findings = diagnose(examine(now))
        self.stdout.write(as_text(findings, now))
        if blocks(findings):
            sys.exit(1)
