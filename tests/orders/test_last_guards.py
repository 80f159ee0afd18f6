"""What stands behind locks and checks: the database refuses what must never be, whoever writes it.

Behind a lock these never come to act, so no race shows that they are there.
"""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from orders.models import Order, OrderLine, Payment, PaymentAttempt, Refund, TransitionNotAllowed
from tests.factories import make_discount_code, make_order, make_paid_order, make_variant

pytestmark = pytest.mark.django_db


def refused(write, *arguments, **fields) -> bool:
    """Whether the database refuses to `write`."""
    try:
        with transaction.atomic():
            write(*arguments, **fields)
    except IntegrityError:
        return True
    return False


def test_of_two_who_hold_the_same_order_only_the_first_moves_it():
    first = make_order()
    second = Order.objects.get(pk=first.pk)
    first.mark_paid(timezone.now())

    with pytest.raises(TransitionNotAllowed, match="has just changed"):
        second.mark_expired()

    assert Order.objects.get().status == "paid"


def test_one_payment_at_stripe_is_one_row_whatever_order_it_is_written_for():
    known = make_paid_order().payments.get()
    fields = {"order": make_order(), "amount_cents": 1, "currency": "USD"}
    for reference, is_refused in ((known.reference, True), ("pi_other", False)):
        payment = {**fields, "reference": reference, "received_at": timezone.now()}
        assert refused(Payment.objects.create, **payment) is is_refused


def test_one_refund_at_stripe_is_one_row_and_one_key_is_one_refund():
    order = make_paid_order()
    fields = {
        "order": order,
        "payment": order.payments.get(),
        "amount_cents": 100,
        "requested_at": timezone.now(),
    }
    Refund.objects.create(**fields, reference="re_1", idempotency_key="one")
    for reference, key, is_refused in (
        ("re_1", "two", True),
        ("re_2", "one", True),
        ("re_2", "two", False),
        (None, "three", False),
        (None, "four", False),
    ):
        row = {**fields, "reference": reference, "idempotency_key": key}
        assert refused(Refund.objects.create, **row) is is_refused, row


def test_an_order_has_one_page_that_may_bring_money():
    order = make_order()

    def attempt(number: int, status: str) -> bool:
        return refused(
            PaymentAttempt.objects.create,
            order=order,
            number=number,
            status=status,
            idempotency_key=f"key-{number}-{status}",
            request={},
            expires_at=order.expires_at,
        )

    assert not attempt(1, "expired")
    assert not attempt(2, "open")
    assert attempt(3, "created")
    assert attempt(3, "open")
    assert attempt(2, "expired"), "numbers are given once"
    assert not attempt(3, "complete")


def test_an_order_adds_up_and_its_lines_ship_no_more_than_was_bought():
    order = make_order(packs={make_variant(): 2}, tax_cents=100)
    rows = Order.objects.filter(pk=order.pk)
    assert refused(rows.update, total_cents=order.total_cents - 1)
    assert refused(rows.update, discount_cents=order.items_cents + 1)
    lines = OrderLine.objects.filter(order=order)
    assert refused(lines.update, quantity_shipped=3)
    assert refused(lines.update, quantity_shipped=1, quantity_withdrawn=2)
    assert not refused(lines.update, quantity_shipped=1, quantity_withdrawn=1)


def test_a_code_is_not_counted_past_its_limit():
    code = make_discount_code(max_uses=2)
    rows = type(code).objects.filter(pk=code.pk)
    assert not refused(rows.update, uses=2)
    assert refused(rows.update, uses=3)
