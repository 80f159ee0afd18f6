"""Posting: once, with the right sign, inside the transaction of the reason."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from books import chain, ledger
from books.models import LedgerEntry, LedgerHead
from shop.lib.hash_chain import START
from tests.books.entries import NOON, balance_of, post

FIELDS = {
    "order_number": "NUMBER1",
    "payment_reference": "pi_1",
    "reference": "pi_1",
    "amount_cents": 6599,
    "currency": "USD",
    "key": "payment:pi_1",
    "happened_at": NOON,
}


@pytest.mark.django_db
def test_an_entry_is_what_was_told():
    entry = post(currency="usd")

    stored = LedgerEntry.objects.get()
    assert stored == entry
    assert {name: getattr(stored, name) for name in FIELDS} == FIELDS
    assert (stored.sequence, stored.kind, stored.previous_hash) == (1, "payment", START.hash)
    head = LedgerHead.objects.get()
    assert (head.sequence, head.hash) == (1, stored.hash)
    assert chain.verify() == []


@pytest.mark.django_db
def test_the_same_key_is_posted_once():
    first = post()

    assert post() is None
    assert post(happened_at=NOON + timedelta(seconds=3)) is None

    assert LedgerEntry.objects.get().happened_at == first.happened_at
    assert LedgerHead.objects.get().sequence == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "refund_failed"),
        ("order_number", "NUMBER2"),
        ("payment_reference", "pi_2"),
        ("reference", "pi_2"),
        ("amount_cents", 6600),
        ("currency", "EUR"),
    ],
)
def test_the_same_key_with_other_facts_is_a_conflict(field, value):
    post()

    with pytest.raises(ledger.LedgerConflict, match=f"payment:pi_1 .* {field} .* → {value}"):
        post(**{"key": "payment:pi_1", field: value})

    assert LedgerEntry.objects.count() == LedgerHead.objects.get().sequence == 1
    assert chain.verify() == []


@pytest.mark.django_db
def test_nothing_is_posted_for_zero_cents():
    assert post("fee", 0) is None
    assert not LedgerEntry.objects.exists()


SIGNS = [
    ("payment", -1),
    ("fee", 1),
    ("refund", 1),
    ("refund_failed", -1),
    ("dispute", 1),
    ("dispute_won", -1),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "cents"), SIGNS)
def test_each_kind_has_its_sign_in_python_and_in_the_database(kind, cents):
    with pytest.raises(ValueError, match="wrong sign"):
        post(kind, cents)
    entry = LedgerEntry(
        **{**FIELDS, "kind": kind, "amount_cents": cents, "recorded_at": NOON}, sequence=1, hash="x"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    post(kind, -cents)
    assert LedgerEntry.objects.get().amount_cents == -cents


@pytest.mark.django_db
def test_a_fee_for_a_dispute_may_come_back():
    post("dispute_fee", -1500, key="dispute_fee:txn_1")
    post("dispute_fee", 1500, key="dispute_fee:txn_2")
    assert LedgerEntry.objects.total_cents() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"sequence": 0}, {"key": ""}, {"kind": "gift"}, {"amount_cents": 0}]
)
def test_the_database_refuses_what_cannot_be(wrong):
    fields = {**FIELDS, "kind": "dispute_fee", "recorded_at": NOON, "sequence": 1, **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(**fields)


@pytest.mark.django_db
def test_a_kind_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="gift"):
        post("gift")


@pytest.mark.django_db(transaction=True)
def test_posting_needs_the_transaction_of_its_reason():
    with pytest.raises(TransactionManagementError):
        ledger.post("payment", **FIELDS)
    assert not LedgerEntry.objects.exists()
    assert not LedgerHead.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap():
    post(number=1)
    with transaction.atomic():
        post(number=2)
        transaction.set_rollback(True)
    post(number=3)

    assert list(LedgerEntry.objects.values_list("sequence", "key")) == [
        (1, "payment:pi_1"),
        (2, "payment:pi_3"),
    ]
    assert chain.verify() == []


@pytest.mark.django_db
def test_sums_tell_what_an_order_has_brought():
    post()
    post("fee", -221)
    post("refund", -1000, key="refund:re_1")
    post("refund_failed", 1000, key="refund_failed:re_1")
    post("dispute", -6599, key="dispute:txn_1")
    post("dispute_fee", -1500, key="dispute_fee:txn_1")
    post("dispute_won", 6000, key="dispute:txn_2")
    post(number=2, amount_cents=100)

    assert balance_of("NUMBER1") == 6599 - 6599 + 6000
    assert balance_of("NUMBER2") == 100
    assert balance_of("NUMBER3") == 0
