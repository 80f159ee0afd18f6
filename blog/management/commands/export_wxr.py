"""manage.py export_wxr: the whole blog as a WordPress export."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blog.exporting import pieces


class Command(BaseCommand):
    help = "Write posts, pages, drafts, people, categories, tags, pictures and comments as WXR 1.2."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, help="It is replaced once the export is complete.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file and say how large it is."""
        path: Path = options["file"]
        unfinished = path.with_name(f"{path.name}.unfinished")
        try:
            with unfinished.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(pieces(timezone.now()))
            unfinished.replace(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error}") from error
        self.stdout.write(f"Exported to {path}, {path.stat().st_size:,} bytes.")
