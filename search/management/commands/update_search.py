"""manage.py update_search: compare the index with every text and put right what differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.indexing import rebuild
from search.models import Kind


class Command(BaseCommand):
    help = (
        "Compare the index of /search/ with every text and put right what differs. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one kind, where not all are wanted."""
        parser.add_argument("--kind", choices=[kind.slug for kind in Kind])

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it and say so in one line."""
        kind = next((kind for kind in Kind if kind.slug == options["kind"]), None)
        self.stdout.write(f"Search: {rebuild(kind)}.")
