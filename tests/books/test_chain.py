"""Whatever is done to the ledger behind its guards, reading it through finds it."""

from datetime import timedelta

import pytest
from django.db import connection

from books import chain
from books.models import LedgerEntry, LedgerHead
from shop.lib.append_only import unguard_sql
from shop.lib.hash_chain import START, Link, seal
from tests.books.entries import NOON, post, post_some
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

TAMPERED = "Number 3 is not what was written: its hash does not fit."


def entry(number):
    return LedgerEntry.objects.filter(sequence=number)


def change(number, **values):
    with unguarded():
        assert entry(number).update(**values) == 1


def test_an_untouched_ledger_has_no_findings():
    assert chain.verify() == []
    assert chain.head() == START
    post_some(5)
    assert chain.verify() == []
    assert chain.head().sequence == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "refund_failed"),
        ("order_number", "NUMBER1"),
        ("payment_reference", "pi_9"),
        ("reference", "pi_9"),
        ("amount_cents", 3001),
        ("currency", "EUR"),
        ("key", "payment:pi_9"),
        ("happened_at", NOON + timedelta(microseconds=1)),
        ("recorded_at", NOON),
    ],
)
def test_a_change_of_any_field_is_found(field, value):
    post_some(4)
    change(3, **{field: value})
    assert chain.verify() == [TAMPERED]


def test_every_field_is_sealed():
    own = {field.name for field in LedgerEntry._meta.concrete_fields}
    assert own - set(LedgerEntry().facts()) == {"id", "sequence", "previous_hash", "hash"}


def test_a_change_with_its_own_hash_made_anew_is_found_at_the_next_entry():
    post_some(4)
    third = entry(3).get()
    third.amount_cents = 1
    anew = seal(entry(2).get().link, third.facts())
    change(3, amount_cents=1, hash=anew.hash)
    assert chain.verify() == ["Number 4 does not continue from number 3."]


def test_a_forged_last_entry_does_not_fit_the_head():
    post_some(4)
    last = entry(4).get()
    last.amount_cents = 1
    change(4, amount_cents=1, hash=seal(entry(3).get().link, last.facts()).hash)
    assert chain.verify() == ["Number 4 has another hash than was noted."]


def rewrite_from(number):
    """Do what somebody with all of the database can do: seal every entry anew, and the head."""
    link = entry(number - 1).get().link
    for row in LedgerEntry.objects.filter(sequence__gte=number):
        row.amount_cents += 1
        link = seal(link, row.facts())
        change(
            row.sequence,
            amount_cents=row.amount_cents,
            previous_hash=link.previous_hash,
            hash=link.hash,
        )
    LedgerHead.objects.get().advance_to(link)


def test_a_ledger_that_was_rewritten_as_a_whole_is_found_by_a_head_noted_elsewhere():
    post_some(4)
    noted = chain.head()
    assert chain.verify(noted) == []
    post(number=5)
    assert chain.verify(noted) == []

    rewrite_from(3)

    assert chain.verify() == []
    assert chain.verify(noted) == ["Number 4 has another hash than was noted."]


def test_a_head_noted_elsewhere_of_entries_that_are_gone_is_found():
    post_some(4)
    noted = chain.head()
    with unguarded():
        entry(4).delete()
    LedgerHead.objects.get().advance_to(entry(3).get().link)

    assert chain.verify() == []
    assert chain.verify(noted) == ["Number 4 was noted and is not there."]


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([1], "Number 1 is missing."),
        ([2], "Number 2 is missing."),
        ([2, 3], "Numbers 2 to 3 are missing."),
        ([4], "Number 4 is missing."),
        ([1, 2, 3, 4], "Numbers 1 to 4 are missing."),
    ],
)
def test_missing_entries_are_found(numbers, found):
    post_some(4)
    with unguarded():
        LedgerEntry.objects.filter(sequence__in=numbers).delete()
    assert chain.verify() == [found]


def test_swapped_entries_are_found():
    post_some(4)
    with unguarded():
        for old, new in ((2, 100), (3, 2), (100, 3)):
            entry(old).update(sequence=new)
    assert chain.verify() == [
        "Number 2 does not continue from number 1.",
        "Number 2 is not what was written: its hash does not fit.",
        "Number 3 does not continue from number 2.",
        TAMPERED,
        "Number 4 does not continue from number 3.",
    ]


def test_an_entry_that_nobody_posted_is_found():
    post_some(2)
    last = entry(2).get()
    forged = LedgerEntry(
        kind="payment",
        amount_cents=1,
        key="payment:pi_9",
        happened_at=NOON,
        recorded_at=NOON,
    )
    link = seal(last.link, forged.facts())
    forged.sequence, forged.previous_hash, forged.hash = (
        link.sequence,
        link.previous_hash,
        link.hash,
    )
    forged.save()
    assert chain.verify() == ["Number 2 should be the last, but 3 is."]


def test_a_lost_head_is_found():
    post_some(2)
    LedgerHead.objects.all().delete()
    assert chain.verify() == ["Number 0 should be the last, but 2 is."]


def test_lost_guards_are_found():
    post_some(1)
    for statement in unguard_sql(connection.vendor, LedgerEntry._meta.db_table):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert "The database does not refuse DELETE: its trigger is gone." in chain.verify()
    assert "The database does not refuse UPDATE: its trigger is gone." in chain.verify()


def test_the_number_of_queries_does_not_grow(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(chain, "CHUNK", 3)
    post_some(10)
    with django_assert_num_queries(3):  # guards, head, entries
        assert chain.verify() == []


def test_what_is_posted_while_the_ledger_is_read_is_no_fault(monkeypatch):
    post_some(3)
    entries = chain._entries

    def somebody_posts_before_and_after_the_reading():
        post(number=4)
        rows = list(entries())
        post(number=5)
        return iter(rows)

    monkeypatch.setattr(chain, "_entries", somebody_posts_before_and_after_the_reading)
    assert chain.verify() == []


def test_a_noted_head_reads_as_it_was_printed():
    post_some(1)
    head = LedgerHead.objects.get()
    assert str(head) == f"1:{head.hash}"
    assert chain.head() == Link(1, "", head.hash)
