"""manage.py verify_books: one command, a table for people, an exit status for scripts."""

import re
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from books import chain
from books.models import LedgerEntry
from orders.audit import Section
from orders.gateways import gateway
from products.models import Variant
from shop import proof
from shop.lib.hash_chain import Link
from tests.orders.booked import booked_order
from tests.unguarded import unguarded

NOW = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
HEAD = Link(12, "", "ab" * 32)


def run(capsys, *arguments: str) -> tuple[int, str]:
    """The exit status, and what was printed."""
    try:
        call_command("verify_books", *arguments)
        status = 0
    except SystemExit as error:
        status = int(error.code or 0)
    return status, capsys.readouterr().out


def noted(text: str) -> str:
    """The head that the report tells to write down."""
    return re.findall(r"--expect (\d+:[0-9a-f]{64})", text)[0]


@pytest.mark.django_db
def test_books_that_hold_say_so_and_print_their_head(capsys, no_stripe):
    booked_order()

    status, text = run(capsys, "--offline")

    assert status == 0
    assert len(re.findall(r"^  holds  ", text, re.MULTILINE)) == 8
    assert "  not asked    Stripe's balance is the ledger's" in text
    assert "Left out with --offline." in text
    assert noted(text) == f"1:{chain.head().hash}"


@pytest.mark.django_db
def test_a_head_noted_earlier_must_still_be_there(capsys):
    booked_order()
    head = noted(run(capsys, "--offline")[1])
    booked_order()

    assert run(capsys, "--offline", "--expect", head)[0] == 0

    status, text = run(capsys, "--offline", "--expect", f"1:{'0' * 64}")
    assert status == 1
    assert "  - Number 1 has another hash than was noted." in text
    assert run(capsys, "--offline", "--expect", f"3:{'0' * 64}")[0] == 1


@pytest.mark.django_db
def test_what_differs_is_told_with_exit_status_1(capsys, no_stripe):
    booked_order()
    with unguarded():
        LedgerEntry.objects.update(amount_cents=1)
    Variant.objects.update(stock_on_hand=99)

    status, text = run(capsys, "--offline")

    assert status == 1
    assert "  WRONG (1)    The ledger is as it was written" in text
    assert "Against “Stock is the sum of its movements”:" in text
    assert "99 on hand, but its movements add up to 100." in text


@pytest.mark.django_db
def test_stripe_out_of_reach_is_exit_status_2_in_plain_words(capsys, no_stripe):
    status, text = run(capsys)

    assert status == 2
    assert "Not looked at: Stripe's balance is the ledger's. Stripe did not answer" in text
    assert len(re.findall(r"^  holds  ", text, re.MULTILINE)) == 8


@pytest.mark.django_db
def test_stripe_is_asked_and_agrees(capsys, sandbox, settings):
    settings.DEPLOYMENT = "verify-books"
    gateway.cache_clear()

    status, text = run(capsys)

    assert status == 0
    assert "  holds        Stripe's balance is the ledger's" in text


@pytest.mark.parametrize(
    "text", ["12", "x:" + "0" * 64, "1:abc", "1:" + "G" * 64, ":", "-1:" + "0" * 64]
)
def test_a_head_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="as it was printed") as error:
        call_command("verify_books", f"--expect={text}")
    assert error.value.returncode == 2


def test_a_head_reads_back_as_it_was_printed():
    assert proof.read_head(f" 12:{HEAD.hash}\n") == HEAD


FINE, WRONG, SILENT = Section("A", []), Section("B", ["x"]), Section("C", [], "Away.")


@pytest.mark.parametrize(
    ("sections", "offline", "status"),
    [
        ([FINE], False, 0),
        ([FINE, SILENT], True, 0),
        ([FINE, SILENT], False, 2),
        ([FINE, WRONG], True, 1),
        ([WRONG, SILENT], False, 1),
    ],
)
def test_the_exit_status_tells_what_a_script_must_know(sections, offline, status):
    assert proof.exit_status(sections, offline=offline) == status


def test_one_fault_with_many_faces_does_not_fill_the_screen():
    text = proof.as_text([Section("B", [f"face {number}" for number in range(25)])], HEAD, NOW)

    assert "  WRONG (25)   B" in text
    assert "  - face 19\n  … and 5 more" in text
    assert "face 20" not in text
    assert f"--expect 12:{HEAD.hash}" in text
    assert "2026-11-21 03:30 UTC" in text
