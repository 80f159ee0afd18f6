"""The order's mails: who gets what, and that nothing typed by a customer is ever run or rendered."""

import re
from datetime import UTC, datetime

import pytest
from django.db import transaction
from post_office.models import STATUS, Email

from orders import events, notifications, review
from orders.models import OrderEvent, Payment, Refund, Shipment
from tests.factories import make_order, make_paid_order, make_staff, make_variant

pytestmark = pytest.mark.django_db

STAFF, JO = "staff@localhost", "jo@example.com"
NIGHT = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)  # 10:30 in the evening at the shop
Type = OrderEvent.Type


def make_shipment(order, **fields):
    shipment = Shipment.objects.create(
        **{
            "order": order,
            "carrier": "usps",
            "tracking_number": "94001000",
            "shipped_at": NIGHT,
            **fields,
        }
    )
    for line in order.lines.all():
        shipment.lines.create(line=line, quantity=line.quantity)
    return shipment


def make_refund(order, **fields):
    payment = order.payments.first() or Payment.objects.create(
        order=order, reference="pi_1", amount_cents=6_599, currency="USD", received_at=NIGHT
    )
    return Refund.objects.create(
        **{
            "order": order,
            "payment": payment,
            "status": "settled",
            "amount_cents": 599,
            "idempotency_key": "key",
            "requested_at": NIGHT,
            **fields,
        }
    )


def sent():
    return [(mail.to, mail.subject) for mail in Email.objects.order_by("pk")]


# What follows after what --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event_type", "mails"),
    [
        (Type.PLACED, [(JO, "We have your order 7KMP3XW")]),
        (
            Type.PAID,
            [
                (JO, "Your payment for order 7KMP3XW has arrived"),
                (STAFF, "To ship: order 7KMP3XW, $65.99"),
            ],
        ),
        (Type.CANCELLED, [(JO, "Your order 7KMP3XW is canceled")]),
        (Type.EXPIRED, []),
        (Type.PAYMENT_STARTED, []),
        (Type.PAYMENT_UNAVAILABLE, []),
        (Type.PAYMENT_RECEIVED, []),
        (Type.REFUND_REQUESTED, []),
        (Type.REFUND_FAILED, []),
        (Type.REFUND_IN_DOUBT, []),
        (Type.NOTE_ADDED, []),
    ],
)
def test_each_event_sends_its_mails_and_no_other(event_type, mails):
    events.record(make_order(number="7KMP3XW"), event_type)

    assert sent() == [([to], subject) for to, subject in mails]
    assert all(mail.status == STATUS.queued for mail in Email.objects.all())


def test_a_parcel_is_told_with_its_tracking_number():
    order = make_paid_order(number="7KMP3XW", packs={make_variant(): 2})
    shipment = make_shipment(order)

    events.record(order, Type.SHIPPED, shipment=shipment.pk)

    assert sent() == [([JO], "Your parcel is on its way (order 7KMP3XW)")]
    mail = Email.objects.get()
    for text in (mail.message, mail.html_message):
        assert "94001000" in text
        assert "https://tools.usps.com/go/TrackConfirmAction?tLabels=94001000" in text
    assert "2 x B12 Patch, 12 patches" in mail.message


def test_a_refund_is_told_with_its_amount():
    order = make_paid_order(number="7KMP3XW")

    events.record(order, Type.REFUND_SETTLED, refund=make_refund(order).pk)

    assert sent() == [([JO], "We have sent $5.99 back to you (order 7KMP3XW)")]


def test_staff_are_asked_to_look_with_the_reason():
    order = make_order(number="7KMP3XW")

    review.ask(order, "$5.00 were paid, $65.99 were due.")

    assert sent() == [([STAFF], "Please look at order 7KMP3XW")]
    mail = Email.objects.get()
    assert "$5.00 were paid, $65.99 were due." in mail.message
    assert f"http://localhost:8000/admin/orders/order/{order.pk}/change/" in mail.message


@transaction.atomic
def fail_after_placing():
    events.record(make_order(), Type.PLACED)
    raise ZeroDivisionError


def test_the_mail_is_part_of_the_work_it_tells_about():
    with pytest.raises(ZeroDivisionError):
        fail_after_placing()

    assert not Email.objects.exists()


# What stands in them ------------------------------------------------------------------------------


