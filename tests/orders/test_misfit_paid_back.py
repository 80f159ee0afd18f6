"""Money that did not fit and goes back: the order ends with it, and its packs and cart are free again."""

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import payments, reconcile, review
from orders.models import Cart, Order, PaymentAttempt, Refund
from tests.factories import make_order, make_variant
from tests.orders.admin_steps import SEE, address, log_in, words_of
from tests.orders.dispute_steps import intent_of, told
from tests.orders.refund_steps import refund
from tests.orders.shopping import check_out, open_shop, put_in_cart
from tests.orders.stripe_steps import (
    event_types,
    expire_at_stripe,
    open_page,
    pay_page,
    session_of,
)
from tests.sandbox.server import GOOD_CARD

pytestmark = pytest.mark.django_db

REFUND_TAKES_TIME = "4000000000007726"


def underpaid(sandbox, order, card=GOOD_CARD):
    """`order` with a dollar less than it costs, paid at Stripe and recorded."""
    session_id = pay_page(sandbox, order, card)
    dearer = {"total_cents": order.total_cents + 100, "items_cents": order.items_cents + 100}
    Order.objects.filter(pk=order.pk).update(**dearer)
    order = payments.record_payment(session_id=session_id, now=timezone.now())
    assert (order.status, order.needs_review) == ("pending", True)
    return order


@pytest.fixture
def variant():
    return make_variant(on_hand=5)


def look(order, variant):
    """The order's state, and how many packs are reserved."""
    order.refresh_from_db()
    variant.refresh_from_db()
    return order.status, variant.stock_reserved


def test_an_order_whose_misfit_money_is_paid_back_ends(sandbox, variant):
    order = underpaid(sandbox, make_order(packs={variant: 2}))
    cart = Cart.objects.create(order=order)

    refund(order, 100)
    assert look(order, variant) == ("pending", 2)
    refund(order, order.left_cents())

    assert look(order, variant) == ("cancelled", 0)
    cart.refresh_from_db()
    assert cart.order is None
    assert event_types(order).count("cancelled") == 1
    assert Email.objects.filter(subject=f"Your order {order.number} is canceled").count() == 1
    review.settle(order_id=order.pk, reason="Paid back", actor=None)
    assert not Order.objects.in_review().exists()


def test_it_waits_until_the_money_has_really_gone_back(sandbox, variant):
    order = underpaid(sandbox, make_order(packs={variant: 2}), REFUND_TAKES_TIME)

    made = refund(order, order.left_cents())
    reconcile.check_open_sessions(now=order.expires_at + payments.SHORTEST_SESSION)
    assert (made.status, look(order, variant)) == ("sent", ("pending", 2))
    sandbox.decide_refund(made.reference, "succeed")
    reconcile.sweep_refunds(now=timezone.now())

    assert look(order, variant) == ("cancelled", 0)


def test_a_page_that_is_still_open_keeps_it_until_it_closes(sandbox, variant):
    order = make_order(packs={variant: 2})
    earlier = pay_page(sandbox, order)
    order.attempts.update(status="expired")
    open_page(order)
    Order.objects.update(total_cents=order.total_cents + 1, items_cents=order.items_cents + 1)
    order = payments.record_payment(session_id=earlier, now=timezone.now())

    refund(order, order.left_cents())
    assert look(order, variant) == ("pending", 2)
    expire_at_stripe(order)
    payments.record_payment(session_id=session_of(order), now=timezone.now())

    assert look(order, variant) == ("cancelled", 0)


def test_the_check_ends_those_of_earlier_days(sandbox, variant):
    order = underpaid(sandbox, make_order(packs={variant: 2}))
    refund(order, order.left_cents())
    # As it was left before orders ended with their money.
    order.lines.update(quantity_withdrawn=0)
    Order.objects.update(status="pending", needs_review=False)

    reconcile.check_open_sessions(now=order.expires_at)
    assert look(order, variant)[0] == "pending"
    reconcile.check_open_sessions(now=order.expires_at + payments.SHORTEST_SESSION)

    assert look(order, variant)[0] == "cancelled"


@pytest.mark.parametrize("is_ended", [True, False])
def test_the_cart_can_be_ordered_again_once_the_money_is_back(client, sandbox, is_ended):
    put_in_cart(client, open_shop())
    check_out(client, 6_000)
    order = Order.objects.get()
    sandbox.pay(PaymentAttempt.objects.get().url)
    Order.objects.update(total_cents=6_100, items_cents=order.items_cents + 100)
    payments.record_payment(session_id=session_of(order), now=timezone.now())

    kept = check_out(client, 6_000, name="Another Name")
    assert b"please do not pay again" in kept.content
    refund(order, 6_000)
    if not is_ended:  # as it was left before orders ended with their money
        Order.objects.update(status="pending")
        Cart.objects.update(order=order)
    again = check_out(client, 6_000, name="Another Name")

    assert again.status_code == 302
    assert Order.objects.unpaid().get().attempts.get().url == again["Location"]


def test_while_a_bank_has_the_money_the_order_waits_for_its_word(sandbox, variant):
    order = underpaid(sandbox, make_order(packs={variant: 2}))
    told(sandbox.dispute(intent_of(order))["id"])
    late = order.expires_at + payments.SHORTEST_SESSION
    reconcile.check_open_sessions(now=late)
    assert (order.left_cents(), look(order, variant)) == (0, ("pending", 2))

    dispute = order.disputes.get().reference
    sandbox.decide_dispute(dispute, "lose")
    told(dispute)
    reconcile.check_open_sessions(now=late)

    assert look(order, variant) == ("cancelled", 0)


# --- the review of such an order -----------------------------------------------------------------


def test_a_review_is_not_settled_over_money_of_an_unpaid_order(sandbox, variant):
    order = underpaid(sandbox, make_order(packs={variant: 2}))
    client, _ = log_in(SEE, "orders.review_order")
    words = "The order is not paid, but money for it is here. Take it as paid, refund it, or cancel"
    assert words in words_of(client.get(address(order, "review")))
    with pytest.raises(review.SettleRefused):
        review.settle(order_id=order.pk, reason="Fine", actor=None)
    order.refresh_from_db()
    assert order.needs_review

    payments.accept(order_id=order.pk, reason="Fine", actor=None, now=timezone.now())
    assert look(order, variant) == ("paid", 2)


def test_money_of_an_expired_order_that_cannot_go_back_may_be_settled_with_words(sandbox, variant):
    order = underpaid(sandbox, make_order(packs={variant: 2}))
    made = refund(order, 100)
    Order.objects.update(status="expired")
    with pytest.raises(review.SettleRefused):
        review.settle(order_id=order.pk, reason="By bank transfer", actor=None)

    Refund.objects.filter(pk=made.pk).update(status="failed")
    review.settle(order_id=order.pk, reason="By bank transfer", actor=None)

    order.refresh_from_db()
    assert not order.needs_review
