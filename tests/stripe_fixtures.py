"""A real Stripe sandbox beside the tests: one process per test worker, a clean slate of settings per test."""

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from django.db import connection

from orders.gateways import gateway
from tests.sandbox.server import SandboxServer, start

WEBHOOK_SECRET = "whsec_tests"


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """The sandbox, without a shop to deliver webhooks to: tests deliver what they want to see."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    server = start("", WEBHOOK_SECRET, folder)
    yield server
    server.stop()


@pytest.fixture
def asked_under_a_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """In every test that has a Stripe: fail when it is asked inside a transaction of the shop's.

    Between its tries the library waits half a second and more; here a moment is enough.
    """
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    asked: list[str] = []
    really_ask = stripe.RequestsClient.request

    def ask(*arguments: Any, **options: Any) -> Any:
        # The transaction around a whole test is pytest's.
        if any(not block._from_testcase for block in connection.atomic_blocks):
            asked.append("".join(traceback.format_stack(limit=30)))
        return really_ask(*arguments, **options)

    monkeypatch.setattr(stripe.RequestsClient, "request", ask)
    yield asked
    assert not asked, f"Stripe was asked inside a transaction:\n{asked[0]}"


@pytest.fixture
def sandbox(
    sandbox_process: SandboxServer, asked_under_a_lock, settings
) -> Iterator[SandboxServer]:
    """The sandbox, with the shop's gateway pointed at it."""
    settings.STRIPE_API_BASE = sandbox_process.url
    settings.STRIPE_SECRET_KEY = sandbox_process.key
    settings.STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]
    gateway.cache_clear()
    yield sandbox_process
    gateway.cache_clear()


@pytest.fixture
def history_sandbox(sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """The same, empty, for histories and crashes: they turn its clock and lose its webhooks."""
    sandbox.control("reset")
    yield sandbox
    sandbox.control("reset")


@pytest.fixture
def no_stripe(asked_under_a_lock, settings) -> Iterator[None]:
    """Stripe cannot be reached: nobody listens where it should be."""
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()
    yield
    gateway.cache_clear()
