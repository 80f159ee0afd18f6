"""The steps that stories are made of, tried once: a purchase from the pack to the paid order."""

import re

from playwright.sync_api import expect

from tests.browser import journeys


def test_a_purchase_goes_through(shop, page, axe, screenshot):
    journeys.buy(page, shop.url)

    expect(page).to_have_url(re.compile(r"/order/[^/]+/"))
    screenshot(page, "order-paid")
    axe(page, "paid order")
    assert ("paid",) in shop.rows("select status from orders_order")


def test_staff_can_log_in(shop, page, screenshot):
    journeys.log_in_as_staff(page, shop.url, shop.staff_password)

    screenshot(page, "admin-index")
