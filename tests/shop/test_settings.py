"""The settings themselves, started as a process: they must stop a start that would be dangerous."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def start(*, code="import shop.settings", **values):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, "ENV_FILE": "", **values},
        capture_output=True,
        text=True,
        check=False,
    )


PRODUCTION = {"SECRET_KEY": "x" * 60, "SITE_URL": "https://shop.example"}


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"SITE_URL": "https://shop.example"}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "x"}, "SITE_URL is missing"),
        ({"SECRET_KEY": "x", "DEMO": "True", "STRIPE_SECRET_KEY": "sk_live_1"}, "with DEMO."),
        ({"SECRET_KEY": "x", "DEBUG": "True", "STRIPE_SECRET_KEY": "rk_live_1"}, "with DEBUG."),
        (
            {**PRODUCTION, "STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_API_BASE": "http://localhost"},
            "with STRIPE_API_BASE.",
        ),
    ],
)
def test_a_dangerous_start_is_stopped_with_a_clear_message(values, named):
    result = start(**values)

    assert result.returncode != 0
    assert "ImproperlyConfigured" in result.stderr
    assert named in result.stderr


def test_production_starts_with_a_live_key():
    result = start(**PRODUCTION, STRIPE_SECRET_KEY="sk_live_1")

    assert (result.returncode, result.stderr) == (0, "")


def test_a_demo_starts_with_nothing_but_a_secret():
    result = start(SECRET_KEY="x", DEMO="True")

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("site", "domain"),
    [
        ("http://127.0.0.1:8000", "localhost"),
        ("http://[::1]:8000", "localhost"),
        ("http://localhost:8000", "localhost"),
        ("https://www.example.com", "www.example.com"),
    ],
)
def test_mail_comes_from_a_domain_even_where_the_shop_has_only_a_number(site, domain):
    code = "from shop import settings; print(settings.DEFAULT_FROM_EMAIL, settings.STAFF_EMAIL)"
    result = start(code=code, SECRET_KEY="x", DEMO="True", SITE_URL=site)

    assert result.stdout == f"B12 Patch <orders@{domain}> staff@{domain}\n"
