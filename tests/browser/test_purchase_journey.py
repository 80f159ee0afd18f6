"""Stories of buyers, from the pack to the paid order, in a real browser with a real sandbox."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.conftest import PHONE
from tests.browser.test_every_page import look_at

ORDER_PAGE = re.compile(r"/order/[^/]{20,}/$")
# One pack of four to Illinois: $24.00, shipping $5.99, 6.25 % of the goods.
TOTAL_CENTS = 3149


class Books:
    """What shop and sandbox have written down about one buyer."""

    def __init__(self, shop, email: str) -> None:
        self.shop, self.email = shop, email

    def orders(self) -> list[str]:
        """The states of the buyer's orders, oldest first."""
        sql = "select status from orders_order where email = ? order by id"
        return [status for (status,) in self.shop.rows(sql, self.email)]

    def payments(self) -> list[int]:
        """The payments that the shop has recorded, in cents."""
        sql = (
            "select p.amount_cents from orders_payment p"
            " join orders_order o on o.id = p.order_id where o.email = ? order by p.id"
        )
        return [cents for (cents,) in self.shop.rows(sql, self.email)]

    def sessions(self) -> list[str]:
        """What the sandbox says about each of the buyer's payment pages, oldest first."""
        sql = (
            "select a.session_id from orders_paymentattempt a"
            " join orders_order o on o.id = a.order_id where o.email = ? order by a.id"
        )
        known = {row["id"]: row["status"] for row in self.shop.sandbox.state()["objects"]}
        return [known[session_id] for (session_id,) in self.shop.rows(sql, self.email)]

    def mails(self, words: str) -> int:
        """How many mails to the buyer have `words` in their subject."""
        sql = "select count(*) from post_office_email where `to` like ? and subject like ?"
        return self.shop.rows(sql, f"%{self.email}%", f"%{words}%")[0][0]


@pytest.fixture
def books(shop, request) -> Books:
    """The books of a buyer of this test's own."""
    name = re.sub(r"\W+", "-", request.node.name)[-40:].strip("-")
    return Books(shop, f"{name}@example.com")


def expect_paid(page: Page, books: Books) -> None:
    """The buyer is back on their order; it is paid once, charged once, told once."""
    expect(page).to_have_url(ORDER_PAGE)
    expect(page.get_by_text("Your payment has arrived.")).to_be_visible()
    books.shop.sandbox.wait_for_deliveries()
    assert [status for status in books.orders() if status != "expired"] == ["paid"]
    assert len(books.payments()) == 1
    assert books.sessions().count("complete") == 1
    assert books.mails("has arrived") == 1


def alert_of(page: Page):
    return page.get_by_role("alert")


def test_a_whole_purchase_in_every_look(shop, page, books, axe, screenshot):
    page.goto(f"{shop.url}/order/")
    look_at(page, "journey-1-order", axe, screenshot)
    journeys.add_to_cart(page, shop.url)
    look_at(page, "journey-2-cart", axe, screenshot)
    journeys.fill_checkout(page, shop.url, email=books.email)
    look_at(page, "journey-3-checkout", axe, screenshot)
    # The script has asked for the tax as soon as state and ZIP code were there.
    expect(page.get_by_role("button", name="Pay $31.49 on Stripe")).to_be_visible()
    look_at(page, "journey-4-total-with-tax", axe, screenshot)
    journeys.go_to_payment(page)
    expect(page.get_by_text("$31.49").first).to_be_visible()
    look_at(page, "journey-5-payment", axe, screenshot)
    journeys.pay(page)
    expect_paid(page, books)
    look_at(page, "journey-6-paid", axe, screenshot)
    assert page.evaluate("sessionStorage.length") == 0, "what was typed stays in the browser"

    assert books.payments() == [TOTAL_CENTS]
    page.goto(f"{shop.url}/cart/")
    expect(page.get_by_text("Your cart is empty").first).to_be_visible()


