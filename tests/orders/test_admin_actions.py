"""What staff can do with an order: with permission, in the right state, once, and never with a 500."""

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import fulfillment, refunds, review
from orders.admin import packing
from orders.admin.action_page import ALREADY_SENT, NO_ANSWER
from orders.models import Order, OrderEvent, PaymentAttempt, Refund
from tests.factories import make_order, make_paid_order, make_variant
from tests.orders.admin_steps import SEE, act, address, log_in, token_on, words_of
from tests.orders.stripe_steps import event_types, make_settled_order, open_page

pytestmark = pytest.mark.django_db

TRACKING = "9400111899223197428490"
PERMISSIONS = {
    "ship": "orders.ship_order",
    "cancel": "orders.cancel_order",
    "refund": "orders.refund_order",
    "review": "orders.review_order",
    "resend": "orders.resend_mail",
}


def parcel(order: Order, *counts: int, **more: str) -> dict[str, str]:
    """What is typed into the form of a parcel."""
    lines = order.lines.order_by("pk")
    packs = {f"quantity_{line.pk}": str(count) for line, count in zip(lines, counts, strict=True)}
    return {"carrier": "usps", "tracking_number": TRACKING, **packs, **more}


@pytest.mark.parametrize("action", PERMISSIONS)
def test_an_action_needs_its_own_permission(action):
    order = make_paid_order()
    others = [name for key, name in PERMISSIONS.items() if key != action]
    client, _ = log_in(SEE, *others)
    url = address(order, action)
    assert client.get(url).status_code == 403
    assert client.post(url, {"reason": "x"}).status_code == 403
    allowed, _ = log_in(SEE, PERMISSIONS[action])
    assert allowed.get(url).status_code == 200
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


@pytest.mark.parametrize("action", [*PERMISSIONS, "note"])
def test_an_action_needs_the_permission_to_see_orders(action):
    client, _ = log_in(*PERMISSIONS.values())
    assert client.get(address(make_paid_order(), action)).status_code == 403


@pytest.mark.parametrize("action", [*PERMISSIONS, "note"])
def test_opening_a_form_changes_nothing(action, django_assert_num_queries):
    order = make_paid_order()
    review.ask(order, "Paid twice.")
    before = event_types(order)
    client, _ = log_in(SEE, *PERMISSIONS.values())
    client.get(address(order, action))
    assert event_types(order) == before
    assert Refund.objects.count() == 0


# Shipping


def test_a_parcel_is_recorded_with_its_number():
    order = make_paid_order(packs={make_variant(): 2})
    client, user = log_in(SEE, "orders.ship_order")
    page = act(client, order, "ship", **parcel(order, 2, tracking_number="9400 1118 9922 3197"))
    assert "Everything has been shipped." in words_of(page)
    order.refresh_from_db()
    shipment = order.shipments.get()
    assert order.status == Order.Status.SHIPPED
    assert (shipment.carrier, shipment.tracking_number) == ("usps", "9400111899223197")
    assert shipment.actor == user
    assert Email.objects.filter(to=order.email).count() == 1


def test_the_form_offers_what_is_open():
    order = make_paid_order(packs={make_variant(): 3})
    client, _ = log_in(SEE, "orders.ship_order")
    act(client, order, "ship", **parcel(order, 1))
    form = client.get(address(order, "ship")).context["form"]
    assert [(field.initial, field.field.max_value) for _, _, field in form.rows] == [(2, 2)]


def test_packs_that_are_being_paid_back_are_not_offered(no_stripe):
    order = make_paid_order(packs={make_variant(): 3})
    line = order.lines.get()
    refunds.refund(
        order_id=order.pk,
        amount_cents=6000,
        items=[refunds.RefundItem(line_id=line.pk, quantity=1)],
        reason="Asked",
        actor=None,
        now=timezone.now(),
    )
    client, _ = log_in(SEE, "orders.ship_order")
    page = client.get(address(order, "ship"))
    assert page.context["form"].left == {line.pk: 2}
    assert "a refund of others is under way" in words_of(page)
    (slip,) = client.get(packing.address([order.pk])).context["slips"]
    assert [count for _, count in slip.rows] == [2]
    assert refunds.packs_on_their_way_back(order) == {line.pk: 1}


