"""A whole shop for browser tests: gunicorn on its own database with demo content, and the sandbox.

shop = start(tmp_path)
shop.url, shop.sandbox.url, shop.staff_password
shop.run("check_payments")            # a management command, in the shop's own environment
shop.rows("select status from orders_order")
shop.stop()
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.once import alone
from tests.sandbox import server as sandbox_server

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STAFF_PASSWORD = "only-in-browser-tests"
WEBHOOK_SECRET = "whsec_browser_tests"


@dataclass
class LiveShop:
    """A running shop. `url` has no trailing slash."""

    url: str
    sandbox: sandbox_server.SandboxServer
    environment: dict[str, str]
    folder: Path
    staff_password: str = STAFF_PASSWORD
    process: subprocess.Popen[bytes] = field(init=False)

    def run(self, *arguments: str) -> str:
        """Run `manage.py arguments` beside the shop; return what it printed."""
        return manage(self.environment, *arguments)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query, seen from outside; writes nothing."""
        connection = sqlite3.connect(f"file:{self.folder / 'shop.sqlite3'}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def log(self) -> str:
        """Return what the web server wrote."""
        return (self.folder / "web.log").read_text()

    def serve(self) -> None:
        """Start the web server, at the beginning or after it has died; ready when this returns."""
        address = self.url.removeprefix("http://")
        with (self.folder / "web.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "shop.wsgi", "--bind", address],
                cwd=REPOSITORY,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        _wait_until_it_answers(self)

    def stop(self) -> None:
        """End shop and sandbox."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.sandbox.stop()


def start(folder: Path, shared: Path, **environment: str) -> LiveShop:
    """Start a shop in `folder`, ready when this returns.

    `shared` holds what is made once per test run: static files and a database with demo content.
    """
    _copy_of_template(shared, folder)
    port = sandbox_server.free_port()
    url = f"http://127.0.0.1:{port}"
    sandbox = sandbox_server.start(f"{url}/webhooks/stripe/", WEBHOOK_SECRET, folder)
    values = {
        **environment_of(folder, shared),
        "SITE_URL": url,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        **environment,
    }
    shop = LiveShop(url, sandbox, values, folder)
    shop.serve()
    return shop


def environment_of(folder: Path, shared: Path) -> dict[str, str]:
    """Return the environment of a demo shop that keeps its data in `folder`, static files in `shared`."""
    unwanted = ("SANDBOX_", "STRIPE_", "DJANGO_SETTINGS_MODULE", "SHOP_", "EMAIL_", "REDIS_", "S3_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {
        **inherited,
        "ENV_FILE": "",
        "DEMO": "True",
        "DEBUG": "False",
        "SECRET_KEY": "only-for-browser-tests",
        "DATABASE_URL": f"sqlite:///{folder / 'shop.sqlite3'}",
        "QUEUE_FILE": str(folder / "queue.sqlite3"),
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(shared / "static"),
        "DEMO_STAFF_PASSWORD": STAFF_PASSWORD,
    }


def _copy_of_template(shared: Path, folder: Path) -> None:
    template = shared / "template"
    with alone(shared / "lock"):
        if not (template / "ready").exists():
            shutil.rmtree(template, ignore_errors=True)
            template.mkdir(parents=True)
            manage(environment_of(template, shared), "prepare")
            (template / "ready").touch()
    shutil.copytree(template, folder, dirs_exist_ok=True)


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run `manage.py arguments` in `environment`; return what it printed, raise when it failed."""
    result = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"manage.py {arguments[0]}: {result.stdout}\n{result.stderr}")
    return result.stdout


def _wait_until_it_answers(shop: LiveShop) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and shop.process.poll() is None:
        try:
            if sandbox_server.fetch(f"{shop.url}/healthz/").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    shop.stop()
    raise RuntimeError(f"the shop did not start:\n{shop.log()}")
