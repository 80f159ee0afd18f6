"""Whoever may see earlier versions of a row may not put one back for that."""

import pytest
from django.contrib import admin
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from shop.lib.history_pages import HistoryAdmin
from tests.blog.making import make_reference
from tests.factories import make_variant
from tests.orders.admin_steps import log_in
from tests.references.writing import written

pytestmark = pytest.mark.django_db


def earlier(row):
    return reverse(
        f"admin:{row._meta.app_label}_{row._meta.model_name}_simple_history",
        args=[row.pk, row.history.earliest().pk],
    )


@pytest.mark.markup
def test_every_admin_of_rows_with_a_history_asks_before_it_puts_one_back():
    pages = [page for page in admin.site._registry.values() if isinstance(page, SimpleHistoryAdmin)]

    assert pages
    assert [page for page in pages if not isinstance(page, HistoryAdmin)] == []


def test_who_may_only_look_puts_no_source_back():
    source = make_reference(citation="As it is.")
    browser, _ = log_in("references.view_reference")

    assert browser.get(earlier(source)).status_code == 200
    answer = browser.post(earlier(source), {"citation": "Mine.", "key": source.key})

    source.refresh_from_db()
    assert (answer.status_code, source.citation, source.history.count()) == (403, "As it is.", 1)


def test_who_may_only_look_changes_no_price():
    variant = make_variant()
    before = variant.price_cents
    browser, _ = log_in("products.view_variant")

    answer = browser.post(earlier(variant), {"price_cents": "0.01", "low_stock_at": "1"})

    variant.refresh_from_db()
    assert (answer.status_code, variant.price_cents) == (403, before)


def test_who_may_change_a_source_puts_an_earlier_version_back_and_its_key_stays():
    source = make_reference(citation="As it was.")
    key, source.citation = source.key, "Worse."
    source.save()
    browser, _ = log_in("references.view_reference", "references.change_reference")

    answer = browser.post(earlier(source), {"citation": "As it was.", "key": "another"})

    source.refresh_from_db()
    assert (answer.status_code, source.citation, source.key) == (302, "As it was.", key)


def test_a_statement_is_written_again_not_put_back():
    statement = written()
    browser, _ = log_in("references.view_statement", "references.change_statement")

    answer = browser.post(earlier(statement), {"text": "Anything."})

    assert (answer.status_code, statement.history.count()) == (403, 1)
