"""Refunds by staff: all, some packs, or an amount; shown to the cent before, sent once."""

import re

import pytest
from django.utils import timezone

from orders import fulfillment
from orders.admin.action_page import ALREADY_SENT
from orders.models import Refund
from tests.factories import make_paid_order, make_variant
from tests.orders.admin_steps import SEE, act, address, log_in, token_on, words_of
from tests.orders.stripe_steps import make_settled_order

pytestmark = pytest.mark.django_db

MAY = (SEE, "orders.refund_order")


def check(client, order, **typed):
    """Fill in the form and press "Check the amount"."""
    return act(client, order, "refund", **{"reason": "Returned unopened", **typed})


def confirm(client, order, page):
    """Press the button of the page that shows the amount."""
    fields = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()
    )
    return client.post(address(order, "refund"), dict(fields), follow=True)


def ship_all(order):
    fulfillment.ship(
        order_id=order.pk,
        carrier="usps",
        tracking_number="94001118",
        quantities={line.pk: line.quantity for line in order.lines.all()},
        actor=None,
        now=timezone.now(),
    )


def test_the_amount_is_shown_before_anything_is_sent(sandbox):
    order = make_settled_order(sandbox)
    client, user = log_in(*MAY)
    page = check(client, order, what="all")
    assert "Refund $65.99" in words_of(page)
    assert Refund.objects.count() == 0
    done = confirm(client, order, page)
    refund = order.refunds.get()
    assert (refund.amount_cents, refund.actor) == (6599, user)
    assert refund.reason == "Returned unopened"
    assert "Refund of $65.99: settled." in words_of(done)


@pytest.mark.parametrize("cents", [0, 599])
def test_shipping_that_was_free_is_not_offered(cents):
    order = make_paid_order(shipping_cents=cents)
    client, _ = log_in(*MAY)
    page = client.get(address(order, "refund")).content.decode()
    assert ('name="shipping"' in page) == bool(cents)
    line_field = f"unshipped_{order.lines.get().pk}"
    assert "Refund $" in words_of(check(client, order, what="packs", **{line_field: "1"}))


def test_some_packs_and_shipping_are_paid_back_to_the_cent(sandbox):
    variant = make_variant(price_cents=6000)
    order = make_settled_order(sandbox, packs={variant: 3}, tax_cents=100)
    ship_all(order)
    line = order.lines.get()
    client, _ = log_in(*MAY)
    typed = {f"returned_{line.pk}": "1", f"restock_{line.pk}": "on", "shipping": "on"}
    page = check(client, order, what="packs", **typed)
    # One of three packs for $180.00 and $1.00 tax is $60.33; shipping is $5.99.
    assert "Refund $66.32" in words_of(page)
    assert "sent before; came back, goes on the shelf again" in words_of(page)
    confirm(client, order, page)
    refund = order.refunds.get()
    assert refund.amount_cents == 6632
    item = refund.lines.get()
    assert (item.quantity, item.restock) == (1, True)
    variant.refresh_from_db()
    assert variant.stock_on_hand == 98


def test_packs_that_are_not_put_back_stay_off_the_shelf(sandbox):
    variant = make_variant()
    order = make_settled_order(sandbox, packs={variant: 1})
    ship_all(order)
    client, _ = log_in(*MAY)
    page = check(client, order, what="packs", **{f"returned_{order.lines.get().pk}": "1"})
    confirm(client, order, page)
    variant.refresh_from_db()
    assert variant.stock_on_hand == 99


def test_an_amount_names_no_packs(sandbox):
    order = make_settled_order(sandbox)
    client, _ = log_in(*MAY)
    confirm(client, order, check(client, order, what="amount", amount="5.50"))
    refund = order.refunds.get()
    assert refund.amount_cents == 550
    assert refund.lines.count() == 0


