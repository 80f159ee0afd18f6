"""Which packs are paid back: those that have not left, or those that have. Never the wrong ones."""

import pytest
from django.utils import timezone

from orders import fulfillment, refunds
from orders.models import Order, Refund
from orders.refunds import RefundItem, RefundRefused, refundable_packs
from tests.factories import make_paid_order, make_variant
from tests.orders.admin_steps import SEE, act, address, log_in, words_of
from tests.orders.stripe_steps import make_settled_order
from tests.orders.test_admin_refund import check, confirm

pytestmark = pytest.mark.django_db


def make_partly_shipped(make, *args, packs=3, shipped=1):
    """An order of which some packs have left; the order."""
    order = make(*args, packs={make_variant(price_cents=6_000): packs})
    fulfillment.ship(
        order_id=order.pk,
        carrier="usps",
        tracking_number="94001118",
        quantities={order.lines.get().pk: shipped},
        actor=None,
        now=timezone.now(),
    )
    return order


def pay_back(order, quantity, unshipped, restock=False):
    item = RefundItem(order.lines.get().pk, quantity, restock=restock, unshipped=unshipped)
    return refunds.refund(
        order_id=order.pk,
        amount_cents=100 * quantity,
        items=[item],
        reason="Asked",
        actor=None,
        now=timezone.now(),
    )


def shelf(order):
    """On hand, reserved, withdrawn, still to ship."""
    line = order.lines.get()
    variant = line.variant
    return (
        variant.stock_on_hand,
        variant.stock_reserved,
        line.quantity_withdrawn,
        line.quantity_open,
    )


def test_a_pack_that_came_back_leaves_what_is_to_ship_alone(sandbox):
    order = make_partly_shipped(make_settled_order, sandbox)
    assert shelf(order) == (99, 2, 0, 2)
    pay_back(order, 1, unshipped=0, restock=True)
    assert shelf(order) == (100, 2, 0, 2)


def test_a_pack_that_has_not_left_is_taken_off(sandbox):
    order = make_partly_shipped(make_settled_order, sandbox)
    pay_back(order, 1, unshipped=1)
    assert shelf(order) == (99, 1, 1, 1)


def test_both_at_once(sandbox):
    order = make_partly_shipped(make_settled_order, sandbox)
    pay_back(order, 2, unshipped=1, restock=True)
    assert shelf(order) == (100, 1, 1, 1)


def test_unsaid_the_packs_that_are_still_to_ship_go_first(sandbox):
    order = make_partly_shipped(make_settled_order, sandbox)
    pay_back(order, 3, unshipped=None, restock=True)
    assert shelf(order) == (100, 0, 2, 0)
    assert Order.objects.get().status == Order.Status.SHIPPED


def test_a_pack_that_came_back_holds_up_no_parcel(no_stripe):
    order = make_partly_shipped(make_paid_order)
    assert pay_back(order, 2, unshipped=1).status == Refund.Status.IN_DOUBT
    assert refunds.packs_on_their_way_back(order) == {order.lines.get().pk: 1}
    client, _ = log_in(SEE, "orders.ship_order")
    form = client.get(address(order, "ship")).context["form"]
    assert form.left == {order.lines.get().pk: 1}


@pytest.mark.parametrize(
    ("quantity", "unshipped", "message"),
    [
        (3, 3, "Only 2 of .* are still to ship"),
        (2, 0, "Only 1 of .* have been sent and not paid back"),
        (1, 2, "are still to ship"),
        (1, -1, "are still to ship"),
    ],
)
def test_more_than_there_is_of_a_kind_is_refused(no_stripe, quantity, unshipped, message):
    order = make_partly_shipped(make_paid_order)
    with pytest.raises(RefundRefused, match=message):
        pay_back(order, quantity, unshipped)
    assert not Refund.objects.exists()


def test_no_pack_is_paid_back_twice(no_stripe):
    order = make_partly_shipped(make_paid_order)
    pay_back(order, 1, unshipped=0)
    with pytest.raises(RefundRefused, match="Only 0 of"):
        pay_back(order, 1, unshipped=0)
    pay_back(order, 2, unshipped=2)
    with pytest.raises(RefundRefused, match="Only 0 of"):
        pay_back(order, 1, unshipped=1)


@pytest.mark.parametrize(
    ("shipped", "withdrawn", "refunded", "under_way", "packs"),
    [
        (0, 0, 0, 0, (3, 0)),
        (1, 0, 0, 0, (2, 1)),
        (3, 0, 0, 0, (0, 3)),
        (1, 1, 1, 0, (1, 1)),  # one was taken off
        (1, 0, 1, 0, (2, 0)),  # one came back
        (1, 0, 1, 1, (1, 1)),  # one is being taken off
        (1, 2, 3, 0, (0, 0)),
    ],
)
def test_what_can_be_paid_back_of_three_packs(shipped, withdrawn, refunded, under_way, packs):
    line = make_paid_order(packs={make_variant(): 3}).lines.get()
    line.quantity_shipped, line.quantity_withdrawn = shipped, withdrawn
    assert refundable_packs(line, refunded=refunded, under_way=under_way) == packs


# The form


def test_staff_say_which_packs_and_see_it_before_it_is_sent(sandbox):
    order = make_partly_shipped(make_settled_order, sandbox)
    key = order.lines.get().pk
    client, _ = log_in(SEE, "orders.refund_order")
    typed = {f"unshipped_{key}": "1", f"returned_{key}": "1"}
    page = check(client, order, what="packs", **typed)
    words = words_of(page)
    assert "1 × B12 Patch, 12 patches: taken off what is still to ship" in words
    assert "1 × B12 Patch, 12 patches: sent before; not put on the shelf" in words
    assert "Refund $120.00" in words
    confirm(client, order, page)
    assert shelf(order) == (99, 1, 1, 1)
    assert "(1 not shipped)" in words_of(client.get(address(order, "change")))


def test_all_that_is_left_names_both_kinds(sandbox):
    order = make_partly_shipped(make_settled_order, sandbox)
    client, _ = log_in(SEE, "orders.refund_order")
    words = words_of(check(client, order, what="all"))
    assert "2 × B12 Patch, 12 patches: taken off what is still to ship" in words
    assert "1 × B12 Patch, 12 patches: sent before" in words


def test_packs_of_a_canceled_order_were_never_sent():
    order = make_paid_order()
    Order.objects.update(status=Order.Status.CANCELLED)
    client, _ = log_in(SEE, "orders.refund_order")
    assert "12 patches: never sent" in words_of(check(client, order, what="all"))


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("unshipped", "3", "At most 2."),
        ("returned", "2", "At most 1."),
        ("returned", "-1", "Enter 0 or more."),
        ("unshipped", "one", "Enter a whole number."),
    ],
)
def test_a_number_out_of_bounds_gets_its_message(field, typed, message):
    order = make_partly_shipped(make_paid_order)
    name = f"{field}_{order.lines.get().pk}"
    client, _ = log_in(SEE, "orders.refund_order")
    page = act(client, order, "refund", what="packs", reason="Returned", **{name: typed})
    assert message in str(page.context["form"].errors[name])
    assert not Refund.objects.exists()


def test_only_the_kinds_there_are_have_a_field():
    order = make_partly_shipped(make_paid_order, packs=1)
    key = order.lines.get().pk
    client, _ = log_in(SEE, "orders.refund_order")
    fields = client.get(address(order, "refund")).context["form"].fields
    assert f"unshipped_{key}" not in fields
    assert {f"returned_{key}", f"restock_{key}"} <= set(fields)
