"""A database and a sandbox of one's own to play many histories on, outside of pytest.

prepare() makes the migrated template once; each process then opens a Stage. Needs DATABASE_URL and
SHOP_TESTS_FOLDER in the environment and django.setup() done.
"""

import shutil
from pathlib import Path
from typing import Any

import stripe
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import setup_test_environment

from orders.gateways import gateway
from tests.sandbox.server import SandboxServer, start
from tests.stripe_fixtures import WEBHOOK_SECRET

# Lists are read a hundred at a time, and a check that looks at all orders gets slower with each.
HISTORIES_PER_DATABASE = 10


def prepare() -> None:
    """Make the database that DATABASE_URL names, and migrate it."""
    if connection.vendor != "sqlite":
        _on_server(f'CREATE DATABASE "{connection.settings_dict["NAME"]}"')
    call_command("migrate", verbosity=0)
    connections.close_all()


def drop(names: list[str]) -> None:
    """Take away the databases made on a server; files go with their folder."""
    if connection.vendor != "sqlite":
        for name in names:
            _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Stage:
    """What one process plays on. `template` is what prepare() made; its own database is the settings'."""

    def __init__(self, template: str, folder: Path) -> None:
        self._template = template
        setup_test_environment(debug=False)
        self.sandbox: SandboxServer = start("", WEBHOOK_SECRET, folder)
        settings.STRIPE_API_BASE = self.sandbox.url
        settings.STRIPE_SECRET_KEY = self.sandbox.key
        settings.STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]
        gateway.cache_clear()
        self._watch_calls()

    @staticmethod
    def _watch_calls() -> None:
        """Let every call to Stripe in all these histories fail that is made inside a transaction."""
        really_ask = stripe.RequestsClient.request

        def ask(*arguments: Any, **options: Any) -> Any:
            assert not connection.in_atomic_block, "Stripe is asked inside a transaction"
            return really_ask(*arguments, **options)

        stripe.RequestsClient.request = ask

    def clear(self) -> None:
        """Begin anew: an empty shop, an empty sandbox."""
        name = connection.settings_dict["NAME"]
        connections.close_all()
        self.sandbox.control("reset")
        if connection.vendor == "sqlite":
            for leftover in ("", "-wal", "-shm", "-journal"):
                Path(f"{name}{leftover}").unlink(missing_ok=True)
            shutil.copyfile(self._template, name)
        else:
            _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')

    def close(self) -> None:
        """End the sandbox, let go of the database."""
        connections.close_all()
        self.sandbox.stop()


def _on_server(statement: str) -> None:
    """Run a statement from outside of the database that it is about."""
    import psycopg

    parts = connection.settings_dict
    with psycopg.connect(
        host=parts["HOST"],
        port=parts["PORT"] or 5432,
        user=parts["USER"],
        password=parts["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        server.execute(statement)
