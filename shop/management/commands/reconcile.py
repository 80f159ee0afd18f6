"""manage.py reconcile: make orders, refunds and Stripe agree, now."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from orders import reconcile

FAILED, NOT_REACHED = 1, 2


class Command(BaseCommand):
    help = (
        "Ask Stripe about everything that is open and settle it; the worker does the same every hour. "
        "Harmless to repeat. Exit status 1: Stripe refused something, or a part stumbled. "
        "2: Stripe did not answer, or not always."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do all of it and print a line about each part."""
        report = reconcile.everything(now=timezone.now())
        width = max(len(part.name) for part in report.parts)
        for part in report.parts:
            self.stdout.write(f"{part.name:{width}}  {part.line}")
        if report.failed:
            self.stderr.write(
                "Not all of it could be done, and waiting does not help. Where Stripe refused: does "
                "STRIPE_SECRET_KEY belong to the right account, and may it read and write what "
                "docs/operating.md names? Then run this again. The log says more."
            )
            sys.exit(FAILED)
        if report.unanswered:
            self.stderr.write(
                "Stripe did not answer, or not always. Nothing is lost: run this again later, or leave "
                "it to the worker, which does so every hour."
            )
            sys.exit(NOT_REACHED)
