"""Waiting for a sold-out pack: a pack of another product, so that the other stories keep their stock."""

from tests.browser.test_every_page import look_at

A_SOLD_OUT_PACK = """
from products.models import Product, Variant
product, _ = Product.objects.get_or_create(
    slug="tape", defaults={"name": "Tape", "form": "patch", "tagline": "Tape.", "is_published": True}
)
Variant.objects.get_or_create(
    sku="TAPE-1", defaults={"product": product, "name": "1 roll", "units": 1, "price_cents": 100}
)
"""


def token(shop):
    rows = shop.rows("select token from products_backinstockalert where email = 'jo@example.com'")
    return rows[0][0] if rows else None


def test_a_customer_asks_confirms_and_stops(shop, page, axe, screenshot):
    shop.run("shell", "-c", A_SOLD_OUT_PACK)
    page.goto(f"{shop.url}/back-in-stock/?pack=TAPE-1")
    look_at(page, "back-in-stock-form", axe, screenshot)
    page.click("text=Send me the link to confirm")
    assert page.locator("#id_consent").get_attribute("aria-invalid") == "true"
    look_at(page, "back-in-stock-errors", axe, screenshot)
    page.fill("#id_email", "jo@example.com")
    page.check("#id_consent")
    page.click("text=Send me the link to confirm")
    page.wait_for_url("**/back-in-stock/sent/")
    page.goto(f"{shop.url}/back-in-stock/{token(shop)}/")
    look_at(page, "back-in-stock-confirm", axe, screenshot)
    page.click("text=Yes, email me")
    page.wait_for_selector("text=Your wish is noted.")
    page.click("text=Stop this and erase my address")
    look_at(page, "back-in-stock-stop", axe, screenshot)
    page.click("button:has-text('Erase my address')")
    page.wait_for_selector("h1:has-text('Your address is erased')")
    assert token(shop) is None
    assert page.context.cookies() == []
