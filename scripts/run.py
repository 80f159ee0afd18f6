"""`make run`: bring this checkout up to date, then run web, worker and Stripe sandbox until Ctrl-C.

Runs with the Python of .venv. What is started stands in the Procfile.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import environ
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Message, Printer

ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = ROOT / ".env"
# Without the letters and digits that people mix up when they type a password from a screen.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
DEVELOPMENT_WEB = "exec .venv/bin/python manage.py runserver 127.0.0.1:$PORT"


def write_env_file() -> None:
    """Write .env with fresh secrets, readable by its owner only, unless there is one."""
    password = "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(12))
    lines = (
        "# Made by `make run` for this machine; git ignores it. Every name is in docs/settings.md.",
        f"SECRET_KEY={secrets.token_urlsafe(48)}",
        "DEMO=True",
        f"DEMO_STAFF_PASSWORD={password}",
        "# Tells this shop's payments from another's on the same Stripe test account.",
        f"DEPLOYMENT=demo-{secrets.token_hex(4)}",
    )
    try:
        handle = os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")


def is_free(port: int) -> bool:
    """Say whether a server can listen on `port` of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepared_environment(port: int, sandbox_port: int, *, development: bool) -> dict[str, str]:
    """Return what the processes get: the shell's environment, then .env, then what follows from both."""
    environ.Env.read_env(ENV_FILE)
    if development:
        os.environ["DEBUG"] = "True"
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    os.environ.update(PORT=str(port), SANDBOX_PORT=str(sandbox_port), PYTHONUNBUFFERED="1")
    os.environ.setdefault("SANDBOX_PUBLIC_URL", f"http://127.0.0.1:{sandbox_port}")
    os.environ.setdefault("SANDBOX_WEBHOOK_URL", f"http://127.0.0.1:{port}/webhooks/stripe/")
    os.environ.setdefault("SANDBOX_WEBHOOK_SECRET", "whsec_sandbox")
    os.environ.setdefault("SANDBOX_MERCHANT", os.environ.get("SITE_NAME", "B12 Patch"))
    os.environ.setdefault("SANDBOX_DATABASE", str(ROOT / "var" / "stripe_sandbox.sqlite3"))
    return dict(os.environ)


def says_yes(values: dict[str, str], name: str) -> bool:
    """Say whether a setting is on. What is neither yes nor no the shop itself refuses by name."""
    return values.get(name, "").strip().lower() not in {"", "0", "false", "no", "off"}


def processes_to_start(values: dict[str, str], *, development: bool) -> dict[str, str]:
    """Return name and command of each process; the sandbox only where no real Stripe key is set."""
    commands = dict(parse_procfile((ROOT / "Procfile").read_text()).processes)
    if values.get("STRIPE_SECRET_KEY"):
        del commands["sandbox"]
    if development:
        commands["web"] = DEVELOPMENT_WEB
    return commands


def welcome(values: dict[str, str], *, with_sandbox: bool) -> str:
    """Return what a stranger needs to know: where the shop is, how to log in, how to pay."""
    address = values["SITE_URL"]
    password = values.get("DEMO_STAFF_PASSWORD", "(the one you gave it)")
    payment = (
        "test card 4242 4242 4242 4242, any later date, any CVC (a simulated Stripe)"
        if with_sandbox
        else "Stripe, with the key in your settings"
    )
    lines = [
        "",
        f"  The shop    {address}/",
        f"  Staff       {address}/admin/   user: staff   password: {password}",
        f"  Paying      {payment}",
    ]
    if with_sandbox:
        lines.append(
            f"  Stripe      {values['SANDBOX_PUBLIC_URL']}/   what it was asked and sent, and its faults"
        )
    return "\n".join((*lines, "  To stop     Ctrl-C", ""))


def announce_when_ready(port: int, text: str) -> None:
    """Print `text` as soon as the shop answers; gives up after a minute."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            print(text, flush=True)
            return


class QuietPrinter(Printer):
    """A printer that ends the shop, instead of hanging, when nobody reads it any more."""

    def write(self, message: Message) -> None:
        """Print one line of a process."""
        try:
            super().write(message)
        except BrokenPipeError:
            # What is still to be said goes nowhere; the signal lets the manager end every process.
            self.output = Path(os.devnull).open("w")  # noqa: SIM115 (kept until we end)
            sys.stdout = self.output
            os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Run everything; return the exit status of the process group."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--sandbox-port", type=int, default=8001)
    parser.add_argument("--development", action="store_true")
    options = parser.parse_args()
    os.chdir(ROOT)
    write_env_file()
    values = prepared_environment(
        options.port, options.sandbox_port, development=options.development
    )
    commands = processes_to_start(values, development=options.development)
    with_sandbox = "sandbox" in commands
    wanted = {"PORT": options.port}
    if with_sandbox:
        wanted["SANDBOX_PORT"] = options.sandbox_port
    for name, port in wanted.items():
        if not is_free(port):
            print(
                f"Port {port} is in use, perhaps by a shop that already runs. "
                f"Stop that, or choose another port: make run {name}={port + 100}",
                file=sys.stderr,
            )
            return 1
    if not (says_yes(values, "DEMO") or says_yes(values, "DEBUG")):
        print(
            "`make run` is for a demo or for work on the code: set DEMO=True in .env. "
            "How a real shop is run stands in docs/operating.md.",
            file=sys.stderr,
        )
        return 1
    prepared = subprocess.run([sys.executable, "manage.py", "prepare"], env=values, check=False)
    if prepared.returncode:
        return prepared.returncode
    manager = Manager(QuietPrinter(sys.stdout, colour=sys.stdout.isatty()))
    for name, command in commands.items():
        manager.add_process(name, command, env=values)
    threading.Thread(
        target=announce_when_ready,
        args=(options.port, welcome(values, with_sandbox=with_sandbox)),
        daemon=True,
    ).start()
    manager.loop()
    # Ctrl-C is how this ends; that is no failure.
    return 0 if manager.returncode in {0, 130} else manager.returncode or 1


if __name__ == "__main__":
    sys.exit(main())
