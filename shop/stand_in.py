"""The Stripe sandbox as a private process: started for one purpose, asked over HTTP, ended with it.

For `manage.py drill` and `manage.py doctor --compare`. It is never imported: it is another program that
listens on loopback only, has a database of its own, and knows nothing of the shop's keys.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

REPOSITORY = Path(__file__).resolve().parent.parent
KEY = "sk_test_sandbox"
START_SECONDS, STOP_SECONDS, ANSWER_SECONDS = 30, 5, 20
# What a program needs to run at all. Nothing that could name a key, a server or a mailbox.
PLAIN_NAMES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "VIRTUAL_ENV", "SYSTEMROOT")


class NotStarted(Exception):
    """The sandbox did not come up; the message says what it said last."""


@dataclass(frozen=True)
class Page:
    """One answer. `location` is absolute where there is one; redirects are not followed."""

    status: int
    text: str
    location: str

    @property
    def data(self) -> Any:
        """The answer as JSON. Raises ValueError when it is none."""
        return json.loads(self.text)


class NoRedirect(HTTPRedirectHandler):
    """Takes a redirect as the answer that it is."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


# Without the machine's proxies: a sandbox is on this machine or nowhere.
_opener = build_opener(ProxyHandler({}), NoRedirect())


def direct(request: Request) -> Any:
    """Return the answer whatever its status, to be closed. Raises OSError when nobody answers."""
    try:
        return _opener.open(request, timeout=ANSWER_SECONDS)
    except HTTPError as error:
        return error


def fetch(url: str, form: Mapping[str, Any] | None = None, **headers: str) -> Page:
    """GET, or POST a form; a status is returned, never raised. Raises OSError when nobody answers."""
    body = None if form is None else urlencode(form, doseq=True).encode()
    with direct(Request(url, data=body, headers=headers)) as answer:  # noqa: S310 (made here)
        text = answer.read().decode("utf-8", "replace")
        location = answer.headers.get("Location") or ""
        return Page(answer.status, text, urljoin(url, location) if location else "")


def free_port() -> int:
    """Return a port of this machine that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plain_environment() -> dict[str, str]:
    """Return the part of our environment that every program may know."""
    return {name: os.environ[name] for name in PLAIN_NAMES if name in os.environ}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run a sandbox with an empty database in `folder`; yield its address, end it afterwards.

    Raises NotStarted.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / "stand-in.log"
    settings = {
        "SANDBOX_PORT": str(port),
        "SANDBOX_DATABASE": str(folder / "stand-in.sqlite3"),
        "SANDBOX_MERCHANT": "A drill",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "stripe_sandbox"],
            cwd=REPOSITORY,
            env=plain_environment() | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(process, url, log)
        yield url
    finally:
        end(process)


def end(process: "subprocess.Popen[Any]") -> None:
    """End a process that we have started, first politely."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


def _wait_for(process: "subprocess.Popen[Any]", url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if fetch(f"{url}/healthz").status == 200:  # noqa: PLR2004
                return
        except OSError:
            time.sleep(0.05)
    msg = f"The simulated Stripe did not start: {log.read_text()[-300:].strip()}"
    raise NotStarted(msg)
