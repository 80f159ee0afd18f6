"""manage.py import_wxr: bring in the posts of a WordPress blog."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from blog.importing.records import Item, NotAnExport
from blog.importing.report import Report
from blog.importing.run import Wishes, import_file

# What a shell gives for Ctrl-C.
INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Import posts, pages, authors, categories, tags, pictures and comments from a WordPress export "
        "(WXR, also packed with gzip). Running it again changes nothing and goes on where a run stopped. "
        "Exit status 1: something was not imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and how to read it."""
        parser.add_argument("file", type=Path, help="What Tools → Export of WordPress gave.")
        parser.add_argument("--dry-run", action="store_true", help="Say everything, write nothing.")
        parser.add_argument(
            "--media",
            type=Path,
            metavar="FOLDER",
            help="The blog's wp-content/uploads. Else no pictures.",
        )
        parser.add_argument(
            "--timezone",
            type=_zone,
            help="The old blog's, such as Europe/Berlin; for dates without UTC.",
        )
        parser.add_argument(
            "--restore",
            action="store_true",
            help="The file is an export of this blog: take over its reviews as well.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import the file and print each line as it comes."""
        path, media = options["file"], options["media"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if media and not media.is_dir():
            raise CommandError(f"There is no folder {media}.")
        report = Report(say=self._say)
        wishes = Wishes(
            zone=options["timezone"] or timezone.get_default_timezone(),
            by="import",
            now=timezone.now(),
            media=media,
            dry_run=options["dry_run"],
            restores=options["restore"],
            progress=_progress,
        )
        try:
            import_file(path, wishes, report)
        except NotAnExport as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        except KeyboardInterrupt:
            message = "Stopped. Every post is in as a whole or not at all; run it again to go on."
            raise CommandError(message, returncode=INTERRUPTED) from None
        start = "Dry run, nothing written: " if options["dry_run"] else "Done: "
        self.stdout.write(start + ("; ".join(report.summary()) or "nothing to import") + ".")
        if report.errors:
            self.stderr.write(f"{report.errors} could not be imported; see the lines above.")
            sys.exit(1)

    def _say(self, line: str) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stdout.write(line)


def _progress(items: Iterable[Item], total: int) -> Iterable[Item]:
    # None: only where somebody watches.
    bar: Iterable[Item] = tqdm(items, total=total, unit=" posts", disable=None, file=sys.stderr)
    return bar


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:
        message = f"There is no time zone {name}."
        raise ArgumentTypeError(message) from error
