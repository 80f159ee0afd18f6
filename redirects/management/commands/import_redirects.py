"""Read redirects from a CSV file: all of them, or none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from redirects import csv_file, importing


class Command(BaseCommand):
    """Prints one line per line of the file; fails if one of them is refused."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether only to look."""
        parser.add_argument("file", type=Path, help="columns: old, new, kind (may be left out)")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, store unless it is a dry run, report."""
        try:
            text = csv_file.decode(options["file"].read_bytes())
            if options["dry_run"]:
                done = importing.plan(text)
            else:
                done = importing.carry_out(text, by="import_redirects", now=timezone.now())
        except (OSError, csv_file.UnreadableFile) as error:
            raise CommandError(str(error)) from error
        for line in (*done.lines, *done.led_on):
            self.stdout.write(str(line))
        if done.refused:
            raise CommandError(f"{done.summary}. Nothing was changed.")
        self.stdout.write(f"{done.summary}." + (" A dry run." if options["dry_run"] else ""))
