"""Where Stripe hangs, the shop does not hang with it."""

import socket
import threading

import pytest

from orders.gateways.base import GatewayUnavailable
from orders.gateways.stripe import CALLS_AT_ONCE, StripeGateway


@pytest.fixture
def hanging_stripe(monkeypatch):
    """A Stripe that takes every call and never answers; ends all calls at the end."""
    monkeypatch.setattr("orders.gateways.stripe.RETRIES", 0)
    monkeypatch.setattr("orders.gateways.stripe.WAIT_FOR_TURN_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def gateway_to(server) -> StripeGateway:
    return StripeGateway(
        secret_key="sk_test_x",
        api_base=f"http://127.0.0.1:{server.getsockname()[1]}",
        webhook_secrets=[],
        deployment="tests",
    )


def test_only_some_calls_wait_for_a_stripe_that_hangs(hanging_stripe):
    gateway = gateway_to(hanging_stripe)
    refused = []

    def ask() -> None:
        with pytest.raises(GatewayUnavailable) as refusal:
            gateway.fetch_checkout("cs_test_1")
        refused.append(str(refusal.value))

    waiting = [threading.Thread(target=ask) for _ in range(CALLS_AT_ONCE)]
    for thread in waiting:
        thread.start()
    calls = [hanging_stripe.accept()[0] for _ in waiting]  # all of them hang now

    ask()
    assert refused == ["Too many calls to Stripe are under way"]

    for call in calls:
        call.close()
    for thread in waiting:
        thread.join()
    assert refused[1:] == ["APIConnectionError"] * CALLS_AT_ONCE


def test_a_turn_is_given_back_after_every_call(hanging_stripe):
    gateway = gateway_to(hanging_stripe)
    hanging_stripe.close()  # refused at once

    for _ in range(CALLS_AT_ONCE + 2):
        with pytest.raises(GatewayUnavailable, match="APIConnectionError"):
            gateway.fetch_checkout("cs_test_1")
