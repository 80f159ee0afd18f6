"""A shop that sold before it had a ledger finds its payments and refunds there after the upgrade."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from books import chain
from books.models import LedgerEntry
from orders import audit
from tests.factories import make_paid_order
from tests.orders.booked import booked_order, make_refund

pytestmark = pytest.mark.django_db

migration = import_module("orders.migrations.0003_books_of_earlier_money")


def post_earlier_money():
    migration.post_earlier_money(apps, SimpleNamespace(connection=connection))


def test_earlier_money_is_posted_once_and_continues_the_chain():
    booked = booked_order()
    earlier = make_paid_order()
    make_refund(earlier, 300, status="sent")
    make_refund(earlier, 400, status="failed")
    make_refund(earlier, 500, status="requested", reference=None)

    post_earlier_money()
    post_earlier_money()

    payment = earlier.payments.get().reference
    assert list(LedgerEntry.objects.values_list("sequence", "key", "amount_cents")) == [
        (1, f"payment:{booked.payments.get().reference}", 6599),
        (2, f"payment:{payment}", 6599),
        (3, "refund:re_1", -300),
    ]
    assert chain.verify() == []
    assert [section.findings for section in audit.audit(offline=True)] == [[]] * 9


def test_a_new_shop_begins_with_an_empty_ledger():
    post_earlier_money()
    assert not LedgerEntry.objects.exists()
    assert chain.verify() == []