def test_what_was_paid_back_is_not_offered_again(sandbox):
    order = make_settled_order(sandbox)
    client, _ = log_in(*MAY)
    confirm(client, order, check(client, order, what="amount", amount="60"))
    page = check(client, order, what="amount", amount="6")
    assert "Only $5.99 can still be paid back." in str(page.context["form"].errors["amount"])
    confirm(client, order, check(client, order, what="all"))
    assert sum(refund.amount_cents for refund in order.refunds.all()) == 6599
    assert "Nothing is left to pay back" in words_of(client.get(address(order, "refund")))


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({}, "what", "Choose what to pay back."),
        ({"what": "everything"}, "what", "valid choice"),
        ({"what": "all", "reason": " "}, "reason", "Say why."),
        ({"what": "amount"}, "amount", "Enter the amount."),
        ({"what": "amount", "amount": "0"}, "amount", "more than zero"),
        ({"what": "amount", "amount": "-5"}, "amount", "greater than or equal to 0"),
        ({"what": "amount", "amount": "1.005"}, "amount", "2 decimal"),
        ({"what": "amount", "amount": "NaN"}, "amount", "Enter a number."),
        ({"what": "amount", "amount": "65.99.1"}, "amount", "Enter a number."),
        ({"what": "amount", "amount": "66"}, "amount", "Only $65.99 can still be paid back."),
        ({"what": "packs"}, "what", "Choose packs or shipping."),
        ({"what": "packs", "count": "2"}, "quantity", "At most 1."),
        ({"what": "packs", "count": "-1"}, "quantity", "Enter 0 or more."),
    ],
)
def test_a_wrong_refund_gets_its_message_and_sends_nothing(typed, field, message):
    order = make_paid_order(packs={make_variant(price_cents=6000): 1})
    name = f"unshipped_{order.lines.get().pk}"
    typed = {name if key == "count" else key: value for key, value in typed.items()}
    client, _ = log_in(*MAY)
    page = check(client, order, **typed)
    assert page.status_code == 200
    errors = page.context["form"].errors
    assert message in str(errors[name if field == "quantity" else field])
    assert not page.context.get("is_confirming")
    assert Refund.objects.count() == 0


def test_pressing_refund_twice_pays_back_once(sandbox):
    order = make_settled_order(sandbox)
    client, _ = log_in(*MAY)
    page = check(client, order, what="amount", amount="5")
    confirm(client, order, page)
    again = confirm(client, order, page)
    assert ALREADY_SENT in words_of(again)
    assert order.refunds.count() == 1


def test_another_amount_than_the_one_shown_is_shown_first(sandbox):
    order = make_settled_order(sandbox)
    client, _ = log_in(*MAY)
    page = act(
        client, order, "refund", what="amount", amount="5", reason="Late", confirmed_cents="400"
    )
    assert page.context["is_confirming"]
    assert order.refunds.count() == 0


def test_one_can_go_back_from_the_amount_and_change_it():
    order = make_paid_order()
    client, _ = log_in(*MAY)
    token = token_on(client.get(address(order, "refund")))
    data = {"form_token": token, "what": "amount", "amount": "5", "reason": "Late", "change": "1"}
    page = client.post(address(order, "refund"), {**data, "confirmed_cents": "500"})
    assert not page.context.get("is_confirming")
    assert page.context["form"]["amount"].value() == "5"
    assert Refund.objects.count() == 0


def test_stripe_out_of_reach_leaves_a_refund_in_doubt_and_says_not_to_repeat_it(no_stripe):
    order = make_paid_order()
    client, _ = log_in(*MAY)
    done = confirm(client, order, check(client, order, what="amount", amount="5"))
    assert order.refunds.get().status == Refund.Status.IN_DOUBT
    assert "do not repeat it" in words_of(done)
    assert '<li class="warning">' in done.content.decode()


def test_a_refund_that_stripe_refuses_is_said(sandbox):
    order = make_settled_order(sandbox)
    sandbox.refund_from_dashboard(order.payments.get().reference)
    client, _ = log_in(*MAY)
    done = confirm(client, order, check(client, order, what="amount", amount="5"))
    assert order.refunds.get().status == Refund.Status.FAILED
    assert "The refund of $5.00 failed" in words_of(done)
    assert '<li class="error">' in done.content.decode()


def test_a_refund_about_which_stripe_says_nothing_is_said_to_be_in_doubt_and_why(sandbox):
    order = make_paid_order()  # its payment is unknown to the sandbox
    client, _ = log_in(*MAY)
    done = confirm(client, order, check(client, order, what="amount", amount="5"))
    assert order.refunds.get().status == Refund.Status.IN_DOUBT
    assert "Stripe refused to say whether $5.00 went back: No such payment_intent" in words_of(done)
    assert "do not repeat it" in words_of(done)


def test_the_way_to_canceling_stands_there_only_while_nothing_has_left():
    order = make_paid_order(packs={make_variant(): 2})
    client, _ = log_in(*MAY)
    assert address(order, "cancel") in client.get(address(order, "refund")).content.decode()
    fulfillment.ship(
        order_id=order.pk,
        carrier="usps",
        tracking_number="94001118",
        quantities={order.lines.get().pk: 1},
        actor=None,
        now=timezone.now(),
    )
    assert address(order, "cancel") not in client.get(address(order, "refund")).content.decode()


def test_an_unpaid_order_has_nothing_to_pay_back():
    from tests.factories import make_order

    order = make_order()
    client, _ = log_in(*MAY)
    assert "Nothing is left to pay back" in words_of(client.get(address(order, "refund")))
