"""manage.py load_demo: starter content, invented demo content and the staff log-in."""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shop.content import NotADemoError, load_demo_content


class Command(BaseCommand):
    help = "Load starter and demo content and the staff log-in. Refuses outside a demo."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load it and say so in one line."""
        password = os.environ.get("DEMO_STAFF_PASSWORD", "")
        try:
            line = load_demo_content(timezone.now(), password)
        except (NotADemoError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Demo content: {line}")
