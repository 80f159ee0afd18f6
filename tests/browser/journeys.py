"""The steps of a purchase and of work at the desk, for the stories that are made of them."""

import re
import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

BUYER = {
    "email": "jane@example.com",
    "name": "Jane Doe",
    "line1": "1 Main Street",
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62701",
}
GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
AUTHENTICATED_CARD = "4000 0000 0000 3220"  # asks for 3-D Secure

_staff_cookies: dict[tuple[str, str], list[Any]] = {}


def add_to_cart(page: Page, shop_url: str, sku: str = "B12-04", quantity: int = 1) -> None:
    """Choose a pack on the order page and end in the cart."""
    page.goto(f"{shop_url}/order/")
    page.locator(f"input[name=sku][value='{sku}']").check(force=True)
    page.locator("main input[name=quantity]").fill(str(quantity))
    page.get_by_role("button", name="Add to cart").click()
    expect(page).to_have_url(re.compile(r"/cart/"))


def fill_checkout(page: Page, shop_url: str, **changes: str) -> None:
    """Open the checkout, fill in an address in Illinois and take the terms; sends nothing."""
    page.goto(f"{shop_url}/checkout/")
    for name, value in (BUYER | changes).items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("[name=terms]").check()


def go_to_payment(page: Page) -> None:
    """Press the pay button; without scripts the total with tax has to be asked for first."""
    pay_button = page.get_by_role("button", name=re.compile(r"^Pay \$"))
    if page.locator("[data-without-script]").count():
        page.get_by_role("button", name="See the total with tax").click()
    expect(pay_button.first).to_be_visible()
    pay_button.first.click()
    expect(page.locator("[name=number]")).to_be_visible()


def pay(page: Page, card: str = GOOD_CARD, **changes: str) -> None:
    """Fill in the card on the sandbox's page and send it."""
    values = {"number": card, "expiry": "12 / 34", "cvc": "123", "name": "Jane Doe"} | changes
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("form button[type=submit]").first.click()


def authenticate(page: Page, *, complete: bool = True) -> None:
    """Answer the sandbox's 3-D Secure page."""
    page.locator(f"button[name=answer][value={'complete' if complete else 'fail'}]").click()


def buy(page: Page, shop_url: str, card: str = GOOD_CARD, **changes: str) -> None:
    """Go the whole way with one pack; ends on the order's own page when the card is good."""
    add_to_cart(page, shop_url)
    fill_checkout(page, shop_url, **changes)
    go_to_payment(page)
    pay(page, card)


def log_in_as_staff(page: Page, shop_url: str, password: str, name: str = "staff") -> None:
    """Be logged in under /admin/ as the demo's staff, or as somebody else of that password.

    Whoever comes first types name and password, the others go on in that session until one logs out:
    the shop takes a few log-ins from one network in a quarter of an hour and no more.
    """
    page.context.add_cookies(_staff_cookies.get((shop_url, name), []))
    page.goto(f"{shop_url}/admin/")
    if "/login/" in page.url:
        page.locator("[name=username]").fill(name)
        page.locator("[name=password]").fill(password)
        page.locator("[type=submit]").first.click()
        expect(page).to_have_url(f"{shop_url}/admin/")
        cookies = page.context.cookies()
        kept = [one for one in cookies if one["path"] == "/admin/"]
        _staff_cookies[shop_url, name] = kept
    expect(page).to_have_url(f"{shop_url}/admin/")


def choose(page: Page, box: Locator, words: str) -> None:
    """Type `words` into a box of the admin that offers rows to choose from, and take the first offered."""
    # In a row that was just added a click can come before the script that opens it, and typing
    # before its search field has the focus.
    expect(box).to_have_class(re.compile("select2"))
    box.click()
    search = page.locator(".select2-container--open .select2-search__field")
    expect(search).to_be_focused()
    search.fill(words)
    offered = page.get_by_role("option").filter(
        has_text=re.compile(re.escape(words), re.IGNORECASE)
    )
    offered.first.click()


def wait_for_selected(page: Page, words: str, seconds: float = 10) -> None:
    """Wait until the visitor's selection is `words`: an editor takes a moment to select.

    Asked from here again and again: `page.wait_for_function` asks inside the page, by `eval`,
    which the shop's Content-Security-Policy refuses from its second look on.

    Raises:
        AssertionError: something else is still selected after `seconds`.
    """
    end = time.monotonic() + seconds
    while (selected := page.evaluate("getSelection().toString()")) != words:
        assert time.monotonic() < end, f"Selected is {selected!r}, not {words!r}."
        page.wait_for_timeout(50)
