"""manage.py drill: everything holds on a copy, the shop is untouched, and what is broken is named."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import environ
import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from post_office.models import Email

from books.models import LedgerEntry
from orders import refunds
from orders.models import PaymentAttempt
from products.models import StockMovement
from shop.drill import outside
from shop.drill.copies import NAME, CopyRefused, copy_of, url_of
from shop.drill.race import nameless
from shop.drill.report import INVARIANTS, Drill, Result
from shop.drill.watch import LeftTheMachine, refuse_elsewhere, takes_earlier_lock
from shop.lib.append_only import unguard_sql
from tests.factories import make_order, make_paid_order, make_shipping
from tests.orders.booked import book, booked_order

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def rows_of_everything() -> str:
    """A fingerprint of every row of every table."""
    digest = hashlib.sha256()
    for model in sorted(
        apps.get_models(include_auto_created=True), key=lambda one: one._meta.db_table
    ):
        rows = model._base_manager.order_by("pk").values_list()
        digest.update(repr((model._meta.db_table, list(rows))).encode())
    return digest.hexdigest()


def made_databases(pid: int | None = None) -> list[str]:
    """Databases on the server of the drills of a process (ours), which there must be none of."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s",
            [f"{NAME}{pid or os.getpid()}\\_%"],
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def a_shop_at_work(transactional_db):
    """Orders in every state that a drill must not go on with: a page open, a refund asked for, a mail."""
    make_shipping()
    booked_order()
    waiting = make_order()
    PaymentAttempt.objects.create(
        order=waiting,
        number=1,
        status="open",
        session_id="cs_of_the_real_stripe",
        url="https://checkout.stripe.com/c/pay/1",
        idempotency_key="real",
        request={},
        expires_at=timezone.now() + timedelta(minutes=30),
    )
    refunding = book(make_paid_order())
    refunds.request_everything(refunding, reason="x", actor=None, now=timezone.now())
    Email.objects.create(
        from_email="shop@example.com", to=["jo@example.com"], subject="Hello", status=2
    )


def test_all_twelve_hold_on_a_copy_and_the_shop_keeps_every_row(a_shop_at_work, settings):
    settings.SITE_NAME = "The Shop"
    before = rows_of_everything()

    drill = outside.run(now=NOW, buyers=6, packs=2)

    text = drill.as_text()
    assert drill.exit_status == 0, text + drill.log
    assert text.startswith("Drill of The Shop, 2026-11-21 08:00 UTC\nOn a copy: ")
    assert "3 orders, 3 pack sizes, 2 ledger entries." in text
    assert text.count("  holds    ") == 12
    assert "12 of 12 hold." in text
    assert "6 buyers in threads for 2 packs: 2 orders, 4 refused before paying." in text
    assert len(text.splitlines()) < 50, "one page"
    assert "jo@example.com" not in text + drill.log
    assert rows_of_everything() == before
    assert made_databases() == []


def broken(url: str, *statements: str) -> None:
    """Do to the database at `url` what only its owner can do."""
    if url.startswith("sqlite"):
        with closing(
            sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        ) as owner:
            for statement in statements:
                owner.execute(statement)
    else:
        with psycopg.connect(url, autocommit=True) as owner:
            for statement in statements:
                owner.execute(statement)


