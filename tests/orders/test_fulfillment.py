"""Parcels that leave, and cancellations with the money back."""

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import closing, fulfillment, payments, refunds, review
from orders.fulfillment import NothingToShip
from orders.gateways import gateway
from orders.models import Cart, DiscountCode, DiscountUse, Order, Refund, TransitionNotAllowed
from products.models import Reservation, StockMovement
from tests.factories import make_order, make_paid_order, make_staff, make_variant
from tests.orders.stripe_steps import (
    event_types,
    make_settled_order,
    open_page,
    pay_page,
    session_of,
)

pytestmark = pytest.mark.django_db


def ship(order, quantities, **more):
    arguments = {"carrier": "usps", "tracking_number": " 94001 ", "actor": None} | more
    return fulfillment.ship(
        order_id=order.pk, quantities=quantities, now=timezone.now(), **arguments
    )


def cancel(order, actor=None):
    return fulfillment.cancel(
        order_id=order.pk, reason="Asked by phone", actor=actor, now=timezone.now()
    )


def subjects():
    return [mail.subject for mail in Email.objects.order_by("pk")]


# --- shipping ------------------------------------------------------------------------------------


def test_an_order_is_shipped_with_its_last_parcel():
    first, second = make_variant(on_hand=10), make_variant(on_hand=10)
    order = make_paid_order(packs={first: 3, second: 1})
    line, other = order.lines.order_by("pk")
    staff = make_staff()

    parcel = ship(order, {line.pk: 2, other.pk: 0}, actor=staff)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert (parcel.tracking_number, parcel.actor) == ("94001", staff)
    assert [(row.line, row.quantity) for row in parcel.lines.all()] == [(line, 2)]

    ship(order, {line.pk: 1, other.pk: 1}, carrier="ups")
    order.refresh_from_db()
    assert order.status == Order.Status.SHIPPED
    assert event_types(order) == ["shipped", "shipped"]
    assert len(subjects()) == 2
    for variant, left in ((first, 7), (second, 9)):
        variant.refresh_from_db()
        assert (variant.stock_on_hand, variant.stock_reserved) == (left, 0)
    sold = StockMovement.objects.filter(kind="sold", reference=order.number)
    assert sorted(sold.values_list("quantity", flat=True)) == [-2, -1, -1]
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("count", [0, 4, -1])
def test_a_parcel_holds_between_one_pack_and_all_that_are_left(count):
    order = make_paid_order(packs={make_variant(on_hand=10): 3})
    with pytest.raises(NothingToShip):
        ship(order, {order.lines.get().pk: count})
    assert not order.shipments.exists()
    assert Email.objects.count() == 0


def test_a_parcel_holds_only_packs_of_its_order():
    order, other = make_paid_order(), make_paid_order()
    with pytest.raises(NothingToShip, match="Choose packs of this order"):
        ship(order, {other.lines.get().pk: 1})


def test_what_has_left_does_not_leave_again():
    variant = make_variant(on_hand=10)
    order = make_paid_order(packs={variant: 2})
    line = order.lines.get()
    ship(order, {line.pk: 1})
    with pytest.raises(NothingToShip, match="Only 1 of"):
        ship(order, {line.pk: 2})
    ship(order, {line.pk: 1})
    with pytest.raises(TransitionNotAllowed, match="shipped"):
        ship(order, {line.pk: 1})
    variant.refresh_from_db()
    assert variant.stock_on_hand == 8


def test_an_order_in_review_is_not_shipped_until_it_is_settled():
    order = make_paid_order()
    review.ask(order, "Look at it.")
    with pytest.raises(TransitionNotAllowed, match="needs review"):
        ship(order, {order.lines.get().pk: 1})
    review.settle(order_id=order.pk, reason="All fine", actor=None)
    ship(order, {order.lines.get().pk: 1})


def test_an_unpaid_order_is_not_shipped():
    order = make_order()
    with pytest.raises(TransitionNotAllowed, match="waiting for payment"):
        ship(order, {order.lines.get().pk: 1})
    assert not StockMovement.objects.filter(kind="sold").exists()


# --- cancelling an unpaid order ------------------------------------------------------------------


