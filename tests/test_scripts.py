"""The scripts behind make: what they decide, without running a shop."""

import importlib.util
import os
import socket
import stat
from contextlib import nullcontext
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
    values = {
        "SITE_URL": "http://localhost:9000",
        "SANDBOX_PUBLIC_URL": "http://127.0.0.1:9001",
        "DEMO_STAFF_PASSWORD": "secret",
    }

    text = run.welcome(values, with_sandbox=True)

    assert "http://localhost:9000/" in text
    assert "http://localhost:9000/admin/" in text
    assert "user: staff" in text
    assert "password: secret" in text
    assert "4242 4242 4242 4242" in text
    assert "http://127.0.0.1:9001/" in text
    assert "127.0.0.1" not in run.welcome(values, with_sandbox=False)


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


def played(torture, *results):
    """A torture of two histories and one kill, of which `results` came; and its exit status."""
    run = torture.Torture(histories=2, kills=1)
    run.base = "x"
    for result in results:
        assert run.next_seed() == result.seed
        run.take(result)
    return run, run._report(seconds=1)


def test_torture_plays_what_was_asked_for_and_ends_well_only_with_four_zeros(capsys):
    torture = script("torture")
    calm = [torture.Result("x-1", faults=3), torture.Result("x-2"), torture.Result("x-3k")]
    killed = torture.Result("x-4k", kills=1, faults=1)

    run, status = played(torture, *calm, killed)

    assert (run.next_seed(), status) == (None, 0)
    rows = capsys.readouterr().out
    for row in (
        "histories tried           4",
        "faults injected           4",
        "kills                     1",
    ):
        assert row in rows
    for name in ("money lost", "orders lost", "units oversold", "double effects"):
        with_loss = torture.Result("x-4k", kills=1, amounts={name: 150}, told="Why.")
        assert played(torture, *calm, with_loss)[1] == 1
        told = capsys.readouterr().out
        assert "SEED=x-4k\nWhy." in told
        assert f"{name:<16} {'1.50' if name == 'money lost' else 150:>10}" in told
        assert "Again: make torture SEED=x-4k" in told


def test_torture_that_comes_to_no_end_is_given_up_and_says_so(capsys):
    torture = script("torture")
    nobody_dies = [torture.Result(f"x-{number}k") for number in range(3, 3 + torture.FRUITLESS)]

    run, status = played(torture, torture.Result("x-1"), torture.Result("x-2"), *nobody_dies)

    assert (run.next_seed(), status) == (None, 1)
    assert "But it ended before 2 histories and 1 kills." in capsys.readouterr().out

    run = torture.Torture(histories=10_000, kills=0)
    run.failed = [torture.Result("x-1", told="Why.")] * torture.ENOUGH_FAILED
    assert run.next_seed() is None


def test_torture_explains_itself(capsys, monkeypatch):
    torture = script("torture")
    assert torture.main(["--help"]) == 0
    assert "SEED=" in capsys.readouterr().out
    assert torture.main(["1000"]) == torture.COULD_NOT_RUN
    monkeypatch.setenv("HISTORIES", "many")
    assert torture.main([]) == torture.COULD_NOT_RUN
    assert "whole numbers" in capsys.readouterr().out


def titles_of(found):
    return [part.title for part in found]


@pytest.fixture
def run_tests(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return script("run_tests")


def test_the_tests_run_on_the_database_that_is_named(run_tests, tmp_path):
    parts = run_tests.parts
    assert titles_of(parts(None, "/usr/bin/chromium", tmp_path)) == ["SQLite", "Browser"]
    assert titles_of(parts(None, None, tmp_path)) == ["SQLite"]
    (part,) = parts("postgres://x", None, tmp_path)
    assert part.title == "PostgreSQL"
    assert part.environment["DATABASE_URL"] == "postgres://x"


@pytest.mark.parametrize("name", ["postgresql", "mysql"])
def test_without_the_database_that_is_named_nothing_passes(run_tests, monkeypatch, capsys, name):
    monkeypatch.setattr(run_tests, "running_postgres", lambda: nullcontext(None))
    monkeypatch.setenv("DATABASE", name)
    assert run_tests.main() == 1
    assert "All of it passed" not in capsys.readouterr().out


def test_what_is_compiled_is_kept_where_none_of_it_may_be_written_here(
    run_tests, monkeypatch, tmp_path
):
    monkeypatch.setattr(run_tests.sys, "dont_write_bytecode", False)
    assert run_tests.compiled_once(tmp_path) == {}
    monkeypatch.setattr(run_tests.sys, "dont_write_bytecode", True)
    kept = run_tests.compiled_once(tmp_path)
    assert kept["PYTHONDONTWRITEBYTECODE"] == ""
    assert kept["PYTHONPYCACHEPREFIX"].startswith(str(tmp_path))
