"""The stock in a browser: a delivery, a loss, a count, and where to read about them afterwards.

All of it happens to a pack of another product, so that the other stories keep their stock.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.test_every_page import look_at

SKU = "GAUZE-1"
A_PACK = f"""
from products.models import Product, Variant
product = Product.objects.create(slug="gauze", name="Gauze", form="patch", tagline="Gauze.")
Variant.objects.create(sku="{SKU}", product=product, name="1 roll", units=1, price_cents=100)
"""


@pytest.fixture(scope="module")
def pack(shop) -> int:
    shop.run("shell", "-c", A_PACK)
    return shop.rows("select id from products_variant where sku = ?", SKU)[0][0]


def book(desk: Page, kind: str, packs: str, reason: str) -> None:
    desk.get_by_role("row", name=re.compile(SKU)).get_by_role("link", name="Change stock").click()
    desk.get_by_label("What happened").select_option(label=kind)
    desk.get_by_label("Packs").fill(packs)
    desk.get_by_label("Reason").fill(reason)
    desk.get_by_role("button", name="Book it").click()


def count(desk: Page, pack: int, packs: str) -> None:
    desk.locator(f"#id_counted_{pack}").fill(packs)
    desk.get_by_role("button", name="Show the differences").click()


def movements(shop, pack: int) -> list[tuple[str, int, str]]:
    sql = (
        "select kind, quantity, reason from products_stockmovement where variant_id = ? order by id"
    )
    return shop.rows(sql, pack)


def test_staff_receive_lose_and_count(shop, pack, new_page, axe, screenshot):
    desk = new_page()
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    desk.get_by_role("link", name="Stock", exact=True).click()
    book(desk, "Received from the maker", "30", "Delivery 118")
    expect(desk.get_by_text("now 30 on hand, 30 available")).to_be_visible()
    book(desk, "Lost, broken or expired", "31", "Water")
    expect(desk.get_by_text("At most 30 can be taken away").first).to_be_visible()
    look_at(desk, "staff-change-stock", axe, screenshot)
    desk.get_by_label("Packs").fill("20")
    desk.get_by_role("button", name="Book it").click()
    expect(desk.get_by_text("now 10 on hand, 10 available")).to_be_visible()

    desk.get_by_role("link", name="Count the stock").click()
    count(desk, pack, "-1")
    look_at(desk, "staff-count-errors", axe, screenshot)
    assert "Enter 0 or more." in desk.locator(f"#id_counted_{pack}_error").inner_text()
    desk.get_by_label("Reason").fill("End of the month")
    count(desk, pack, "8")
    expect(desk.get_by_text("2 fewer")).to_be_visible()
    look_at(desk, "staff-count-differences", axe, screenshot)
    assert len(movements(shop, pack)) == 2
    desk.get_by_role("button", name="Book this count").click()
    expect(desk.get_by_text("1 pack with a difference")).to_be_visible()
    assert movements(shop, pack) == [
        ("received", 30, "Delivery 118"),
        ("lost", -20, "Water"),
        ("counted", -2, "End of the month"),
    ]


def test_staff_read_what_moved_and_what_is_promised(shop, new_page, axe, screenshot):
    journeys.add_to_cart(customer := new_page(), shop.url)
    journeys.fill_checkout(customer, shop.url, email="promised@example.com")
    journeys.go_to_payment(customer)
    desk = new_page()
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    desk.get_by_role("link", name="Stock", exact=True).click()
    desk.get_by_role("link", name="Movements").click()
    expect(desk.get_by_text("Received from the maker").last).to_be_visible()
    look_at(desk, "staff-movements", axe, screenshot)
    desk.go_back()
    desk.get_by_role("link", name="Reservations").click()
    expect(desk.get_by_role("cell", name="Held until the payment window closes")).not_to_have_count(
        0
    )
    look_at(desk, "staff-promised", axe, screenshot)
