"""Starts the Stripe sandbox as a real process and plays the buyer on its pages.

sandbox = start(webhook_url, "whsec_test", tmp_path)
client = stripe.StripeClient(sandbox.key, base_addresses={"api": sandbox.url})
result = sandbox.pay(session.url)            # result.location: where the buyer is sent
sandbox.stop()
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shop import stand_in
from shop.stand_in import free_port

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60
GOOD_CARD = "4242424242424242"


@dataclass(frozen=True)
class Page:
    """One answer of the sandbox's pages; redirects are not followed."""

    status: int
    html: str
    location: str
    url: str

    @property
    def alert(self) -> str:
        """The text of the message about a decline or wrong fields, without markup."""
        found = re.search(r'<div class="alert".*?</div>', self.html, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", found[0] if found else "").split())


def fetch(url: str, data: dict[str, Any] | None = None, **headers: str) -> Page:
    """GET, or POST a form; never raises for a status."""
    answer = stand_in.fetch(url, data, **headers)
    return Page(answer.status, answer.text, answer.location, url)


class SandboxServer:
    """A running sandbox. `url` has no trailing slash, `key` is a test key that it takes."""

    key = "sk_test_sandbox"

    def __init__(
        self, process: subprocess.Popen[bytes], url: str, log: Path, database: Path
    ) -> None:
        self.process, self.url, self.log, self.database = process, url, log, database

    def stop(self) -> float:
        """End it; returns the seconds that took."""
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        return time.monotonic() - started

    def kill(self) -> None:
        """End it without warning, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(5)

    def control(self, route: str, **fields: Any) -> dict[str, Any]:
        """POST to a control route (`deliveries/pause`, `clock`, `faults`, `webhook`, `reset` …)."""
        page = fetch(f"{self.url}/_control/{route}", fields or {"": ""})
        answer: dict[str, Any] = json.loads(page.html)
        assert page.status == 200, answer
        return answer

    def state(self) -> dict[str, Any]:
        """What it holds: `now`, `paused`, `objects`, `deliveries`, `faults`."""
        answer: dict[str, Any] = json.loads(fetch(f"{self.url}/_control/state").html)
        return answer

    def dispute(self, charge: str, **fields: Any) -> dict[str, Any]:
        """Open a dispute on a charge, PaymentIntent or session (`reason`, `inquiry=1`, `amount` in
        cents); returns the dispute."""
        opened: dict[str, Any] = self.control(f"charges/{charge}/dispute", **fields)["object"]
        return opened

    def decide_dispute(self, dispute: str, verb: str, **fields: Any) -> dict[str, Any]:
        """`win` (`fee_back=1`: Stripe's fee too), `lose`, `close` or `escalate` a dispute."""
        decided: dict[str, Any] = self.control(f"disputes/{dispute}/{verb}", **fields)["object"]
        return decided

    def warn_of_fraud(self, charge: str, **fields: Any) -> dict[str, Any]:
        """Raise an early fraud warning on a charge, PaymentIntent or session (`fraud_type`)."""
        warning: dict[str, Any] = self.control(f"charges/{charge}/warn", **fields)["object"]
        return warning

    def decide_refund(self, refund: str, verb: str, **fields: Any) -> dict[str, Any]:
        """`succeed`, `fail` (`reason`) or `require_action`: what the bank says to a refund."""
        decided: dict[str, Any] = self.control(f"refunds/{refund}/{verb}", **fields)["object"]
        return decided

    def refund_from_dashboard(self, charge: str, **fields: Any) -> dict[str, Any]:
        """Refund a charge, PaymentIntent or session (`amount` in cents) past the shop."""
        made: dict[str, Any] = self.control(f"charges/{charge}/refund", **fields)["object"]
        return made

    def lose_next_deliveries(self, count: int) -> None:
        """The next `count` webhooks are never sent; their events stay listable as undelivered."""
        self.control("queue", lose_next=count)

    def queue(self, **modes: int) -> None:
        """What happens to webhooks from now on: `shuffle=1`, `duplicate_every=n`, `lose_next=n`,
        `before_return=1` (they arrive before the payment page answers the buyer); 0 ends a mode."""
        self.control("queue", **modes)

    def pay(self, session_url: str, card: str = GOOD_CARD, **fields: str) -> Page:
        """Submit the payment page. `location` is the shop's address after success, the 3-D Secure
        page for cards that ask for it, and empty when the page came back with a message."""
        form = {
            "number": card,
            "expiry": "12 / 34",
            "cvc": "1234" if card.startswith("37") else "123",
            "name": "Test Buyer",
            "email": "buyer@example.com",
            "postal_code": "94103",
        }
        return fetch(session_url, form | fields)

    def authenticate(self, challenge_url: str, *, complete: bool = True) -> Page:
        """Answer the 3-D Secure page that `pay` was sent to."""
        return fetch(challenge_url, {"answer": "complete" if complete else "fail"})

    def wait_for_deliveries(self, seconds: float = 20) -> None:
        """Until no delivery waits or is under way; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while any(one["state"] in ("waiting", "sending") for one in self.state()["deliveries"]):
            assert time.monotonic() < deadline, self.state()["deliveries"]
            time.sleep(0.02)


def start(
    webhook_url: str = "",
    secret: str = "whsec_test",
    tmp_path: Path = Path("/tmp"),
    **environment: str,
) -> SandboxServer:
    """Start a sandbox with an empty database on a free port; ready when this returns."""
    port = int(environment.pop("SANDBOX_PORT", 0)) or free_port()
    log = tmp_path / f"stripe_sandbox_{port}.log"
    database = tmp_path / f"stripe_sandbox_{port}.sqlite3"
    settings = {
        "SANDBOX_PORT": str(port),
        "SANDBOX_DATABASE": str(database),
        "SANDBOX_WEBHOOK_URL": webhook_url,
        "SANDBOX_WEBHOOK_SECRET": secret,
        "SANDBOX_RETRY_SECONDS": "0.1,0.1,0.1",
        **environment,
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("SANDBOX_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "stripe_sandbox"],
            cwd=REPOSITORY,
            env=inherited | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that kill() reaches the worker process too
        )
    server = SandboxServer(process, f"http://127.0.0.1:{port}", log, database)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if fetch(f"{server.url}/healthz").status == 200:
                return server
        except OSError:
            time.sleep(0.03)
    server.stop()
    raise RuntimeError(f"the sandbox did not start:\n{log.read_text()}")


__all__ = ["GOOD_CARD", "Page", "SandboxServer", "fetch", "free_port", "start"]
