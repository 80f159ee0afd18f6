"""The scripts behind make: what they decide, without running a shop."""

import importlib.util
import os
import socket
import stat
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(monkeypatch, tmp_path):
    module = script("run")
    monkeypatch.setattr(module, "ENV_FILE", tmp_path / ".env")
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    return module


def test_env_is_written_once_for_its_owner_only(run):
    run.write_env_file()
    first = run.ENV_FILE.read_text()
    run.write_env_file()

    assert run.ENV_FILE.read_text() == first
    assert stat.S_IMODE(run.ENV_FILE.stat().st_mode) == 0o600
    values = dict(line.split("=", 1) for line in first.splitlines() if not line.startswith("#"))
    assert values["DEMO"] == "True"
    assert len(values["SECRET_KEY"]) >= 50
    assert len(values["DEMO_STAFF_PASSWORD"]) == 12


def test_an_env_of_somebodys_own_is_left_alone(run):
    run.ENV_FILE.write_text("SECRET_KEY=mine\n")

    run.write_env_file()

    assert run.ENV_FILE.read_text() == "SECRET_KEY=mine\n"


def test_two_machines_get_different_secrets(run, tmp_path):
    run.write_env_file()
    first = run.ENV_FILE.read_text()
    run.ENV_FILE.unlink()
    run.write_env_file()

    assert not set(first.splitlines()[1:]) & set(run.ENV_FILE.read_text().splitlines()[1:]) - {
        "DEMO=True",
        "# Tells this shop's payments from another's on the same Stripe test account.",
    }


def test_the_sandbox_starts_only_without_a_key_of_stripe(run):
    assert set(run.processes_to_start({}, development=False)) == {"web", "worker", "sandbox"}
    assert set(run.processes_to_start({"STRIPE_SECRET_KEY": "sk_test_1"}, development=False)) == {
        "web",
        "worker",
    }


def test_shop_and_sandbox_are_told_of_each_other(run):
    values = run.prepared_environment(9000, 9001, development=False)

    assert values["SITE_URL"] == "http://localhost:9000"
    assert values["PORT"] == "9000"
    assert values["SANDBOX_WEBHOOK_URL"] == "http://127.0.0.1:9000/webhooks/stripe/"
    assert values["SANDBOX_PUBLIC_URL"] == "http://127.0.0.1:9001"


def test_a_port_in_use_is_seen(run):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert not run.is_free(server.getsockname()[1])


def test_the_welcome_says_where_who_and_how(run):
    text = run.welcome(
        {"SITE_URL": "http://localhost:9000", "DEMO_STAFF_PASSWORD": "secret"}, with_sandbox=True
    )

    assert "http://localhost:9000/" in text
    assert "http://localhost:9000/admin/" in text
    assert "user: staff" in text
    assert "password: secret" in text
    assert "4242 4242 4242 4242" in text


LOCK = """\
django==5.2.19 \\
    --hash=sha256:1
    # via
    #   -r requirements.in
    #   crispy
huey==3.5.4 \\
    --hash=sha256:2
    # via -r requirements.in
asgiref==3.13.0 \\
    --hash=sha256:3
    # via django
"""


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ("Django>=5.2,<5.3\nhuey\n", None),
        ("# comment\nDjango  # why\nhuey\n", None),
        ("Django\nhuey\nstripe\n", "requirements.txt misses stripe"),
        ("Django>=6\nhuey\n", "asks Django>=6"),
        ("Django\n", "requirements.txt holds huey"),
    ],
)
def test_a_lock_that_does_not_fit_is_named(tmp_path, wanted, complaint):
    source, lock = tmp_path / "requirements.in", tmp_path / "requirements.txt"
    source.write_text(wanted)
    lock.write_text(LOCK)

    told = script("lock_is_fresh").complaints(source, lock)

    if complaint is None:
        assert told == []
    else:
        assert len(told) == 1
        assert complaint in told[0]
