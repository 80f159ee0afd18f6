"""The simulated Stripe is stopped when a buyer wants to pay, and started again, in a real browser."""

import re
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.browser import journeys
from tests.browser.live_shop import WEBHOOK_SECRET
from tests.browser.test_every_page import look_at
from tests.browser.test_purchase_journey import ORDER_PAGE, Books, expect_paid
from tests.sandbox import server as sandbox_server


@contextmanager
def stripe_away(shop):
    """Stripe is gone inside the block; afterwards it is where it was, with all it knew."""
    port = shop.sandbox.url.rpartition(":")[2]
    shop.sandbox.stop()
    try:
        yield
    finally:
        shop.sandbox = sandbox_server.start(
            f"{shop.url}/webhooks/stripe/", WEBHOOK_SECRET, shop.folder, SANDBOX_PORT=port
        )


def test_a_buyer_is_told_plainly_and_pays_the_same_order_later(shop, page, axe, screenshot):
    books = Books(shop, "stripe-away@example.com")
    with stripe_away(shop):
        journeys.add_to_cart(page, shop.url)
        journeys.fill_checkout(page, shop.url, email=books.email)
        page.get_by_role("button", name="Pay $31.49 on Stripe").click()
        expect(page).to_have_url(ORDER_PAGE)
        expect(page.get_by_text("The payment page could not be reached.")).to_be_visible()
        look_at(page, "stripe-away", axe, screenshot)
        page.get_by_role("button", name="Pay $31.49 on Stripe").click()
        expect(page.get_by_text("The payment page could not be reached.")).to_be_visible()
        order_page = page.url
        page.goto(f"{shop.url}/cart/")
        expect(page.get_by_role("heading", name=re.compile("4 patches"))).to_be_visible()
        screenshot(page, "stripe-away-cart")
        page.get_by_role("link", name="look at that order and pay it").click()
        expect(page).to_have_url(order_page)

    page.get_by_role("button", name="Pay $31.49 on Stripe").click()
    journeys.pay(page)
    expect_paid(page, books)
    assert page.url == order_page
    assert books.orders() == ["paid"]