def test_cancelling_an_unpaid_order_closes_its_page_and_gives_everything_back(sandbox):
    variant = make_variant(on_hand=5)
    code = DiscountCode.objects.create(code="ONE", amount_cents=700, max_uses=1, uses=1)
    order = make_order(packs={variant: 2}, discount_cents=700, discount_code="ONE")
    DiscountUse.objects.create(code=code, order=order, email=order.email)
    cart = Cart.objects.create(order=order)
    url = open_page(order)
    staff = make_staff()

    order = cancel(order, staff)

    assert order.status == Order.Status.CANCELLED
    assert gateway().fetch_checkout(session_of(order)).status == "expired"
    assert "http://shop.test" not in sandbox.pay(url).location
    for row in (variant, code, cart):
        row.refresh_from_db()
    assert (variant.stock_reserved, code.uses, cart.order) == (0, 0, None)
    event = order.events.get(type="cancelled")
    assert (event.actor, event.data["reason"]) == (staff, "Asked by phone")
    assert not Refund.objects.exists()
    assert len(subjects()) == 1


def test_cancelling_before_any_page_was_made_needs_no_stripe(no_stripe):
    order = cancel(make_order())
    assert order.status == Order.Status.CANCELLED
    assert not Reservation.objects.exists()


def test_an_unpaid_order_whose_page_cannot_be_closed_is_not_cancelled(sandbox, settings):
    """It could still be paid there."""
    order = make_order()
    open_page(order)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()
    with pytest.raises(payments.GatewayUnavailable):
        cancel(order)
    order.refresh_from_db()
    assert order.is_pending
    assert Reservation.objects.exists()


def test_an_order_paid_a_moment_before_it_is_cancelled_gets_its_money_back(sandbox):
    order = make_order()
    pay_page(sandbox, order)

    order = cancel(order)

    assert order.status == Order.Status.CANCELLED
    made = order.refunds.get()
    assert (made.amount_cents, made.status) == (order.total_cents, Refund.Status.SETTLED)
    assert event_types(order)[1:4] == ["payment_received", "paid", "cancelled"]


def test_an_order_that_a_webhook_expires_meanwhile_is_cancelled_all_the_same(sandbox, monkeypatch):
    """Stripe sends the webhook the moment we close the page: it may well be first."""
    order = make_order()
    open_page(order)
    ours = gateway()
    close_at_stripe = ours.expire_checkout

    def webhook_is_quicker(session_id):
        state = close_at_stripe(session_id)
        payments.record_payment(session_id=session_id, now=timezone.now())
        return state

    monkeypatch.setattr(ours, "expire_checkout", webhook_is_quicker)
    assert cancel(order).status == Order.Status.CANCELLED
    assert not Reservation.objects.exists()


def test_an_expired_order_is_not_cancelled(no_stripe):
    order = make_order()
    closing.expire(order, now=timezone.now())
    with pytest.raises(TransitionNotAllowed, match="expired"):
        cancel(order)
    assert Email.objects.count() == 0


# --- cancelling a paid order ---------------------------------------------------------------------


def test_cancelling_a_paid_order_pays_all_of_it_back(sandbox):
    variant = make_variant(on_hand=5)
    order = make_settled_order(sandbox, packs={variant: 2})
    refunds.refund(
        order_id=order.pk, amount_cents=500, reason="Late", actor=None, now=timezone.now()
    )

    order = cancel(order)

    assert order.status == Order.Status.CANCELLED
    assert [row.amount_cents for row in order.refunds.order_by("pk")] == [
        500,
        order.total_cents - 500,
    ]
    assert refunds.refundable_cents(order) == 0
    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (5, 0)
    assert not StockMovement.objects.filter(kind="returned").exists()


def test_with_stripe_away_a_paid_order_is_cancelled_and_its_refund_waits(no_stripe):
    order = cancel(make_paid_order())
    assert order.status == Order.Status.CANCELLED
    assert order.refunds.get().status == Refund.Status.IN_DOUBT


def test_the_refund_is_on_record_in_the_same_breath_as_the_cancellation(no_stripe, monkeypatch):
    """Were we to die between the two, nobody would ever send the money back."""
    order = make_paid_order()

    class Killed(BaseException):
        pass

    def die(**arguments):
        raise Killed

    monkeypatch.setattr(refunds, "send", die)
    with pytest.raises(Killed):
        cancel(order)
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert order.refunds.get().status == Refund.Status.REQUESTED


def test_an_order_of_which_something_has_left_is_not_cancelled(no_stripe):
    order = make_paid_order(packs={make_variant(): 2})
    ship(order, {order.lines.get().pk: 1})
    with pytest.raises(TransitionNotAllowed, match="Part of it has been shipped"):
        cancel(order)
    assert not Refund.objects.exists()
    assert Reservation.objects.get().quantity == 1


@pytest.mark.parametrize("status", [Order.Status.SHIPPED, Order.Status.CANCELLED])
def test_an_order_that_is_over_is_not_cancelled(no_stripe, status):
    order = make_paid_order()
    Order.objects.update(status=status)
    with pytest.raises(TransitionNotAllowed):
        cancel(order)
    assert not Refund.objects.exists()
