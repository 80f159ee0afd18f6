"""A currency without cents: what is 6000 here is 6000 at Stripe, and ¥6,000 to people."""

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import payments, refunds
from tests.books.entries import balance_of
from tests.factories import make_order
from tests.orders.stripe_steps import pay_page, session_of, stripe_client

pytestmark = pytest.mark.django_db


def test_yen_are_charged_recorded_and_paid_back_without_a_factor_of_a_hundred(sandbox, settings):
    settings.CURRENCY = "JPY"
    order = make_order(currency="JPY")
    payments.record_payment(session_id=pay_page(sandbox, order), now=timezone.now())

    session = stripe_client(sandbox).v1.checkout.sessions.retrieve(session_of(order))
    assert (session.currency, session.amount_total) == ("jpy", 6599)
    payment = order.payments.get()
    assert (payment.currency, payment.amount_cents) == ("JPY", 6599)
    order.refresh_from_db()
    assert (order.status, order.needs_review) == ("paid", False)
    assert "¥6,599" in Email.objects.get(subject__startswith="Your payment").message

    made = refunds.refund(
        order_id=order.pk, amount_cents=599, reason="x", actor=None, now=timezone.now()
    )
    assert made.status == "settled"
    assert balance_of(order.number) == 6000
    assert Email.objects.get(subject__startswith="We have sent ¥599 back")
