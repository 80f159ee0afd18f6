"""A bank disputes a payment, then suspects it: what staff see, what the customer sees, and the way out."""

import re

from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.test_every_page import look_at

EMAIL = "disputed@example.com"


def buy(customer: Page, shop) -> tuple[str, str]:
    """A customer buys one pack; the order's number and its payment at Stripe."""
    journeys.buy(customer, shop.url, email=EMAIL)
    expect(customer).to_have_url(re.compile(r"/order/[^/]{20,}/$"))
    sql = (
        "select o.number, p.reference from orders_order o"
        " join orders_payment p on p.order_id = o.id where o.email = ?"
    )
    return shop.rows(sql, EMAIL)[0]


def open_task(desk: Page, shop, task: str, number: str) -> None:
    """From the front page by its task to the order's record."""
    desk.goto(f"{shop.url}/admin/")
    desk.get_by_role("link", name=task).click()
    desk.get_by_role("link", name=number).first.click()


def mails(shop, words: str) -> int:
    """How many mails to staff have `words` in their subject."""
    sql = "select count(*) from post_office_email where subject like ? and `to` not like ?"
    return shop.rows(sql, f"%{words}%", f"%{EMAIL}%")[0][0]


def expect_frozen(desk: Page) -> None:
    """The record says until when to answer, and offers neither parcel nor refund."""
    expect(desk.get_by_text("This order is frozen.")).to_be_visible()
    expect(desk.get_by_text(re.compile(r"Answer by .* days left"))).to_be_visible()
    for name in ("Mark shipped", "Refund"):
        expect(desk.get_by_role("link", name=name, exact=True)).to_have_count(0)


def decide(desk: Page, axe, screenshot) -> None:
    """From the order's record: first without a reason, then pay back."""
    desk.get_by_role("link", name="Decide about the fraud warning").first.click()
    look_at(desk, "staff-fraud-warning", axe, screenshot)
    desk.get_by_role("button", name="Trust it, let it ship").click()
    expect(desk.get_by_text("Say what you found.").first).to_be_visible()
    look_at(desk, "staff-fraud-warning-errors", axe, screenshot)
    desk.get_by_label("What you found").fill("Nobody answers the phone")
    desk.get_by_role("button", name=re.compile(r"^Pay back \$.* and cancel the order$")).click()
    expect(desk.get_by_text("The money goes back.")).to_be_visible()


def test_staff_follow_a_dispute_and_decide_about_a_warning(shop, new_page, axe, screenshot):
    customer, desk = new_page(), new_page()
    number, payment = buy(customer, shop)
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)

    dispute = shop.sandbox.dispute(payment, reason="product_not_received")["id"]
    shop.sandbox.wait_for_deliveries()
    assert mails(shop, f"Dispute: order {number}, answer by") == 1
    open_task(desk, shop, "Disputes to answer", number)
    expect_frozen(desk)
    look_at(desk, "staff-disputed", axe, screenshot)
    customer.reload()
    expect(customer.get_by_text("We are looking at this order:")).to_be_visible()
    look_at(customer, "order-on-hold", axe, screenshot)

    shop.sandbox.decide_dispute(dispute, "win")
    shop.sandbox.wait_for_deliveries()
    assert mails(shop, f"Dispute won: order {number}") == 1
    desk.reload()
    expect(desk.get_by_text("This order is frozen.")).to_have_count(0)
    expect(desk.get_by_role("link", name="Mark shipped")).to_be_visible()

    shop.sandbox.warn_of_fraud(payment)
    shop.sandbox.wait_for_deliveries()
    assert mails(shop, f"Fraud warning: order {number} waits") == 1
    open_task(desk, shop, "Fraud warnings", number)
    decide(desk, axe, screenshot)
    customer.reload()
    expect(customer.get_by_text("Canceled").first).to_be_visible()
    sql = "select status, is_frozen, needs_review from orders_order where number = ?"
    assert shop.rows(sql, number) == [("cancelled", 0, 0)]
