"""What was typed wrong is put right by staff in a browser, and every page for it is sound."""

import re

from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.test_every_page import look_at

TABLE = (
    "country,region,postal_prefix,percent,taxes_shipping,effective_from,effective_until,source\n"
    "US,NY,100,8.875,yes,2026-01-01,,NYC table\n"
)


def open_order(desk: Page, shop, pk: int, page: str = "change") -> None:
    desk.goto(f"{shop.url}/admin/orders/order/{pk}/{page}/")


def write_to_us(visitor: Page, shop) -> None:
    """Send the contact form."""
    visitor.goto(f"{shop.url}/contact/")
    visitor.locator("[name=name]").fill("Jane")
    visitor.locator("[name=email]").fill("jane@example.com")
    visitor.locator("[name=topic]").select_option("order")
    visitor.locator("[name=message]").fill("Where is my order?")
    visitor.locator("main form button[type=submit]").click()
    expect(visitor).not_to_have_url(f"{shop.url}/contact/")


def ship_with_a_wrong_number(desk: Page, shop, pk: int) -> None:
    open_order(desk, shop, pk, "ship")
    desk.get_by_label("Tracking number").fill("94001112025558423300")
    desk.get_by_role("button", name="Record this parcel").click()


def test_staff_correct_address_email_and_tracking(shop, new_page, axe, screenshot):
    customer, desk = new_page(), new_page()
    journeys.buy(customer, shop.url)
    expect(customer).to_have_url(re.compile(r"/order/[^/]{20,}/$"))
    old_link = customer.url
    pk = shop.rows("select max(id) from orders_order")[0][0]
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)

    open_order(desk, shop, pk)
    desk.get_by_role("link", name="Change address").click()
    desk.get_by_label("Street address").fill("9 Oak Avenue")
    look_at(desk, "staff-address", axe, screenshot)
    desk.get_by_role("button", name="Change the address").click()
    expect(desk.get_by_text("9 Oak Avenue").first).to_be_visible()

    desk.get_by_role("link", name="Change email").click()
    look_at(desk, "staff-email", axe, screenshot)
    desk.get_by_label("Email").fill("jane.doe@example.com")
    desk.get_by_role("button", name="Change the email").click()
    expect(desk.get_by_text("The order has a new link")).to_be_visible()
    assert customer.goto(old_link).status == 404

    ship_with_a_wrong_number(desk, shop, pk)
    desk.get_by_role("link", name="Correct tracking").click()
    desk.get_by_label("Tracking number").fill("9400 1112 0255 5842 3326 69")
    look_at(desk, "staff-tracking", axe, screenshot)
    desk.get_by_role("button", name="Correct it").click()
    expect(desk.get_by_text("9400111202555842332669").first).to_be_visible()
    look_at(desk, "staff-corrected", axe, screenshot)
    desk.goto(f"{shop.url}/admin/orders/order/packing-slips/?id={pk}")
    expect(desk.get_by_text("No slip for this order")).to_be_visible()
    look_at(desk, "staff-no-slip", axe, screenshot)


def test_staff_change_a_price_in_the_list(shop, new_page, axe, screenshot):
    desk = new_page()
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    desk.goto(f"{shop.url}/admin/products/variant/")
    look_at(desk, "staff-stock", axe, screenshot)
    # A pack that no other story buys: they all share this shop.
    desk.get_by_label(re.compile("Price .*B12-24")).fill("0")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("greater than or equal to 0.01")).to_be_visible()
    desk.get_by_label(re.compile("Price .*B12-24")).fill("109.50")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Visitors see it within a minute.")).to_be_visible()


def test_staff_read_a_tax_table_from_a_file(shop, new_page, axe, screenshot):
    desk = new_page()
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    desk.goto(f"{shop.url}/admin/orders/taxrate/")
    desk.get_by_role("link", name="Import from a file").click()
    file = {"name": "rates.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    look_at(desk, "staff-tax-import", axe, screenshot)
    desk.get_by_label("CSV file").set_input_files(file)
    desk.get_by_role("button", name="Check the file").click()
    look_at(desk, "staff-tax-plan", axe, screenshot)
    desk.get_by_role("button", name="Import it").click()
    expect(desk.get_by_text("Tax rates added: 1, changed: 0.")).to_be_visible()
    look_at(desk, "staff-tax-table", axe, screenshot)


def test_staff_answer_a_message_and_log_out(shop, new_page, axe, screenshot):
    visitor, desk = new_page(), new_page()
    write_to_us(visitor, shop)
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    desk.goto(f"{shop.url}/admin/pages/contactmessage/")
    desk.locator("#result_list tbody th a").first.click()
    look_at(desk, "staff-message", axe, screenshot)
    desk.get_by_role("link", name="Mark as answered").click()
    look_at(desk, "staff-answer", axe, screenshot)
    desk.get_by_label("What was answered").fill("It leaves today.")
    desk.get_by_role("button", name="Mark as answered").click()
    expect(desk.get_by_text("is marked as answered.")).to_be_visible()
    desk.get_by_role("button", name="Log out").click()
    expect(desk.get_by_role("heading", name="You are logged out")).to_be_visible()
    look_at(desk, "staff-logged-out", axe, screenshot)
