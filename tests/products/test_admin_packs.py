"""The list of packs: prices changed in place, the stock never; and when visitors see it."""

import pytest
from django.test import Client
from django.urls import reverse

from products.models import Variant
from shop.lib.seen_soon import SEEN_SOON
from tests.factories import make_staff, make_variant

pytestmark = pytest.mark.django_db

LIST = "/admin/products/variant/"


def logged_in(*permissions, **fields):
    client = Client()
    client.force_login(make_staff(*permissions, **fields))
    return client


@pytest.fixture
def chief():
    return logged_in(is_superuser=True)


def rows(*prices, **more):
    """What the list sends with these prices typed, in the order of the packs."""
    found = list(Variant.objects.order_by("position", "pk"))
    data = {"form-TOTAL_FORMS": len(found), "form-INITIAL_FORMS": len(found), "_save": "Save"}
    for number, (variant, price) in enumerate(zip(found, prices, strict=True)):
        data |= {f"form-{number}-id": variant.pk, f"form-{number}-price_cents": price}
    return {**data, **more}


def test_a_price_is_changed_in_the_list_and_the_history_keeps_it(chief):
    first, second = make_variant(price_cents=2_400), make_variant(price_cents=6_000)
    assert 'value="24.00"' in chief.get(LIST).content.decode()
    page = chief.post(LIST, rows("26.50", "60.00"), follow=True)
    first.refresh_from_db()
    assert first.price_cents == 2_650
    assert [row.price_cents for row in first.history.all()] == [2_650, 2_400]
    assert second.history.count() == 1
    assert f"1 variant was changed successfully. {SEEN_SOON}" in page.content.decode()


def test_every_field_of_the_list_is_named_with_its_row(chief):
    make_variant(sku="B12-77", name="12 patches")
    assert 'aria-label="Price (USD): B12-77 12 patches"' in chief.get(LIST).content.decode()


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.005", "NaN", "1e99", "x"])
def test_a_wrong_price_is_refused_beside_its_field(chief, typed):
    variant = make_variant(price_cents=2_400)
    page = chief.post(LIST, rows(typed))
    assert list(page.context["cl"].formset.errors[0]) == ["price_cents"]
    assert Variant.objects.get().price_cents == 2_400
    assert variant.history.count() == 1


def test_neither_list_nor_page_changes_the_stock(chief):
    variant = make_variant(on_hand=10)
    sent = {"form-0-stock_on_hand": "99", "form-0-sku": "OTHER"}
    chief.post(LIST, rows("24.00", **sent))
    url = reverse("admin:products_variant_change", args=[variant.pk])
    data = {"price_cents": "25.00", "low_stock_at": "7", "is_active": "on"}
    assert chief.post(url, {**data, "stock_on_hand": "99", "sku": "OTHER"}).status_code == 302
    changed = Variant.objects.get()
    assert (changed.price_cents, changed.low_stock_at) == (2_500, 7)
    assert (changed.stock_on_hand, changed.sku) == (10, variant.sku)


def test_packs_are_neither_added_nor_deleted_here(chief):
    variant = make_variant()
    assert chief.get(f"{LIST}add/").status_code == 403
    assert chief.post(f"{LIST}{variant.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Variant.objects.exists()


def test_who_only_sees_the_stock_sees_prices_in_dollars_and_changes_none():
    variant = make_variant(price_cents=2_400)
    client = logged_in("products.view_variant")
    for page in (LIST, f"{LIST}{variant.pk}/change/"):
        html = client.get(page).content.decode()
        assert "$24.00" in html
        assert 'name="form-0-price_cents"' not in html
    client.post(LIST, rows("1.00"))
    assert client.post(f"{LIST}{variant.pk}/change/", {"price_cents": "1"}).status_code == 403
    assert Variant.objects.get().price_cents == 2_400


def test_a_long_form_lists_what_is_wrong_with_the_way_to_it(chief):
    variant = make_variant()
    page = chief.post(f"{LIST}{variant.pk}/change/", {"price_cents": "x", "low_stock_at": "1"})
    html = page.content.decode()
    assert "data-error-summary" in html
    assert '<a href="#id_price_cents">Price (USD): Enter a number.</a>' in html
