"""Write everything there is about reviews into a ZIP file, for a regulator."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews import exporting


class Command(BaseCommand):
    """Prints one line. The file holds personal data; its README says how to check it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether to leave out people's addresses."""
        parser.add_argument(
            "file", type=Path, help="where to write the ZIP file; none may be there"
        )
        parser.add_argument(
            "--without-people", action="store_true", help="leave out the file with email addresses"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, readable by its owner alone."""
        path: Path = options["file"]
        try:
            path.touch(mode=0o600, exist_ok=False)
            with path.open("w+b") as file:
                exporting.write(file, with_people=not options["without_people"])
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path}: {path.stat().st_size:,} bytes.")
