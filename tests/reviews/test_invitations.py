"""Asking for reviews: everybody whose order has arrived, when it is time, and nobody twice."""

from datetime import timedelta

import pytest
from post_office.models import Email

from orders import deliveries
from orders.models import Dispute, Order, OrderEvent, Payment, Refund
from pages.models import ContactMessage
from reviews import invitations, links
from reviews.models import Invitation
from tests.factories import make_paid_order, make_product, make_shipping, make_variant
from tests.reviews.asking_steps import DAY, LEFT, make_shipped, ship
from tests.reviews.makers import NOW, make_content, make_invitation, make_review

pytestmark = pytest.mark.django_db

# The plan ----------------------------------------------------------------------------------------


def test_a_request_is_due_three_weeks_after_the_estimated_delivery(settings):
    make_shipping("standard", max_days=5)
    order = make_shipped()

    assert invitations.plan(LEFT + 7 * DAY - timedelta(seconds=1)) == 0
    assert invitations.plan(LEFT + 7 * DAY) == 1

    row = Invitation.objects.get()
    assert (settings.REVIEW_REQUEST_DAYS, settings.REVIEW_LINK_DAYS) == (21, 180)
    assert (row.order, row.order_line, row.product) == (
        order,
        order.lines.get(),
        order.lines.get().variant.product,
    )
    assert row.delivered_at == LEFT + 7 * DAY
    assert row.due_at == LEFT + 28 * DAY
    assert row.expires_at == LEFT + 208 * DAY
    assert (row.campaign, row.incentive_label, row.mailed_at) == (None, "", None)


def test_a_recorded_delivery_counts_before_the_estimate():
    order = make_shipped()
    parcel = order.shipments.get()
    deliveries.mark_delivered(parcel.pk, at=LEFT + 2 * DAY, actor=None, now=LEFT + 2 * DAY)

    invitations.plan(LEFT + 2 * DAY)

    assert Invitation.objects.get().due_at == LEFT + 23 * DAY


def test_a_delivery_recorded_after_the_plan_moves_what_was_not_mailed():
    order = make_shipped()
    invitations.plan(NOW)
    parcel = order.shipments.get()

    deliveries.mark_delivered(parcel.pk, at=LEFT + 30 * DAY, actor=None, now=NOW)

    row = Invitation.objects.get()
    assert (row.delivered_at, row.due_at) == (LEFT + 30 * DAY, LEFT + 51 * DAY)
    assert row.expires_at == LEFT + 231 * DAY


def test_a_delivery_recorded_after_the_mail_moves_nothing():
    order = make_shipped()
    invitations.plan(NOW)
    invitations.send_due(NOW)
    before = Invitation.objects.get().due_at

    deliveries.mark_delivered(order.shipments.get().pk, at=NOW, actor=None, now=NOW)

    assert Invitation.objects.get().due_at == before


def test_planning_again_plans_nothing_twice():
    make_shipped()

    assert [invitations.plan(NOW) for _ in range(2)] == [1, 0]
    assert Invitation.objects.count() == 1


def test_each_product_of_an_order_is_asked_about_once():
    patch, gel = make_product(), make_product()
    packs = {make_variant(product=patch): 1, make_variant(product=patch): 2}
    order = make_shipped({**packs, make_variant(product=gel): 1})

    assert invitations.plan(NOW) == 2

    first, _, third = order.lines.order_by("pk")
    rows = Invitation.objects.order_by("pk")
    assert [(row.product, row.order_line) for row in rows] == [(patch, first), (gel, third)]


def test_a_product_of_which_nothing_left_is_not_asked_about():
    order = make_shipped({make_variant(): 1, make_variant(): 1})
    first = order.lines.order_by("pk")[0]
    type(first).objects.filter(pk=first.pk).update(quantity_shipped=0, quantity_withdrawn=1)

    invitations.plan(NOW)

    assert Invitation.objects.get().order_line == order.lines.order_by("pk")[1]


def test_an_order_of_which_something_has_to_leave_waits_for_it():
    order = make_paid_order(packs={make_variant(): 2}, placed_at=LEFT - DAY)
    line = order.lines.get()
    ship(order, {line.pk: 1}, LEFT)
    assert invitations.plan(NOW) == 0

    ship(order, {line.pk: 1}, NOW - 20 * DAY)

    assert invitations.plan(NOW) == 1
    assert Invitation.objects.get().delivered_at > NOW - 20 * DAY