def mails_of(order):
    """Every mail that an order can send."""
    return [
        notifications.order_received(order),
        notifications.order_paid(order),
        notifications.order_shipped(make_shipment(order)),
        notifications.order_cancelled(order),
        notifications.order_refunded(make_refund(order)),
        notifications.order_link(order),
        notifications.staff_order_paid(order),
        notifications.staff_needs_review(order, "A reason"),
    ]


def test_every_mail_to_the_customer_links_to_the_order_and_answers_go_to_staff():
    order = make_order()

    for mail in mails_of(order)[:6]:
        link = f"http://localhost:8000/order/{order.token}/"
        assert link in mail.message
        assert f'href="{link}"' in mail.html_message
        assert mail.headers == {"Reply-To": STAFF}
        assert mail.to == [JO]
        assert order.number in mail.subject


def test_mails_to_staff_are_answered_to_the_customer_and_hold_no_order_link():
    order = make_order()

    for mail in mails_of(order)[6:]:
        assert mail.to == [STAFF]
        assert mail.headers == {"Reply-To": JO}
        assert order.token not in mail.message + mail.html_message


@pytest.mark.parametrize(
    "typed",
    [
        "<b>Jo</b>",
        "{{ 7|add:7 }}",
        '{% now "Y" %}',
        "{% load static %}",
        "</p><script>alert(1)</script>",
        "Jo & Söhne “é” 🍒",
    ],
)
def test_what_a_customer_types_stays_what_they_typed(typed):
    order = make_order(name=typed, line1=typed[:120], city=typed[:80])
    escaped = (
        typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )

    for mail in mails_of(order)[:6]:
        # post_office renders nothing of it later: what is stored is what is sent.
        message = mail.email_message()
        assert f"Hello {typed}," in message.body
        html = message.alternatives[0][0]
        assert f"Hello {escaped}," in html
        assert "<script>" not in html
        assert "&amp;lt;" not in html


def test_a_line_break_does_not_reach_the_subject():
    mail = notifications.order_link(make_order(number="A\nBcc: x"))

    assert mail.subject == "The link to your order A Bcc: x"


def test_amounts_add_up_in_the_mail():
    order = make_order(
        packs={make_variant(): 2}, tax_cents=675, discount_cents=1_200, discount_code="TENOFF"
    )

    text = notifications.order_received(order).message

    assert "12 patches (less $12.00 with code TENOFF): $108.00" in text
    amounts = [
        int(found.replace(".", "")) for found in re.findall(r": \$([\d.]+)$", text, re.MULTILINE)
    ]
    assert amounts == [10_800, 599, 675, 12_074]
    assert sum(amounts[:-1]) == amounts[-1]


def test_times_are_those_of_the_shop():
    mail = notifications.order_received(make_order(placed_at=NIGHT))

    assert "until 11:02 p.m. EST" in mail.message


def test_an_order_that_costs_nothing_is_not_asked_for_money():
    order = make_order(number="7KMP3XW", shipping_cents=0, discount_cents=6_000)

    received, paid = notifications.order_received(order), notifications.order_paid(order)

    assert paid.subject == "We pack your order 7KMP3XW next"
    for mail in (received, paid):
        for text in (mail.message, mail.html_message):
            assert re.search("nothing to pay", text, re.IGNORECASE)
            assert "If you have not paid yet" not in text
            assert "payment" not in text


def test_the_demo_says_that_nothing_was_sold():
    assert "demonstration shop" in notifications.order_paid(make_order()).message


# Sending one again --------------------------------------------------------------------------------


def test_staff_send_a_mail_again_and_it_is_written_down():
    order, actor = make_paid_order(number="7KMP3XW"), make_staff()

    mail = notifications.resend(order=order, kind="order_paid", actor=actor)

    assert mail.subject == "Your payment for order 7KMP3XW has arrived"
    event = order.events.get()
    assert (event.type, event.actor, event.data) == (
        Type.MAIL_RESENT,
        actor,
        {"mail": "Order paid"},
    )


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("order_paid", "This order is not paid."),
        ("order_cancelled", "This order is not canceled."),
        ("order_shipped", "Nothing of this order has been shipped."),
        ("order_refunded", "No refund of this order is settled."),
    ],
)
def test_a_mail_about_what_never_happened_is_refused(kind, message):
    order = make_order()

    with pytest.raises(notifications.MailNotPossible, match=re.escape(message)):
        notifications.resend(order=order, kind=kind, actor=None)
    assert not Email.objects.exists()
    assert not order.events.exists()


def test_an_unknown_kind_of_mail_is_an_error():
    with pytest.raises(KeyError):
        notifications.resend(order=make_order(), kind="order_lost", actor=None)
