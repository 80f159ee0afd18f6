"""manage.py prepare: bring database, static files and content of this checkout up to date."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from shop import static_files


class Command(BaseCommand):
    help = "Migrate, collect static files where they changed, and load the content. Safe to repeat."

    def handle(self, *_args: Any, **options: Any) -> None:
        """Call each step; every one of them does nothing when nothing is to be done."""
        call_command("migrate", verbosity=0, interactive=False)
        if static_files.collect_if_changed():
            self.stdout.write("Static files: collected")
        call_command("load_demo" if settings.DEMO else "load_content", stdout=self.stdout)
