"""manage.py load_content: texts and data that every shop starts with."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shop.content import load_starter_content


class Command(BaseCommand):
    help = (
        "Load the starter content (pages, policies, questions). Never overwrites what staff edited."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load it and say so in one line."""
        self.stdout.write(f"Starter content: {load_starter_content(timezone.now())}")