def test_several_parcels_make_up_one_order():
    first, second = make_variant(), make_variant()
    order = make_paid_order(packs={first: 2, second: 1})
    client, _ = log_in(SEE, "orders.ship_order")
    page = act(client, order, "ship", **parcel(order, 1, 1))
    assert "Still to ship: 1 pack." in words_of(page)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    line = order.lines.get(variant=first)
    rest = {"carrier": "other", "tracking_number": "", f"quantity_{line.pk}": "1"}
    act(client, order, "ship", **rest)
    order.refresh_from_db()
    assert order.status == Order.Status.SHIPPED
    assert order.shipments.count() == 2
    first.refresh_from_db()
    assert (first.stock_on_hand, first.stock_reserved) == (98, 0)


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"tracking_number": ""}, "tracking_number", "Enter the tracking number"),
        ({"tracking_number": "<b>"}, "tracking_number", "letters and digits"),
        ({"tracking_number": "9" * 61}, "tracking_number", "at most 60"),
        ({"carrier": "pigeon"}, "carrier", "valid choice"),
        ({"carrier": ""}, "carrier", "required"),
        ({"count": "3"}, "quantity", "At most 2."),
        ({"count": "-1"}, "quantity", "Enter 0 or more."),
        ({"count": "two"}, "quantity", "Enter a whole number."),
        ({"count": ""}, "quantity", "Enter a number, 0 for none."),
        ({"count": "0"}, "quantity", "Put at least one pack into the parcel."),
        ({"count": "9" * 400}, "quantity", ""),
    ],
)
def test_a_wrong_parcel_gets_its_message_and_ships_nothing(typed, field, message):
    order = make_paid_order(packs={make_variant(): 2})
    client, _ = log_in(SEE, "orders.ship_order")
    typed = dict(typed)
    count = typed.pop("count", "2")
    response = act(client, order, "ship", **{**parcel(order, count), **typed})
    assert response.status_code == 200
    errors = response.context["form"].errors
    name = f"quantity_{order.lines.get().pk}" if field == "quantity" else field
    assert message in str(errors[name])
    assert order.shipments.count() == 0
    if typed.get("tracking_number"):
        assert response.context["form"]["tracking_number"].value() == typed["tracking_number"]


def test_pressing_twice_ships_once():
    order = make_paid_order(packs={make_variant(): 2})
    client, _ = log_in(SEE, "orders.ship_order")
    data = {"form_token": token_on(client.get(address(order, "ship"))), **parcel(order, 1)}
    client.post(address(order, "ship"), data)
    page = client.post(address(order, "ship"), data, follow=True)
    assert ALREADY_SENT in words_of(page)
    assert order.shipments.count() == 1


def test_a_form_without_its_mark_does_nothing():
    order = make_paid_order()
    client, _ = log_in(SEE, "orders.ship_order")
    for mark in ({}, {"form_token": ""}, {"form_token": "x" * 500}):
        client.post(address(order, "ship"), {**parcel(order, 1), **mark})
    assert order.shipments.count() == 0


def test_what_a_colleague_has_shipped_meanwhile_is_refused_with_words():
    order = make_paid_order(packs={make_variant(): 2})
    client, user = log_in(SEE, "orders.ship_order")
    opened = token_on(client.get(address(order, "ship")))
    fulfillment.ship(
        order_id=order.pk,
        carrier="ups",
        tracking_number="1Z",
        quantities={order.lines.get().pk: 1},
        actor=user,
        now=timezone.now(),
    )
    data = {"form_token": opened, **parcel(order, 2)}
    page = client.post(address(order, "ship"), data)
    assert "At most 1." in words_of(page)
    assert order.shipments.count() == 1


@pytest.mark.parametrize("state", ["pending", "cancelled", "expired", "review"])
def test_only_a_paid_and_settled_order_is_shipped(state):
    order = make_paid_order()
    if state == "review":
        review.ask(order, "Paid twice.")
    else:
        Order.objects.filter(pk=order.pk).update(status=state)
    client, _ = log_in(SEE, "orders.ship_order")
    assert "Not now" in words_of(client.get(address(order, "ship")))
    page = client.post(address(order, "ship"), {"form_token": "x", **parcel(order, 1)})
    assert "Not now" in words_of(page)
    assert order.shipments.count() == 0


# Cancelling


def test_an_unpaid_order_is_cancelled_and_its_stock_free_again():
    variant = make_variant(on_hand=5)
    order = make_order(packs={variant: 2})
    client, user = log_in(SEE, "orders.cancel_order")
    page = act(client, order, "cancel", reason="Asked by mail")
    assert "Nothing had been paid." in words_of(page)
    order.refresh_from_db()
    variant.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert variant.stock_reserved == 0
    event = order.events.get(type=OrderEvent.Type.CANCELLED)
    assert (event.actor, event.data["reason"]) == (user, "Asked by mail")