def test_what_was_typed_outlives_a_look_at_the_cart(shop, page, books):
    journeys.add_to_cart(page, shop.url)
    journeys.fill_checkout(page, shop.url, email=books.email)
    page.get_by_role("link", name="Back to the cart").click()
    page.get_by_role("link", name="Go to checkout").click()

    for name, value in (journeys.BUYER | {"email": books.email}).items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    expect(page.locator("[name=terms]")).not_to_be_checked()
    expect(page.get_by_role("button", name="Pay $31.49 on Stripe")).to_be_visible()


def test_a_declined_card_and_then_a_good_one(shop, page, books, axe, screenshot):
    journeys.buy(page, shop.url, journeys.DECLINED_CARD, email=books.email)
    expect(alert_of(page)).to_contain_text("Your card was declined.")
    look_at(page, "declined", axe, screenshot)
    assert books.payments() == []

    journeys.pay(page)
    expect_paid(page, books)
    assert len(books.sessions()) == 1


def test_three_d_secure_failed_and_then_passed(shop, page, books, axe, screenshot):
    journeys.buy(page, shop.url, journeys.AUTHENTICATED_CARD, email=books.email)
    expect(page.get_by_role("heading", name="Your bank asks: is this you?")).to_be_visible()
    look_at(page, "3ds", axe, screenshot)
    journeys.authenticate(page, complete=False)
    expect(alert_of(page)).to_contain_text("unable to authenticate")
    look_at(page, "3ds-failed", axe, screenshot)
    assert books.payments() == []

    journeys.pay(page, journeys.AUTHENTICATED_CARD)
    journeys.authenticate(page)
    expect_paid(page, books)
    assert len(books.sessions()) == 1


def test_back_during_payment_and_pay_again_is_one_order_and_one_charge(
    shop, page, books, axe, screenshot
):
    journeys.add_to_cart(page, shop.url)
    journeys.fill_checkout(page, shop.url, email=books.email)
    journeys.go_to_payment(page)
    first = page.url

    page.go_back()
    expect(page).to_have_url(re.compile(r"/checkout/"))
    screenshot(page, "back-from-payment")
    page.goto(f"{shop.url}/checkout/")
    expect(page.locator("[name=email]")).to_have_value(books.email)
    page.locator("[name=terms]").check()
    journeys.go_to_payment(page)
    assert page.url == first
    journeys.pay(page)
    expect_paid(page, books)
    assert books.orders() == ["paid"]

    # Back once more, onto the payment page, and further onto the checkout.
    page.go_back()
    page.goto(first)
    expect(page.get_by_role("heading", name="This order is already paid")).to_be_visible()
    page.goto(f"{shop.url}/checkout/")
    expect(page).to_have_url(re.compile(r"/cart/"))
    look_at(page, "back-after-payment", axe, screenshot)
    assert books.payments() == [TOTAL_CENTS]


def test_the_link_back_from_the_payment_page_leads_to_an_order_that_can_be_paid(
    shop, page, books, axe, screenshot
):
    journeys.add_to_cart(page, shop.url)
    journeys.fill_checkout(page, shop.url, email=books.email)
    journeys.go_to_payment(page)
    page.get_by_role("link", name=re.compile("Back to")).click()
    expect(page).to_have_url(ORDER_PAGE)
    expect(page.get_by_text("Not paid yet.").first).to_be_visible()
    look_at(page, "order-unpaid", axe, screenshot)

    page.get_by_role("button", name="Pay $31.49 on Stripe").click()
    journeys.pay(page)
    expect_paid(page, books)
    assert len(books.sessions()) == 1


