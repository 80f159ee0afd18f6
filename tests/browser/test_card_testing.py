"""What an honest buyer meets while somebody tries out cards: the pause, and the link by email."""

import re

from playwright.sync_api import expect

from tests.browser import journeys
from tests.browser.conftest import DESKTOP
from tests.browser.test_every_page import look_at

OFTEN, PATIENT = "often@example.com", "patient@example.com"
TEN_ORDERS = f"""
from django.utils import timezone
from throttle import limits
now = timezone.now()
for _ in range(10):
    limits.note(kind="checkout_email", digest=limits.digest_of("{OFTEN}", now), at=now)
"""


def switch(staff, shop, reason, *, on):
    staff.goto(f"{shop.url}/admin/orders/attackmode/switch/")
    staff.fill("[name=reason]", reason)
    word = "on" if on else "off"
    staff.get_by_role("button", name=f"Switch {word}").click()
    expect(staff.get_by_text(f"Attack mode is {word}.").first).to_be_visible()


def order_by_mail(page, shop, screenshot):
    """Order as attack mode has it; the link that is mailed."""
    journeys.fill_checkout(page, shop.url, email=PATIENT)
    expect(page.get_by_text("Payment by email link")).to_be_visible()
    page.get_by_role("button", name="Place the order").first.click()
    expect(page).to_have_url(f"{shop.url}/checkout/sent/")
    expect(page.get_by_text("You have not paid yet.")).to_be_visible()
    page.goto(f"{shop.url}/cart/")
    expect(page.get_by_text("The link to pay is in our email to you.")).to_be_visible()
    screenshot(page, "link-by-mail-cart")
    (message,) = shop.rows("select message from post_office_email where `to` = ?", PATIENT)[0]
    return re.search(r"http\S+/order/\S+/", message)[0]


def test_a_pause_and_a_link_by_email(shop, page, new_page, axe, screenshot):
    shop.run("shell", "-c", TEN_ORDERS)
    journeys.add_to_cart(page, shop.url)
    journeys.fill_checkout(page, shop.url, email=OFTEN)
    page.get_by_role("button", name="Pay $31.49 on Stripe").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Please try again after")
    look_at(page, "too-often", axe, screenshot)
    expect(page.locator("[name=line1]")).to_have_value(journeys.BUYER["line1"])

    staff = new_page(DESKTOP)
    journeys.log_in_as_staff(staff, shop.url, shop.staff_password)
    staff.goto(f"{shop.url}/admin/orders/attackmode/switch/")
    look_at(staff, "staff-attack-switch", axe, screenshot)
    switch(staff, shop, "Stripe warned us", on=True)
    try:
        look_at(staff, "staff-attack-on", axe, screenshot)
        link = order_by_mail(page, shop, screenshot)
    finally:
        switch(staff, shop, "It is over", on=False)

    page.goto(link)
    page.get_by_role("button", name="Pay $31.49 on Stripe").click()
    journeys.pay(page)
    expect(page.get_by_text("Your payment has arrived.")).to_be_visible()