def test_a_paid_order_is_cancelled_with_its_money_back(sandbox):
    order = make_settled_order(sandbox)
    client, _ = log_in(SEE, "orders.cancel_order")
    assert "$65.99" in words_of(client.get(address(order, "cancel")))
    act(client, order, "cancel", reason="Asked by mail")
    refund = order.refunds.get()
    assert (refund.amount_cents, refund.status) == (order.total_cents, Refund.Status.SETTLED)


def test_cancelling_needs_a_reason():
    order = make_order()
    client, _ = log_in(SEE, "orders.cancel_order")
    page = act(client, order, "cancel", reason="  ")
    assert page.context["form"].errors["reason"] == ["Say why."]
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_pressing_cancel_twice_pays_back_once(sandbox):
    order = make_settled_order(sandbox)
    client, _ = log_in(SEE, "orders.cancel_order")
    data = {"form_token": token_on(client.get(address(order, "cancel"))), "reason": "Asked"}
    client.post(address(order, "cancel"), data)
    client.post(address(order, "cancel"), data)
    assert order.refunds.count() == 1


def test_a_shipped_order_is_not_cancelled():
    order = make_paid_order(packs={make_variant(): 2})
    client, _ = log_in(SEE, "orders.cancel_order", "orders.ship_order")
    act(client, order, "ship", **parcel(order, 1))
    page = client.post(address(order, "cancel"), {"form_token": "x", "reason": "Asked"})
    assert "Part of it has been shipped." in words_of(page)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_payment_page_that_cannot_be_closed_now_is_said_and_nothing_cancelled(sandbox, settings):
    order = make_order()
    open_page(order)
    from orders.gateways import gateway

    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()
    client, _ = log_in(SEE, "orders.cancel_order")
    page = act(client, order, "cancel", reason="Asked")
    assert NO_ANSWER in words_of(page)
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert order.attempts.get().status == PaymentAttempt.Status.OPEN
    assert page.context["form"]["reason"].value() == "Asked"


# Review, notes, mails


def test_a_review_is_settled_with_what_was_found():
    order = make_paid_order()
    review.ask(order, "The order has been paid a second time.")
    client, user = log_in(SEE, "orders.review_order")
    assert "paid a second time" in words_of(client.get(address(order, "review")))
    act(client, order, "review", reason="Second payment refunded")
    order.refresh_from_db()
    assert not order.needs_review
    event = order.events.get(type=OrderEvent.Type.REVIEWED)
    assert (event.actor, event.data["reason"]) == (user, "Second payment refunded")


def test_there_is_nothing_to_settle_without_a_review():
    order = make_paid_order()
    client, _ = log_in(SEE, "orders.review_order")
    page = client.post(address(order, "review"), {"form_token": "x", "reason": "Looked"})
    assert "does not need review" in words_of(page)
    assert OrderEvent.Type.REVIEWED not in event_types(order)


def test_a_note_is_kept_with_its_author_and_mails_nobody():
    order = make_order()
    client, user = log_in(SEE)
    mails = Email.objects.count()
    page = act(client, order, "note", text="Called Jo.\nWaiting.")
    event = order.events.get(type=OrderEvent.Type.NOTE_ADDED)
    assert (event.actor, event.data["text"]) == (user, "Called Jo.\nWaiting.")
    assert "Called Jo." in words_of(page)
    assert Email.objects.count() == mails


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_empty_or_endless_note_is_refused(text):
    order = make_order()
    client, _ = log_in(SEE)
    page = act(client, order, "note", text=text)
    assert "text" in page.context["form"].errors
    assert OrderEvent.Type.NOTE_ADDED not in event_types(order)


def test_a_mail_is_sent_again_and_the_timeline_says_so():
    order = make_paid_order()
    client, user = log_in(SEE, "orders.resend_mail")
    act(client, order, "resend", kind="order_paid")
    assert Email.objects.get().to == [order.email]
    assert order.events.get(type=OrderEvent.Type.MAIL_RESENT).actor == user


@pytest.mark.parametrize(
    "kind", ["order_shipped", "order_refunded", "order_cancelled", "nonsense", ""]
)
def test_a_mail_that_tells_nothing_yet_is_not_sent(kind):
    order = make_paid_order()
    client, _ = log_in(SEE, "orders.resend_mail")
    page = act(client, order, "resend", kind=kind)
    assert "kind" in page.context["form"].errors
    assert Email.objects.count() == 0


def test_pressing_send_twice_sends_once():
    order = make_paid_order()
    client, _ = log_in(SEE, "orders.resend_mail")
    data = {"form_token": token_on(client.get(address(order, "resend"))), "kind": "order_link"}
    client.post(address(order, "resend"), data)
    client.post(address(order, "resend"), data)
    assert Email.objects.count() == 1
