"""Take in reviews from elsewhere from a CSV file; each names where it stood, its day and what shows that."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews import import_file, importing

MOST_BYTES = 20_000_000


class Command(BaseCommand):
    """Prints one line per line of the file; a refused line stops no other. May be run again."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether only to look."""
        columns = ", ".join(import_file.COLUMNS)
        parser.add_argument("file", type=Path, help=f"columns: {columns}")
        parser.add_argument("--dry-run", action="store_true", help="store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, store unless it is a dry run, report."""
        act = importing.plan if options["dry_run"] else importing.carry_out
        try:
            text = import_file.decode(options["file"].read_bytes(), most_bytes=MOST_BYTES)
            done = act(text, now=timezone.now())
        except (OSError, import_file.UnreadableFile) as error:
            raise CommandError(str(error)) from error
        for line in done.lines:
            self.stdout.write(str(line))
        if done.unknown:
            self.stdout.write(f"Columns that nothing is done with: {', '.join(done.unknown)}.")
        self.stdout.write(f"{done.summary}." + (" A dry run." if options["dry_run"] else ""))
