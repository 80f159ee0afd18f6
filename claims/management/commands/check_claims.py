"""Check everything that is published, or one text, for claims that we may not make."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from claims import nightly
from claims.check import CONTEXTS, find_claims
from claims.models import StandingFinding


class Command(BaseCommand):
    """Prints each finding with its place and sentence; ends with status 1 if there is one."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a text to try, and where it would stand."""
        parser.add_argument("--text", help="try this text instead; nothing is stored")
        parser.add_argument(
            "--context", choices=CONTEXTS, default="patch", help="where the text would stand"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, report."""
        count = self._one(options) if options["text"] is not None else self._all()
        if count:
            raise CommandError(f"Findings: {count}.", returncode=1)

    def _one(self, options: dict[str, Any]) -> int:
        found = find_claims(options["text"], context=options["context"])
        for one in found:
            self.stdout.write(f"{one.category} ({one.rule}): {one.excerpt}\n  {one.suggestion}")
        if not found:
            self.stdout.write("Nothing found.")
        return len(found)

    def _all(self) -> int:
        outcome = nightly.check_everything(timezone.now())
        for one in StandingFinding.objects.open():
            self.stdout.write(
                f"{one.label} ({one.edit_path or one.subject})\n"
                f"  {one.category} ({one.rule}): {one.sentence}\n  {one.suggestion}"
            )
        self.stdout.write(f"{outcome}.")
        return outcome.open