def without_constraint(table: str, name: str, condition: str) -> list[str]:
    if connection.vendor == "postgresql":
        return [f"ALTER TABLE {table} DROP CONSTRAINT {name}"]
    return [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, "
        f"'CONSTRAINT \"{name}\" CHECK ({condition})', 'CONSTRAINT \"any\" CHECK (1)') "
        f"WHERE name = '{table}'",
        "PRAGMA writable_schema = RESET",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_is_broken_in_the_shops_own_database_is_named(tmp_path, settings):
    booked_order()
    with copy_of(settings.DATABASES["default"], tmp_path) as url:
        broken(
            url,
            *unguard_sql(connection.vendor, LedgerEntry._meta.db_table),
            *unguard_sql(connection.vendor, StockMovement._meta.db_table),
            *without_constraint(
                "products_variant",
                "stock_never_oversold",
                '"stock_on_hand" >= ("stock_reserved")',
            ),
            "UPDATE books_ledgerentry SET amount_cents = amount_cents + 1",
            "UPDATE products_variant SET stock_on_hand = 99",
        )
        drill = outside.run(now=NOW, only=[1, 6], database=environ.Env.db_url_config(url))

    assert drill.exit_status == 1
    found = {result.number: "\n".join(result.findings) for result in drill.results}
    for text in (
        "99 on hand, but its movements add up to 100.",
        "The database does not hold the rule stock_never_oversold.",
        "The database took it: more packs promised than are there.",
        "The database took it: fewer packs there than are promised.",
        "The database took it: a stock movement changed.",
        "The database took it: a stock movement removed.",
    ):
        assert text in found[1], drill.as_text()
    for text in (
        "its trigger is gone.",
        "$66.00 by the ledger, $65.99 by its payments and refunds.",
        "The database took it: a ledger entry changed.",
        "The database took it: a ledger entry removed.",
    ):
        assert text in found[6], drill.as_text()
    assert "took it: an entry with the wrong sign" not in found[6], "that constraint is still there"
    assert " 1  FAILS    Stock is the sum" in drill.as_text()
    assert drill.as_text().splitlines()[-1].startswith("0 of 2 hold.")


@pytest.mark.django_db(transaction=True)
def test_a_drill_that_is_ended_from_outside_leaves_nothing_behind(tmp_path, settings):
    env = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    running = subprocess.Popen(
        [sys.executable, "manage.py", "drill"],
        cwd=Path(__file__).resolve().parents[2],
        env={**env, "DATABASE_URL": url_of(settings.DATABASES["default"]), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("shop-drill-*/drill.log")):
        assert time.monotonic() < deadline, running.poll()
        time.sleep(0.05)

    running.send_signal(signal.SIGTERM)
    _, told = running.communicate(timeout=30)

    assert running.returncode == 2
    assert told.startswith("Interrupted. The copy is gone; the shop was only read.")
    assert list(tmp_path.iterdir()) == []
    assert made_databases(running.pid) == []
    # Neither sandbox nor the process that tries; on a busy machine the last of them takes a moment.
    deadline = time.monotonic() + 30
    while is_a_group(running.pid):
        assert time.monotonic() < deadline, "something of it still runs"
        time.sleep(0.05)


def is_a_group(pid: int) -> bool:
    """Whether any process of this group runs."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_a_database_user_who_may_not_make_databases_is_told_what_is_needed(tmp_path, settings):
    if connection.vendor != "postgresql":
        pytest.skip("a file needs no permission of this kind")
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{NAME}nobody" LOGIN')
        try:
            database = {**settings.DATABASES["default"], "USER": f"{NAME}nobody"}
            with (
                pytest.raises(CopyRefused, match=r"may not create databases.* --server"),
                copy_of(database, tmp_path),
            ):
                pass
        finally:
            cursor.execute(f'DROP ROLE "{NAME}nobody"')


def test_a_database_that_is_not_there_is_said_plainly_and_not_made(
    tmp_path, settings, capsys, monkeypatch
):
    missing = tmp_path / "none.sqlite3"
    there_is_none = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(missing)}
    monkeypatch.setitem(settings.DATABASES, "default", there_is_none)

    with pytest.raises(SystemExit) as ended:
        call_command("drill")

    assert ended.value.code == 2
    text = capsys.readouterr().out
    assert f"The drill could not go on: {missing} cannot be read" in text
    assert text.count("  not run  ") == 12
    assert not missing.exists()


def test_more_packs_than_buyers_are_refused():
    with pytest.raises(CommandError, match="as many buyers as packs"):
        call_command("drill", buyers=2, packs=3)


def test_the_process_that_tries_knows_no_key_and_no_server_of_the_shop(
    monkeypatch, tmp_path, settings
):
    for name in (
        "STRIPE_SECRET_KEY",
        "EMAIL_URL",
        "REDIS_URL",
        "S3_SECRET_KEY",
        "SECRET_KEY",
        "HTTP_PROXY",
    ):
        monkeypatch.setenv(name, f"the shop's {name}")
    settings.STRIPE_SECRET_KEY, settings.SECRET_KEY = "sk_live_1", "the real one"

    env = outside.environment("sqlite:///copy", "http://127.0.0.1:1", tmp_path)

    assert "the shop's" not in json.dumps(env)
    assert not {"sk_live_1", "the real one"} & set(env.values())
    assert env["STRIPE_API_BASE"] == "http://127.0.0.1:1"
    assert env["EMAIL_URL"].startswith("smtp://127.0.0.1:")
    assert env["DATABASE_URL"] == "sqlite:///copy"
    assert "STRIPE_SECRET_KEY" not in env


@pytest.mark.parametrize(
    "address", [("203.0.113.7", 443), ("api.stripe.com", 443), ("::2", 1, 0, 0)]
)
def test_nothing_leaves_the_machine(address):
    with pytest.raises(LeftTheMachine):
        refuse_elsewhere(address)


@pytest.mark.parametrize("address", [("127.0.0.1", 1), ("::1", 1, 0, 0), "/run/postgresql/.s"])
def test_what_is_here_is_reached(address):
    refuse_elsewhere(address)


@pytest.mark.parametrize(
    ("sql", "is_early"),
    [
        ('UPDATE "orders_order" SET "status" = %s WHERE "id" = %s', True),
        ('DELETE FROM "products_reservation" WHERE "id" IN (%s)', True),
        ('SELECT "a" FROM "orders_cart" WHERE "id" = %s FOR UPDATE', True),
        ('SELECT "a" FROM "orders_order" WHERE "id" = %s', False),
        ('UPDATE "books_ledgerhead" SET "hash" = %s', False),
        (
            'UPDATE "orders_payment" SET "fee_cents" = %s WHERE "id" IN (SELECT "orders_order")',
            False,
        ),
    ],
)
def test_a_lock_whose_turn_was_before_the_ledgers_is_known(sql, is_early):
    assert takes_earlier_lock(sql) is is_early


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("GET /v1/checkout/sessions/cs_test_a1B2c3D4e5?expand=x", "GET /v1/checkout/sessions/…"),
        ("POST /v1/checkout/sessions/cs_1a2b3c4d/expire", "POST /v1/checkout/sessions/…/expire"),
        ("POST /v1/refunds", "POST /v1/refunds"),
    ],
)
def test_a_call_is_told_without_the_id_in_it(call, told):
    assert nameless(call) == told


def drill_of(*results: Result, **more) -> Drill:
    return Drill("Shop", NOW, "SQLite", results=list(results), **more)


@pytest.mark.parametrize(
    ("drill", "status"),
    [
        (drill_of(Result(1, "x"), wanted=[1]), 0),
        (drill_of(Result(1, "x", ("y",)), wanted=[1]), 1),
        (drill_of(Result(1, "x"), wanted=[1, 2]), 2),
        (drill_of(Result(1, "x"), wanted=[1], broke="Away."), 2),
        (drill_of(Result(1, "x", ("y",)), wanted=[1, 2], broke="Away."), 1),
    ],
)
def test_the_exit_status_tells_what_a_script_must_know(drill, status):
    assert drill.exit_status == status


def test_one_fault_with_many_faces_does_not_fill_the_page():
    text = drill_of(Result(3, "Tried.", tuple(f"face {n}" for n in range(9))), wanted=[3]).as_text()

    assert f" 3  FAILS    {INVARIANTS[3]}\n             Tried.\n             - face 0\n" in text
    assert "face 5\n             … and 3 more\n" in text
    assert "face 6" not in text
    assert "\nTo look closer: manage.py drill --only 3 --traceback\n" in text
