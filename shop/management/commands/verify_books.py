"""manage.py verify_books: prove that ledger, orders, stock and Stripe's balance agree."""

import sys
from argparse import ArgumentParser
from datetime import UTC
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from books import chain
from orders.audit import audit
from shop.proof import NOT_ASKED, as_text, exit_status, read_head


class Command(BaseCommand):
    help = (
        "Prove that the ledger is intact and agrees with orders, stock and Stripe's balance. "
        "Exit status 1: something differs. 2: Stripe was not reached, the rest holds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Without Stripe, and against a head that was noted."""
        parser.add_argument("--offline", action="store_true", help="Do not ask Stripe.")
        parser.add_argument(
            "--expect", metavar="SEQUENCE:HASH", help="A head noted earlier must still be there."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look at everything and print what was found."""
        try:
            noted = read_head(options["expect"]) if options["expect"] else None
        except ValueError as error:
            raise CommandError(str(error), returncode=NOT_ASKED) from error
        head = chain.head()
        sections = audit(noted, offline=options["offline"])
        self.stdout.write(as_text(sections, head, timezone.now().astimezone(UTC)))
        if status := exit_status(sections, offline=options["offline"]):
            sys.exit(status)