def test_two_tabs_with_the_same_cart_pay_once(shop, page, books, screenshot):
    journeys.add_to_cart(page, shop.url)
    journeys.fill_checkout(page, shop.url, email=books.email)
    second = page.context.new_page()
    journeys.fill_checkout(second, shop.url, email=books.email)
    journeys.go_to_payment(page)
    journeys.go_to_payment(second)
    assert second.url == page.url

    journeys.pay(page)
    journeys.pay(second)

    expect_paid(page, books)
    expect(second).to_have_url(ORDER_PAGE)
    screenshot(second, "two-tabs-second")
    assert books.orders() == ["paid"]
    assert books.payments() == [TOTAL_CENTS]


def test_two_tabs_that_change_their_mind_pay_once_and_for_the_newer_order(
    shop, page, books, axe, screenshot
):
    journeys.add_to_cart(page, shop.url)
    journeys.fill_checkout(page, shop.url, email=books.email)
    journeys.go_to_payment(page)

    second = page.context.new_page()
    journeys.add_to_cart(second, shop.url)  # now two packs
    journeys.fill_checkout(second, shop.url, email=books.email)
    journeys.go_to_payment(second)
    assert second.url != page.url

    journeys.pay(page)
    expect(page.get_by_role("heading", name="This payment page has expired")).to_be_visible()
    look_at(page, "two-tabs-expired", axe, screenshot)
    assert books.payments() == []

    journeys.pay(second)
    expect_paid(second, books)
    assert books.orders() == ["expired", "paid"]
    assert books.sessions() == ["expired", "complete"]


def test_without_javascript_on_a_phone(shop, new_page, books, screenshot):
    page = new_page(PHONE, java_script_enabled=False)
    for step, go in enumerate(
        (
            lambda: journeys.add_to_cart(page, shop.url),
            lambda: journeys.fill_checkout(page, shop.url, email=books.email),
            lambda: journeys.go_to_payment(page),
            lambda: journeys.pay(page, journeys.DECLINED_CARD),
            lambda: journeys.pay(page, journeys.AUTHENTICATED_CARD),
            lambda: journeys.authenticate(page),
        ),
        start=1,
    ):
        go()
        screenshot(page, f"no-script-{step}")
    expect_paid(page, books)
    screenshot(page, "no-script-paid")
    assert books.payments() == [TOTAL_CENTS]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on `selector`; it has to be visible there."""
    page.wait_for_load_state()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            box = page.evaluate(
                "() => { const box = document.activeElement.getBoundingClientRect();"
                " return [box.top, box.bottom, innerHeight] }"
            )
            assert box[1] > 0, f"{selector} has the focus above the window"
            assert box[0] < box[2], f"{selector} has the focus below the window"
            return
    raise AssertionError(f"Tab never came to {selector}")


def test_with_the_keyboard_alone(shop, page, books, screenshot):
    keys = page.keyboard
    page.goto(f"{shop.url}/order/")
    tab_to(page, "input[name=sku]")
    keys.press("Space")
    tab_to(page, "main form button:not([name=action][value=country])")
    screenshot(page, "keyboard-1-order")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"/cart/"))
    tab_to(page, "main a[href='/checkout/'], main form[action='/checkout/'] button")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"/checkout/"))
    for name, value in (journeys.BUYER | {"email": books.email}).items():
        tab_to(page, f"[name={name}]")
        keys.type("Illinois" if name == "region" else value)
    tab_to(page, "[name=terms]")
    keys.press("Space")
    screenshot(page, "keyboard-2-checkout")
    expect(page.get_by_role("button", name="Pay $31.49 on Stripe")).to_be_visible()
    tab_to(page, "button[value=order]:not([tabindex='-1'])")
    keys.press("Enter")
    expect(page.locator("[name=number]")).to_be_visible()
    for name, value in (
        ("number", journeys.GOOD_CARD),
        ("expiry", "12 / 34"),
        ("cvc", "123"),
        ("name", "Jane Doe"),
    ):
        tab_to(page, f"[name={name}]")
        keys.type(value)
    screenshot(page, "keyboard-3-payment")
    keys.press("Enter")
    expect_paid(page, books)
