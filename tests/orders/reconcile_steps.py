"""A sandbox with an endpoint whose webhooks are lost, for the tests of what makes up for them."""

from collections.abc import Iterator

import pytest

from tests.orders.stripe_steps import stripe_client
from tests.sandbox.server import SandboxServer


@pytest.fixture
def deaf_sandbox(sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """An empty sandbox; every webhook it would send is lost and its event listed as undelivered."""
    sandbox.control("reset")
    stripe_client(sandbox).v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/webhooks/", "enabled_events": ["*"]}
    )
    sandbox.lose_next_deliveries(1000)
    yield sandbox
    sandbox.control("reset")
