"""Sending the customer to the payment page, and recording the money that comes."""

import pytest
from django.utils import timezone

from orders import payments
from orders.models import Order, Payment
from tests.factories import make_order

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_paid_session_makes_a_paid_order(sandbox):
    order = make_order()
    url = payments.start_payment(order_id=order.pk, base_url="http://shop.test", now=timezone.now())
    back = sandbox.pay(url).location
    session_id = back.split("session_id=")[1]

    payments.record_payment(session_id=session_id, now=timezone.now())

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Payment.objects.get().amount_cents == order.total_cents
