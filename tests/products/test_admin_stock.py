"""Stock in the admin: movements are booked with a reason, once, and shown where the pack is."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from products import stock
from products.models import StockMovement
from tests.factories import make_variant
from tests.products.test_admin import chief, logged_in

__all__ = ["chief"]

pytestmark = pytest.mark.django_db


def stock_url(variant):
    return reverse("admin:products_variant_stock", args=[variant.pk])


def test_staff_book_a_delivery():
    variant = make_variant(on_hand=10)
    clerk = logged_in(
        "products.add_stockmovement", "products.view_variant", "products.view_product"
    )
    assert b"on hand" in clerk.get(stock_url(variant)).content
    data = {"kind": "received", "quantity": "5", "reason": "Delivery 7", "reference": "D7"}
    response = clerk.post(stock_url(variant), data, follow=True)
    assert "now 15 on hand, 15 available" in response.content.decode()
    movement = StockMovement.objects.get(reason="Delivery 7")
    assert (movement.quantity, movement.reference) == (5, "D7")
    assert movement.actor.username.startswith("staff-")


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"kind": "sold", "quantity": "-1"}, "kind", "not one of the available choices"),
        ({"kind": "stolen"}, "kind", "not one of the available choices"),
        ({"quantity": ""}, "quantity", "required"),
        ({"quantity": "1.5"}, "quantity", "whole number"),
        ({"quantity": "9" * 30}, "quantity", "less than or equal"),
        ({"quantity": "0"}, "quantity", "nothing would change"),
        ({"quantity": "-5"}, "quantity", "above zero"),
        (
            {"kind": "lost", "quantity": "-8"},
            "quantity",
            "At most 7 can be taken away: 10 are on hand",
        ),
        ({"kind": "lost", "quantity": "8"}, "quantity", "3 of them are promised to orders"),
        ({"kind": "counted", "quantity": "-8"}, "quantity", "At most 7 can be taken away"),
        ({"reason": "  "}, "reason", "required"),
        ({"reason": "x" * 201}, "reason", "at most 200"),
        ({"reference": "x" * 41}, "reference", "at most 40"),
        ({"reason": "nul\x00"}, "reason", "Null characters"),
    ],
    ids=str,
)
def test_a_bad_movement_is_refused_beside_its_field(chief, changes, field, says):
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 3})
    data = {"kind": "received", "quantity": "5", "reason": "Delivery", **changes}
    response = chief.post(stock_url(variant), data)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert says in str(response.context["form"].errors[field])
    variant.refresh_from_db()
    assert (variant.stock_on_hand, StockMovement.objects.count()) == (10, 1)


@pytest.mark.parametrize(
    ("kind", "typed", "left"),
    [
        ("received", "5", 15),
        ("returned", "2", 12),
        ("lost", "3", 7),  # nobody has to think of the minus
        ("lost", "-3", 7),
        ("counted", "3", 13),
        ("counted", "-3", 7),
    ],
)
def test_each_kind_of_movement_goes_its_way(chief, kind, typed, left):
    variant = make_variant(on_hand=10)
    data = {"kind": kind, "quantity": typed, "reason": "why"}
    assert chief.post(stock_url(variant), data).status_code == 302
    variant.refresh_from_db()
    assert variant.stock_on_hand == left
    assert list(variant.movements.values_list("quantity", flat=True)) == [left - 10, 10]


def test_the_movements_of_a_pack_stand_in_its_page_and_in_the_list(chief):
    variant, other = make_variant(on_hand=10), make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 3})
    stock.ship(reference="A1", quantities={variant.pk: 3})
    page = chief.get(stock_url(variant)).content.decode()
    everything = f"/admin/products/stockmovement/?variant__id__exact={variant.pk}"
    assert f'href="{everything}"' in page
    listed = chief.get(everything)
    assert [row.packs for row in listed.context["cl"].result_list] == ["−3", "+10"]
    for shown in (page, listed.content.decode()):
        assert "Shipped to a customer" in shown
        assert "−3" in shown
        assert "the shop" in shown
    assert other.sku not in page


@pytest.mark.parametrize(
    ("promised", "words"), [(0, "Enough"), (4, "Enough"), (5, "Low"), (10, "Sold out")]
)
def test_the_list_says_in_a_word_how_much_is_left(chief, promised, words):
    variant = make_variant(on_hand=10, low_stock_at=5)
    if promised:
        stock.reserve(reference="A1", quantities={variant.pk: promised})
    rows = html.fromstring(chief.get("/admin/products/variant/").content)
    assert rows.xpath("//td[contains(@class, 'field-low')]")[0].text_content() == words


@pytest.mark.parametrize(
    "path", ["variant/", "stockcount/", "stockcount/new/", "stockmovement/", "reservation/"]
)
def test_the_header_says_that_one_is_in_the_stock(chief, path):
    shown = html.fromstring(chief.get(f"/admin/products/{path}").content)
    current = shown.xpath("//nav[@aria-label='Daily work']//a[@aria-current]")
    assert [link.text for link in current] == ["Stock"]


def test_a_form_sent_twice_is_booked_once(chief):
    variant = make_variant(on_hand=10)
    key = chief.get(stock_url(variant)).context["form"]["key"].value()
    data = {"kind": "lost", "quantity": "-6", "reason": "Water", "key": str(key)}
    for _ in range(2):
        assert chief.post(stock_url(variant), data).status_code == 302
    variant.refresh_from_db()
    assert (variant.stock_on_hand, StockMovement.objects.count()) == (4, 2)
    data["key"] = "no key"
    assert chief.post(stock_url(variant), data).status_code == 200
    assert StockMovement.objects.count() == 2


def test_booking_needs_its_permission_and_a_variant(chief):
    variant = make_variant(on_hand=10)
    reader = logged_in("products.view_variant")
    for request in (reader.get, reader.post):
        assert request(stock_url(variant)).status_code == 403
    assert Client().get(stock_url(variant)).status_code == 302
    assert chief.get(reverse("admin:products_variant_stock", args=[987_654])).status_code == 404
    variant.refresh_from_db()
    assert variant.stock_on_hand == 10
