"""manage.py drill: try on a copy of the shop's own database what must never go wrong."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shop.drill import outside
from shop.drill.report import INVARIANTS, NOT_RUN


class Command(BaseCommand):
    help = (
        "Try on a copy of this shop's database what must never go wrong with money and stock, against a "
        "simulated Stripe, and print one page. The shop is only read. Exit status 1: something fails. "
        "2: the drill could not be run."
    )
    # The shop itself need not be in order; its copy is looked at.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, how many, and where the copy is kept."""
        parser.add_argument(
            "--only", type=int, nargs="+", choices=tuple(INVARIANTS), default=[], metavar="NUMBER",
            help="Only these lines of the report.",
        )  # fmt: skip
        parser.add_argument("--buyers", type=int, default=20, help="Buyers at once (20).")
        parser.add_argument(
            "--packs", type=int, default=5, help="Packs that are there for them (5)."
        )
        parser.add_argument(
            "--server", default="", metavar="URL",
            help="PostgreSQL that holds the copy: postgres://user:password@host/postgres. Without it "
            "the shop's own server, whose user then needs to be allowed to create databases.",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Drill, print the page, exit with what it says."""
        asked = {name: options[name] for name in ("only", "buyers", "packs", "server")}
        if not 1 <= asked["packs"] <= asked["buyers"]:
            msg = "There must be at least one pack, and as many buyers as packs or more."
            raise CommandError(msg, returncode=NOT_RUN)
        try:
            drill = outside.run(now=timezone.now(), **asked)
        except KeyboardInterrupt:
            self.stderr.write("Interrupted. The copy is gone; the shop was only read.")
            sys.exit(NOT_RUN)
        if options["traceback"]:
            # For whoever looks for the cause; it may quote rows of the copy.
            self.stderr.write(drill.log)
        self.stdout.write(drill.as_text())
        if drill.exit_status:
            sys.exit(drill.exit_status)
