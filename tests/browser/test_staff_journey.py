"""A day at the order desk: ship with tracking, pay back a part, and what the customer sees of it."""

import re

from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.test_every_page import look_at

EMAIL = "desk@example.com"
TRACKING = "9400111202555842332669"


def buy_two_packs(page: Page, shop) -> str:
    """A customer buys two packs of four; the address of their order's page."""
    journeys.add_to_cart(page, shop.url, quantity=2)
    journeys.fill_checkout(page, shop.url, email=EMAIL)
    journeys.go_to_payment(page)
    journeys.pay(page)
    expect(page).to_have_url(re.compile(r"/order/[^/]{20,}/$"))
    return page.url


def stock_of(shop, sku: str) -> tuple[int, int]:
    """Packs on hand and reserved."""
    sql = "select stock_on_hand, stock_reserved from products_variant where sku = ?"
    return shop.rows(sql, sku)[0]


def refunds_of(shop, number: str) -> list[tuple[str, int]]:
    """State and cents of the order's refunds."""
    sql = (
        "select r.status, r.amount_cents from orders_refund r"
        " join orders_order o on o.id = r.order_id where o.number = ?"
    )
    return shop.rows(sql, number)


def mails(shop, words: str) -> int:
    """How many mails to the customer have `words` in their subject."""
    sql = "select count(*) from post_office_email where `to` like ? and subject like ?"
    return shop.rows(sql, f"%{EMAIL}%", f"%{words}%")[0][0]


def ship_everything(desk: Page, axe, screenshot) -> None:
    """From the order's record: one parcel with its tracking number."""
    desk.get_by_role("link", name="Mark shipped").click()
    desk.get_by_label("Carrier").select_option("usps")
    desk.get_by_label("Tracking number").fill("9400 1112 0255 5842 3326 69")
    look_at(desk, "staff-4-ship", axe, screenshot)
    desk.get_by_role("button", name="Record this parcel").click()
    expect(desk.get_by_text("Parcel recorded. Everything has been shipped.")).to_be_visible()


def ask_to_pay_back_one_pack(desk: Page, axe, screenshot) -> None:
    """From the order's record up to the page that says what will happen."""
    desk.get_by_role("link", name="Refund", exact=True).click()
    desk.get_by_label("Some packs, shipping, or both").check()
    desk.get_by_label(re.compile("B12-04, shipped: packs that came back")).fill("1")
    desk.get_by_label(re.compile("unopened, put back on the shelf")).check()
    desk.get_by_label("Reason").fill("Returned unopened")
    look_at(desk, "staff-5-refund", axe, screenshot)
    desk.get_by_role("button", name="Check the amount").click()
    # $24.00 and its half of the tax on two packs.
    expect(desk.get_by_role("button", name="Refund $25.50")).to_be_visible()
    look_at(desk, "staff-6-refund-confirm", axe, screenshot)


def expect_to_see_both(customer: Page, axe, screenshot) -> None:
    """On the customer's own page: the parcel with its way to follow it, and the refund."""
    expect(customer.get_by_text("Shipped").first).to_be_visible()
    follow = customer.get_by_role("link", name=re.compile("Follow the parcel"))
    assert follow.get_attribute("href").endswith(TRACKING)
    expect(customer.get_by_text("Refund sent")).to_be_visible()
    expect(customer.get_by_text("$25.50").first).to_be_visible()
    look_at(customer, "order-shipped-and-refunded", axe, screenshot)


def test_staff_ship_with_tracking_and_pay_back_a_part(shop, new_page, axe, screenshot):
    customer, desk = new_page(), new_page()
    on_hand, reserved = stock_of(shop, "B12-04")
    order_url = buy_two_packs(customer, shop)
    expect(customer).to_have_title(re.compile(r"Order \w{7}"))
    number = re.search(r"Order (\w{7})", customer.title())[1]
    assert stock_of(shop, "B12-04") == (on_hand, reserved + 2)

    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    look_at(desk, "staff-1-today", axe, screenshot)
    desk.goto(f"{shop.url}/admin/orders/order/?todo=ship")
    look_at(desk, "staff-2-orders", axe, screenshot)
    desk.get_by_role("link", name=number).first.click()
    look_at(desk, "staff-3-record", axe, screenshot)
    ship_everything(desk, axe, screenshot)
    assert stock_of(shop, "B12-04") == (on_hand - 2, reserved)
    assert mails(shop, "on its way") == 1

    ask_to_pay_back_one_pack(desk, axe, screenshot)
    assert refunds_of(shop, number) == []
    desk.get_by_role("button", name="Refund $25.50").click()
    expect(desk.get_by_text("Refund of $25.50: settled.")).to_be_visible()
    look_at(desk, "staff-7-done", axe, screenshot)
    shop.sandbox.wait_for_deliveries()
    assert refunds_of(shop, number) == [("settled", 2550)]
    assert stock_of(shop, "B12-04") == (on_hand - 1, reserved)
    assert mails(shop, "back to you") == 1

    customer.goto(order_url)
    expect_to_see_both(customer, axe, screenshot)


def test_staff_cancel_an_unpaid_order_and_its_payment_page_is_closed(
    shop, new_page, axe, screenshot
):
    customer = new_page()
    journeys.add_to_cart(customer, shop.url)
    journeys.fill_checkout(customer, shop.url, email="unpaid@example.com")
    journeys.go_to_payment(customer)
    pk = shop.rows("select id from orders_order where email = 'unpaid@example.com'")[0][0]

    desk = new_page()
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    desk.goto(f"{shop.url}/admin/orders/order/{pk}/cancel/")
    desk.get_by_label("Reason").fill("Asked by phone")
    look_at(desk, "staff-cancel", axe, screenshot)
    desk.get_by_role("button", name="Cancel this order").click()
    expect(desk.get_by_text("The order is canceled. Nothing had been paid.")).to_be_visible()

    journeys.pay(customer)
    expect(customer.get_by_role("heading", name="This payment page has expired")).to_be_visible()
    customer.get_by_role("link", name=re.compile("Back to")).click()
    expect(customer.get_by_text("Canceled").first).to_be_visible()
    look_at(customer, "order-cancelled", axe, screenshot)
    assert shop.rows("select status from orders_order where id = ?", pk) == [("cancelled",)]