@pytest.mark.parametrize("is_demo", [False, True])
def test_orders_of_a_demo_are_asked_about_in_a_demo_only(settings, is_demo):
    make_shipped(is_demo=True)
    settings.DEMO = is_demo

    assert invitations.plan(NOW) == int(is_demo)


def test_many_orders_are_planned_with_few_queries(django_assert_max_num_queries):
    for _ in range(3):
        make_shipped()
    # Six for the batch, four and a savepoint each for the rows.
    with django_assert_max_num_queries(7 + 3 * 7):
        assert invitations.plan(NOW) == 3


# All buyers alike --------------------------------------------------------------------------------


def refunded():
    order = make_shipped(email="refunded@example.com")
    payment = Payment.objects.get(order=order)
    Refund.objects.create(
        order=order,
        payment=payment,
        amount_cents=order.total_cents,
        status=Refund.Status.SETTLED,
        idempotency_key="refund-1",
        requested_at=LEFT + DAY,
        reason="sent it back",
    )
    return order


def disputed():
    order = make_shipped(email="disputed@example.com")
    Order.objects.filter(pk=order.pk).update(is_frozen=True, needs_review=True)
    Dispute.objects.create(
        order=order,
        payment=Payment.objects.get(order=order),
        reference="dp_1",
        amount_cents=order.total_cents,
        currency="USD",
        status="needs_response",
        reason="product_not_received",
        opened_at=LEFT + DAY,
    )
    return order


def complaining():
    order = make_shipped(email="angry@example.com")
    ContactMessage.objects.create(
        name="Jo",
        email="angry@example.com",
        topic="reaction",
        order_number=order.number,
        message="My skin is red and I want my money back.",
        received_at=LEFT + 10 * DAY,
    )
    return order


def canceled_before_it_left():
    order = make_paid_order(placed_at=LEFT, email="canceled@example.com")
    order.mark_cancelled()
    return order


KINDS = {
    "plain": lambda: make_shipped(email="plain@example.com"),
    "ten packs": lambda: make_shipped(10, email="ten@example.com"),
    "all of it free": lambda: make_shipped(
        email="free@example.com", discount_cents=6000, discount_code="FREE"
    ),
    "refunded": refunded,
    "disputed": disputed,
    "complaining": complaining,
}


def test_buyers_of_all_kinds_are_asked_alike_at_the_same_time():
    orders = {kind: make().pk for kind, make in KINDS.items()}
    canceled_before_it_left()
    make_paid_order(placed_at=LEFT, email="unshipped@example.com")

    assert invitations.plan(NOW) == len(KINDS)
    assert invitations.send_due(NOW) == f"{len(KINDS)} asked, 0 reminded"

    rows = Invitation.objects.all()
    assert {row.order_id for row in rows} == set(orders.values())
    assert len({(row.delivered_at, row.due_at, row.expires_at, row.mailed_at) for row in rows}) == 1
    mails = Email.objects.filter(subject__contains="review")
    assert len(mails) == len(KINDS)
    texts = set()
    for row in rows:
        (mail,) = (one for one in mails if one.to == [row.order.email])
        for own in (row.order.number, links.invitation_path(row), links.stop_path(row)):
            mail.message = mail.message.replace(own, "…")
        texts.add(mail.message)
    assert len(texts) == 1


def test_somebody_who_gave_one_dot_is_asked_after_the_next_order():
    earlier = make_invitation()
    make_review(make_content(stars=1), invitation=earlier)
    make_shipped(email=earlier.order.email)

    assert invitations.plan(NOW) == 1
    assert invitations.send_due(NOW) == "1 asked, 0 reminded"


def test_no_event_of_an_order_but_its_delivery_and_its_email_touches_a_request():
    from shop.event_handlers import TABLE, date_review_requests, move_review_requests

    touching = {
        kind
        for kind, handlers in TABLE.items()
        if {date_review_requests, move_review_requests} & set(handlers)
    }
    assert touching == {OrderEvent.Type.DELIVERED, OrderEvent.Type.EMAIL_CHANGED}
