"""What was typed wrong is put right, written down, and only while it makes sense."""

from dataclasses import replace

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import corrections, fulfillment
from orders.corrections import CorrectionRefused
from orders.models import DiscountUse, Order, OrderEvent, PaymentAttempt
from tests.factories import make_discount_code, make_order, make_paid_order, make_variant
from tests.orders.stripe_steps import event_types

pytestmark = pytest.mark.django_db


def ship_one(order, tracking_number="94001118"):
    return fulfillment.ship(
        order_id=order.pk,
        carrier="usps",
        tracking_number=tracking_number,
        quantities={order.lines.get().pk: 1},
        actor=None,
        now=timezone.now(),
    )


def moved(order, **fields):
    return replace(corrections.recipient_of(order), **fields)


def change_address(order, **fields):
    recipient = moved(order, **fields)
    return corrections.change_address(order_id=order.pk, recipient=recipient, actor=None)


def open_attempt(order, status="open"):
    return PaymentAttempt.objects.create(
        order=order,
        number=1,
        status=status,
        idempotency_key=f"key-{order.pk}",
        request={},
        expires_at=timezone.now(),
    )


@pytest.mark.parametrize("make", [make_order, make_paid_order])
def test_an_order_goes_somewhere_else_at_the_agreed_price(make):
    order = make(tax_cents=375)
    change_address(order, line1="9 Oak Avenue", city="Chicago", postal_code="60601")
    order.refresh_from_db()
    assert order.address_lines[1:3] == ["9 Oak Avenue", "Chicago, IL 60601"]
    assert (order.tax_cents, order.total_cents) == (375, 6_974)
    assert not Email.objects.exists()


def test_the_timeline_keeps_the_place_but_no_street():
    order = make_order()
    change_address(order, name="Ana Li", line1="9 Oak Avenue", city="Chicago")
    event = order.events.get(type=OrderEvent.Type.ADDRESS_CHANGED)
    assert event.data == {
        "before": "Springfield, IL",
        "after": "Chicago, IL",
        "changed": ["name", "street address", "city"],
    }


def test_the_same_address_again_is_no_change():
    order = make_order()
    change_address(order)
    assert event_types(order) == []


@pytest.mark.parametrize("status", ["shipped", "cancelled", "expired"])
def test_an_order_that_is_over_keeps_its_address(status):
    order = make_paid_order()
    Order.objects.filter(pk=order.pk).update(status=status)
    with pytest.raises(CorrectionRefused, match="Nothing of it will be sent"):
        change_address(order, city="Chicago")
    order.refresh_from_db()
    assert order.city == "Springfield"


def test_once_a_parcel_has_left_the_address_stays():
    order = make_paid_order(packs={make_variant(): 2})
    ship_one(order)
    with pytest.raises(CorrectionRefused, match="A parcel of this order has left"):
        change_address(order, city="Chicago")
    assert OrderEvent.Type.ADDRESS_CHANGED not in event_types(order)


def test_another_email_gets_a_new_link_and_the_old_one_is_dead(client):
    order = make_paid_order(number="7KMP3XW")
    old = order.get_absolute_url()
    corrections.change_email(order_id=order.pk, email="ana@example.org", actor=None)
    order.refresh_from_db()
    assert order.email == "ana@example.org"
    assert client.get(old).status_code == 404
    assert client.get(order.get_absolute_url()).status_code == 200
    mail = Email.objects.get()
    assert (mail.to, mail.subject) == (["ana@example.org"], "The new link to your order 7KMP3XW")
    for text in (mail.message, mail.html_message):
        assert order.get_absolute_url() in text
        assert old not in text


def test_the_timeline_names_no_email_in_full():
    order = make_paid_order()
    corrections.change_email(order_id=order.pk, email="ana@example.org", actor=None)
    event = order.events.get(type=OrderEvent.Type.EMAIL_CHANGED)
    assert event.data == {"before": "j…@example.com", "after": "a…@example.org"}


def test_a_code_counts_for_the_corrected_email():
    order = make_paid_order()
    DiscountUse.objects.create(code=make_discount_code(), order=order, email="jo@example.com")
    corrections.change_email(order_id=order.pk, email="Ana@example.org", actor=None)
    assert DiscountUse.objects.get().email == "ana@example.org"


def test_the_same_email_again_keeps_the_link():
    order = make_paid_order()
    corrections.change_email(order_id=order.pk, email=order.email, actor=None)
    assert Order.objects.get().token == order.token
    assert not Email.objects.exists()


@pytest.mark.parametrize("status", ["created", "open"])
def test_the_email_waits_while_a_payment_page_leads_back_to_the_old_link(status):
    order = make_order()
    open_attempt(order, status)
    with pytest.raises(CorrectionRefused, match="A payment page is open"):
        corrections.change_email(order_id=order.pk, email="ana@example.org", actor=None)
    assert Order.objects.get().token == order.token


def correct(shipment, tell=True, **fields):
    typed = {"carrier": "ups", "tracking_number": "1Z999", **fields}
    return corrections.correct_tracking(shipment_id=shipment.pk, tell=tell, actor=None, **typed)


@pytest.mark.parametrize("tell", [True, False])
def test_a_parcel_gets_its_right_number_and_the_customer_a_mail_if_wanted(tell):
    order = make_paid_order()
    shipment = ship_one(order)
    Email.objects.all().delete()
    correct(shipment, tell)
    shipment.refresh_from_db()
    assert (shipment.carrier, shipment.tracking_number) == ("ups", "1Z999")
    event = order.events.get(type=OrderEvent.Type.TRACKING_CORRECTED)
    assert (event.data["before"], event.data["after"]) == ("USPS 94001118", "UPS 1Z999")
    assert [mail.to for mail in Email.objects.all()] == [[order.email]] * tell
    assert all("1Z999" in mail.message for mail in Email.objects.all())


def test_the_same_number_again_is_refused():
    order = make_paid_order()
    shipment = ship_one(order)
    with pytest.raises(CorrectionRefused, match="already"):
        correct(shipment, carrier="usps", tracking_number=" 94001118 ")
    assert OrderEvent.Type.TRACKING_CORRECTED not in event_types(order)
