"""manage.py verify_reviews: prove that no review has vanished, and that each stands as the log says."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews import log, proof
from shop.proof import NOT_ASKED, read_head


class Command(BaseCommand):
    help = (
        "Prove that the public log of reviews is whole, and that reviews and their counts agree with it. "
        "Exit status 1: something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Against a head that was noted."""
        parser.add_argument(
            "--noted", metavar="SEQ:HASH", help="A head noted earlier must still be there."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look at everything and print what was found."""
        try:
            noted = read_head(options["noted"]) if options["noted"] else None
        except ValueError as error:
            raise CommandError(str(error), returncode=NOT_ASKED) from error
        head = log.head()
        found = proof.faults(noted)
        for words in found[: proof.MOST_TOLD]:
            self.stdout.write(words)
        if found:
            if len(found) > proof.MOST_TOLD:
                self.stdout.write(f"… and {len(found) - proof.MOST_TOLD} more.")
            sys.exit(1)
        self.stdout.write(
            f"All {log.last_number()} reviews stand as the log says. Note its head outside of this "
            f"machine: {head.sequence}:{head.hash}"
        )
