"""Sixteen doors post into the ledger at the same moment."""

import pytest
from django.db import IntegrityError

from books import chain, ledger
from books.models import LedgerEntry, LedgerHead
from tests.books.entries import NOON, post
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

DOORS = 16


def test_sixteen_entries_at_once_make_one_unbroken_chain():
    outcomes = at_once([lambda number=number: post(number=number) for number in range(DOORS)])

    assert errors_in(outcomes) == []
    assert sorted(entry.sequence for entry in outcomes) == list(range(1, DOORS + 1))
    assert LedgerHead.objects.get().sequence == LedgerEntry.objects.count() == DOORS
    assert chain.verify() == []


def test_the_same_entry_sixteen_times_at_once_is_posted_once():
    outcomes = at_once([post] * DOORS)

    assert errors_in(outcomes) == []
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert LedgerEntry.objects.count() == LedgerHead.objects.get().sequence == 1
    assert chain.verify() == []


def careless_post(number, everybody_has_looked):
    """Post without the lock: the head is read, and others read it too before it moves on."""
    head = LedgerHead.objects.get()
    everybody_has_looked()
    entry = LedgerEntry(
        kind="payment", amount_cents=100, key=f"payment:pi_{number}", happened_at=NOON
    )
    return ledger._append(entry, head)


def test_without_the_lock_only_the_unique_number_keeps_the_chain_from_forking():
    post(number=100)
    everybody_has_looked = meeting(DOORS)

    outcomes = at_once(
        [
            lambda number=number: careless_post(number, everybody_has_looked)
            for number in range(DOORS)
        ]
    )

    assert errors_in(outcomes) == [IntegrityError.__name__] * (DOORS - 1)
    assert LedgerEntry.objects.count() == 2
