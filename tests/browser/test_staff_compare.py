"""What differs between Stripe and our orders, seen and settled by staff in a browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.test_every_page import look_at
from tests.histories.misfits import change_total


def pay_and_vanish(buyer: Page, shop, email: str, *, more: bool = False) -> tuple[str, str]:
    """Pay, and never come back to the shop, which is not told; with `more`, a dollar more than is
    due. The order's number and its page at Stripe.
    """
    journeys.add_to_cart(buyer, shop.url)
    journeys.fill_checkout(buyer, shop.url, email=email)
    journeys.go_to_payment(buyer)
    session_id = re.search(r"cs_test_\w+", buyer.url)[0]
    if more:
        assert change_total(shop.sandbox, session_id, shipping_cents=699).status == 200
    assert shop.sandbox.pay(buyer.url).location
    number = shop.rows("select number from orders_order where email = ?", email)[0][0]
    return number, session_id


def order_of(shop, number: str) -> tuple[str, int]:
    """Its status, and whether it needs review."""
    return shop.rows("select status, needs_review from orders_order where number = ?", number)[0]


def compare(desk: Page) -> None:
    desk.get_by_role("link", name="Orders", exact=True).first.click()
    desk.get_by_role("link", name="Stripe beside our orders").click()


def test_staff_settle_each_difference_with_its_button(shop, new_page, axe, screenshot):
    desk = new_page()
    shop.sandbox.queue(lose_next=100)
    number, session_id = pay_and_vanish(new_page(), shop, "vanished@example.com")
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)

    compare(desk)
    expect(desk.get_by_text("Paid at Stripe, not recorded here (1)")).to_be_visible()
    look_at(desk, "staff-compare", axe, screenshot)
    assert order_of(shop, number) == ("pending", 0)
    desk.get_by_role("button", name=f"Record it: order {number}").click()
    expect(desk.get_by_text(f"Order {number} is as Stripe has it: Paid")).to_be_visible()
    assert order_of(shop, number) == ("paid", 0)

    refund = shop.sandbox.refund_from_dashboard(session_id, amount=500)
    compare(desk)
    desk.get_by_role("button", name=f"Take it over: order {number}, {refund['id']}").click()
    expect(desk.get_by_text("The refund is as Stripe has it: Settled.")).to_be_visible()
    assert order_of(shop, number) == ("paid", 1)
    shop.sandbox.queue(lose_next=0)


def test_staff_take_another_amount_as_paid(shop, new_page, axe, screenshot):
    buyer, desk = new_page(), new_page()
    shop.sandbox.queue(lose_next=100)
    number, _ = pay_and_vanish(buyer, shop, "a-dollar-more@example.com", more=True)
    shop.sandbox.queue(lose_next=0)
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    compare(desk)
    desk.get_by_role("button", name=f"Record it: order {number}").click()
    assert order_of(shop, number) == ("pending", 1)

    desk.get_by_role("link", name="Orders", exact=True).first.click()
    desk.get_by_role("link", name=number).first.click()
    expect(desk.get_by_text(re.compile(r"Needs review: \$32\.49 were paid"))).to_be_visible()
    look_at(desk, "staff-needs-review", axe, screenshot)
    desk.get_by_role("link", name="Take as paid").click()
    look_at(desk, "staff-accept", axe, screenshot)
    desk.get_by_role("button", name="Take this order as paid").click()
    expect(desk.get_by_text("Say why.").first).to_be_visible()
    desk.get_by_label("Reason").fill("She wants no dollar back")
    desk.get_by_role("button", name="Take this order as paid").click()
    expect(desk.get_by_text("The order counts as paid.")).to_be_visible()
    assert order_of(shop, number) == ("paid", 0)
