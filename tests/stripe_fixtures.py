"""A real Stripe sandbox beside the tests: one process per test worker, a clean slate of settings per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
def sandbox(sandbox_process: SandboxServer, settings) -> Iterator[SandboxServer]:
    """The sandbox, with the shop's gateway pointed at it."""
    settings.STRIPE_API_BASE = sandbox_process.url
    settings.STRIPE_SECRET_KEY = sandbox_process.key
    settings.STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]
    gateway.cache_clear()
    yield sandbox_process
    gateway.cache_clear()


@pytest.fixture
def no_stripe(settings) -> Iterator[None]:
    """Stripe cannot be reached: nobody listens where it should be."""
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()
    yield
    gateway.cache_clear()
