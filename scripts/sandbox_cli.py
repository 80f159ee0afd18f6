"""`make sandbox-cli`: the official Stripe CLI triggers its events on the sandbox, for a throw-away shop.

Somebody else's tool, written against the real Stripe, has to get through every step of its own
fixtures; and each event has to reach the shop's webhook with a signature that the shop accepts.
Needs Node.js. The CLI comes from npm into var/, one locked version, and is kept for the next time.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import live_shop  # noqa: E402

VERSION = "1.52.0"
# What npm must have installed; builds for other platforms are held to the version alone.
INTEGRITY = {
    "node_modules/@stripe/cli": (
        "sha512-JyJBceL16DnYupkCc6+ZkTErRGKEnTy2rHHR/O60+qVHFeTaQPGxN2bqkkn/FrXHQ/0/QLDFH7hHrT17ZS0QrQ=="
    ),
    "node_modules/@stripe/cli-linux-x64": (
        "sha512-q5x2AIP0ZSujN7iJNIdSPerRfQ/08OTWw9ukhCyxvlo2JAfu6xf8cIGhyDv6vZsQuoh4cn3c2tNJ0J+oY+Z37Q=="
    ),
}
TOOL = ROOT / "var" / "stripe_cli"
SECONDS_PER_TRIGGER = 60
# Longer than a simulated bank takes to answer a debit.
UNTIL_THE_BANK_ANSWERS = 120
EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.created",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.processing",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "charge.succeeded",
    "charge.failed",
    "charge.captured",
    "charge.refunded",
    "charge.refund.updated",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "product.created",
    "price.created",
    "coupon.created",
    "promotion_code.created",
    "tax_rate.created",
    "customer.created",
    "customer.deleted",
    "payment_method.attached",
    "payment_method.detached",
)


@dataclass(frozen=True)
class Result:
    """How one trigger went: the CLI's exit status, deliveries the shop took and refused."""

    event: str
    exit_status: int
    taken: int
    refused: int
    words: str

    @property
    def is_good(self) -> bool:
        """The fixtures ran through, and the event itself arrived."""
        return self.exit_status == 0 and self.taken > 0 and self.refused == 0


def install() -> None:
    """Put the locked version into var/ unless it is there; raise when npm brought something else."""
    lock = TOOL / "node_modules" / ".package-lock.json"
    if not lock.exists() or _versions(lock) != {VERSION}:
        TOOL.mkdir(parents=True, exist_ok=True)
        print(f"Installing @stripe/cli {VERSION} from npm into {TOOL.relative_to(ROOT)}")
        (TOOL / "package.json").write_text(
            '{"name": "stripe-cli-for-the-sandbox", "private": true}'
        )
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--save-exact"]
        command = ["npm", "install", *options, "--prefix", str(TOOL), f"@stripe/cli@{VERSION}"]
        subprocess.run(command, check=True)
    for name, package in json.loads(lock.read_text())["packages"].items():
        if package["integrity"] != INTEGRITY.get(name, package["integrity"]):
            raise SystemExit(f"{name} is not the package that was locked")


def _versions(lock: Path) -> set[str]:
    return {package["version"] for package in json.loads(lock.read_text())["packages"].values()}


def trigger(event: str, shop: live_shop.LiveShop, home: Path) -> Result:
    """Let the CLI trigger one event, wait for its deliveries, and count what the shop wrote down."""
    before = _deliveries(shop, event)
    done = subprocess.run(
        [
            TOOL / "node_modules" / ".bin" / "stripe",
            "trigger",
            event,
            "--api-base",
            shop.sandbox.url,
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "STRIPE_API_KEY": shop.sandbox.key,
            "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
        },
        capture_output=True,
        text=True,
        timeout=SECONDS_PER_TRIGGER,
        check=False,
    )
    shop.sandbox.control("clock", advance=UNTIL_THE_BANK_ANSWERS)
    shop.sandbox.wait_for_deliveries(30)
    after = _deliveries(shop, event)
    return Result(
        event,
        done.returncode,
        taken=after["taken"] - before["taken"],
        refused=after["refused"] - before["refused"],
        words=" ".join(done.stderr.split())[-200:],
    )


def _deliveries(shop: live_shop.LiveShop, event: str) -> dict[str, int]:
    """Deliveries of this type with a good signature and a 200; of any type, those refused."""
    rows = shop.rows("select event_type, verdict from orders_webhookdelivery")
    return {
        "taken": sum(kind == event and verdict in {"done", "ignored"} for kind, verdict in rows),
        "refused": sum(verdict not in {"done", "ignored"} for _kind, verdict in rows),
    }


def all_results(events: tuple[str, ...]) -> Iterator[Result]:
    """Run a shop with its sandbox in a temporary folder, and trigger one event after the other."""
    with tempfile.TemporaryDirectory(prefix="sandbox-cli-") as name:
        folder = Path(name)
        (folder / "shop").mkdir()
        shop = live_shop.start(folder / "shop", folder / "shared")
        try:
            for event in events:
                yield trigger(event, shop, folder)
        finally:
            shop.stop()


def main() -> int:
    """Print a table; 1 when anything failed."""
    install()
    failures = 0
    print(f"{'event':45} {'CLI':>4} {'taken':>6} {'refused':>8}")
    for result in all_results(tuple(sys.argv[1:]) or EVENTS):
        failures += not result.is_good
        verdict = "ok" if result.is_good else f"FAILED {result.words}"
        print(
            f"{result.event:45} {result.exit_status:>4} {result.taken:>6} {result.refused:>8}"
            f"  {verdict}",
            flush=True,
        )
    print(f"{failures} failed" if failures else "All events reached the shop.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
