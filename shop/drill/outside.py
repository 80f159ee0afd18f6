"""The drill seen from outside: makes the copy and the sandbox, starts the process that tries, reports."""

import json
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from shop import stand_in
from shop.drill.copies import CopyRefused, copy_of
from shop.drill.report import INVARIANTS, Drill, Result

WEBHOOK_SECRET = "whsec_drill"  # noqa: S105 (opens nothing but the drill's own sandbox)
STOP_SECONDS = 30
# How this shop counts money and time; without these the copy would be another shop.
SAME_AS_SHOP = ("CURRENCY", "TIME_ZONE", "SALES_TAX", "PAYMENT_WINDOW_MINUTES", "SITE_NAME")


def run(
    *,
    now: datetime,
    only: Sequence[int] = (),
    buyers: int = 20,
    packs: int = 5,
    server: str = "",
    database: Mapping[str, Any] | None = None,
) -> Drill:
    """Drill on a copy of `database` (the shop's) and return what came of it; all that is made is removed.

    `only` are numbers of INVARIANTS (empty: all). `server`: see copies.copy_of(). Also when it fails or
    is interrupted nothing stays behind; a termination is an interruption.
    """
    drill = Drill(settings.SITE_NAME, now, wanted=tuple(only) or tuple(INVARIANTS))
    began = time.monotonic()
    with _ended_by_signals(), tempfile.TemporaryDirectory(prefix="shop-drill-") as name:
        folder = Path(name)
        try:
            with (
                copy_of(database or settings.DATABASES["default"], folder, server) as copy,
                stand_in.running(folder) as sandbox,
            ):
                order = {"only": list(drill.wanted), "buyers": buyers, "packs": packs}
                _try(drill, environment(copy, sandbox, folder), order, folder)
        except (CopyRefused, stand_in.NotStarted) as error:
            drill.broke = str(error)
    drill.seconds = time.monotonic() - began
    return drill


def environment(copy: str, sandbox: str, folder: Path) -> dict[str, str]:
    """Return all that the trying process gets to know: the copy, the sandbox, and no key of the shop's."""
    same = {name: str(getattr(settings, name)) for name in SAME_AS_SHOP}
    return {
        **stand_in.plain_environment(),
        **same,
        "DJANGO_SETTINGS_MODULE": "shop.drill.settings",
        "ENV_FILE": "",
        "DEMO": "True",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SITE_URL": "http://drill.localhost",
        "ALLOWED_HOSTS": "drill.localhost",
        "DEPLOYMENT": f"drill-{secrets.token_hex(4)}",
        "DATABASE_URL": copy,
        "DRILL_FOLDER": str(folder),
        "STRIPE_API_BASE": sandbox,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STAFF_EMAIL": "staff@drill.localhost",
        # Nobody listens there until the drill does so itself.
        "EMAIL_URL": f"smtp://127.0.0.1:{stand_in.free_port()}",
        "PYTHONUNBUFFERED": "1",
    }


def _try(drill: Drill, env: dict[str, str], order: dict[str, Any], folder: Path) -> None:
    """Let the process try everything, and take what it says line by line."""
    with (folder / "drill.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", "shop.drill", json.dumps(order)],
            cwd=stand_in.REPOSITORY,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            # Its results come one by one; it has said all when it closes its end.
            with process.stdout or nullcontext() as lines:
                for line in lines or ():
                    _take(drill, json.loads(line))
            process.wait(STOP_SECONDS)
        finally:
            stand_in.end(process)
    drill.log = (folder / "drill.log").read_text(errors="replace")
    if process.returncode and not drill.broke:
        # What stands in the log may quote a customer; its last line's first word does not.
        last = drill.log.strip().splitlines()[-1:]
        drill.broke = last[0].partition(":")[0] if last else f"exit status {process.returncode}"


def _take(drill: Drill, told: dict[str, Any]) -> None:
    if "copied" in told:
        drill.copied = told["copied"]
    else:
        drill.results.append(Result.from_json(told))


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the drill as Ctrl-C does: with everything cleared away."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
