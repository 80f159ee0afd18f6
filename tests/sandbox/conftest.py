"""One sandbox process for all of these tests, emptied before each; a receiver for its webhooks."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from tests.sandbox.server import SandboxServer, start

SECRET = "whsec_test"
stripe.enable_telemetry = False


@dataclass
class Delivery:
    """One request that the receiver got, byte for byte."""

    body: bytes
    signature: str
    content_type: str
    at: float = field(default_factory=time.time)

    @property
    def event(self) -> Any:
        """The event; raises unless the signature fits the bytes."""
        return stripe.Webhook.construct_event(self.body, self.signature, SECRET)


class Receiver:
    """A shop's webhook: answers with the statuses given (the last one for good), keeps everything."""

    def __init__(self) -> None:
        self.got: list[Delivery] = []
        self.statuses = [200]
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = self.headers
                delivery = Delivery(body, headers["Stripe-Signature"], headers["Content-Type"])
                with receiver.lock:
                    receiver.got.append(delivery)
                    more = len(receiver.statuses) > 1
                    status = receiver.statuses.pop(0) if more else receiver.statuses[0]
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = False
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/stripe/"

    def types(self) -> list[str]:
        """The types of what came, in order of arrival."""
        return [delivery.event.type for delivery in self.got]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    server = start(secret=SECRET, tmp_path=tmp_path_factory.mktemp("sandbox"))
    yield server
    server.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> SandboxServer:
    """An empty sandbox that delivers nowhere."""
    sandbox_process.control("webhook", url="")
    sandbox_process.control("reset")
    return sandbox_process


@pytest.fixture
def receiver(sandbox: SandboxServer) -> Iterator[Receiver]:
    """The sandbox delivers here."""
    receiver = Receiver()
    sandbox.control("webhook", url=receiver.url, secret=SECRET)
    yield receiver
    sandbox.control("webhook", url="")
    receiver.close()


@pytest.fixture
def api(sandbox: SandboxServer) -> stripe.StripeClient:
    """The real library, pointed at the sandbox."""
    return client_of(sandbox)


def client_of(
    sandbox: SandboxServer, key: str = SandboxServer.key, retries: int = 0
) -> stripe.StripeClient:
    return stripe.StripeClient(
        key, base_addresses={"api": sandbox.url}, max_network_retries=retries
    )


def session_params(**changes: Any) -> dict[str, Any]:
    """What the shop sends: $27.98 in goods, tax and shipping."""
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": "B12-7KQ4",
        "customer_email": "ada@example.com",
        "line_items": [line("B12 Patch, 4 patches", 2000), line("Sales tax", 199)],
        "shipping_options": [
            {
                "shipping_rate_data": {
                    "type": "fixed_amount",
                    "display_name": "Standard",
                    "fixed_amount": {"amount": 599, "currency": "usd"},
                }
            }
        ],
        "automatic_tax": {"enabled": False},
        "adaptive_pricing": {"enabled": False},
        "allow_promotion_codes": False,
        "metadata": {"order": "7KQ4"},
        "payment_intent_data": {"metadata": {"order": "7KQ4"}, "description": "Order B12-7KQ4"},
        "submit_type": "pay",
        "locale": "en",
        "expires_at": int(time.time()) + 31 * 60,
        "success_url": "http://127.0.0.1:8000/order/x/return/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:8000/order/x/pay/",
    } | changes
    return {key: value for key, value in params.items() if value is not None}


def line(name: str, cents: int, quantity: int = 1) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": "usd",
            "unit_amount": cents,
            "product_data": {"name": name},
        },
    }


MakeSession = Callable[..., stripe.checkout.Session]


@pytest.fixture
def make_session(api: stripe.StripeClient) -> MakeSession:
    def make(**changes: Any) -> stripe.checkout.Session:
        return api.v1.checkout.sessions.create(session_params(**changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def paid(
    sandbox: SandboxServer, api: stripe.StripeClient, make_session: MakeSession
) -> stripe.checkout.Session:
    """A session of $27.98, paid by Visa."""
    session = make_session()
    sandbox.pay(session.url or "")
    return api.v1.checkout.sessions.retrieve(session.id)
